"""The benchmarks compare the same thing: this engine finds the gradients that were written out by hand."""

import pytest

from tests.benchmarks.systems import autograd_lite, numpy_limit
from tests.benchmarks.worker import agree, fingerprint
from tests.benchmarks.works import WORKS, Work, chosen


@pytest.mark.parametrize("work", chosen(["W2", "W3", "W4"]), ids=lambda work: work.name)
def test_training_agrees_with_the_hand_written_limit(work: Work):
    ours, limit = autograd_lite.train(work.make()), numpy_limit.train(work.make())
    assert agree(fingerprint(ours.answer()), fingerprint(limit.answer()), work.tolerance)
    for _ in range(3):
        ours.step()
        limit.step()
    assert agree(fingerprint(ours.parameters()), fingerprint(limit.parameters()), work.tolerance)


@pytest.mark.parametrize("name", ["W1", "W6-1e3", "W7", "W8", "W10"])
def test_other_works_agree_with_the_hand_written_limit(name: str):
    work = next(work for work in WORKS if work.name == name)
    ours, limit = (getattr(system, work.kind)(work.make()) for system in (autograd_lite, numpy_limit))
    assert agree(fingerprint(ours.answer()), fingerprint(limit.answer()), work.tolerance)


def test_a_wrong_gradient_is_noticed():
    work = chosen(["W2"])[0]
    answer = numpy_limit.train(work.make()).answer()
    wrong = [*answer[:-1], 2 * answer[-1]]
    assert not agree(fingerprint(answer), fingerprint(wrong), work.tolerance)
