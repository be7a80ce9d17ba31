"""What the tests of pictures share: a picture to look at, and a machine that cannot draw."""

import pytest

import nn
from autograd_lite.drawing import renderer


@pytest.fixture
def loss():
    """The loss of the worked example, L = 0.1070."""
    model, x, y, criterion = nn.worked_example()
    return criterion(model(x), y)


@pytest.fixture
def no_graphviz(monkeypatch):
    """A machine on which there is neither a dot nor graphviz-pure."""
    monkeypatch.setattr(renderer, "_found", lambda: iter(()))
