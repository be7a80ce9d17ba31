"""A network that satisfies a differential equation: second derivatives of a network inside its loss.

The equation is u″ = -u on [0, π] with u(0) = 0 and u′(0) = 1, whose solution is sin. The method is that of I. E.
Lagaris, A. Likas, D. I. Fotiadis: Artificial neural networks for solving ordinary and partial differential equations.
IEEE Transactions on Neural Networks 9, 1998.
"""

import numpy as np
import pytest

import autograd_lite as ag
import nn

POINTS = np.linspace(0, np.pi, 40)[:, None]


def network(rng=0):
    return nn.MLP([1, 16, 16, 1], "tanh", rng=rng)


def with_derivatives(model, points):
    """u, u′ and u″ at points, from which backward() can go on to the parameters."""
    x = ag.tensor(points, requires_grad=True)
    u = model(x)
    (slope,) = ag.gradients(u.sum(), x, create_graph=True)
    (curvature,) = ag.gradients(slope.sum(), x, create_graph=True)
    return u, slope, curvature


def physics(model, points=POINTS):
    """The mean square of u″ + u, and how far the network misses the initial values."""
    u, slope, curvature = with_derivatives(model, points)
    return ((curvature + u) ** 2).mean() + u[0, 0] ** 2 + (slope[0, 0] - 1) ** 2


def by_hand(model, points):
    """u, u′ and u″ layer by layer: z′ = W a′ and a′ = (1 - a²) z′, and the same once more."""
    a, da, dda = points, np.ones_like(points), np.zeros_like(points)
    for layer in model.layers:
        W, b = layer.weight.numpy(), layer.bias.numpy()
        a, da, dda = a @ W.T + b, da @ W.T, dda @ W.T
        if layer is not model.layers[-1]:
            a = np.tanh(a)
            dda = (1 - a**2) * dda - 2 * a * (1 - a**2) * da**2
            da = (1 - a**2) * da
    return a, da, dda


def fitted(model, adam_steps=200, moves=150):
    """Train by Adam, then by LBFGS."""
    adam = nn.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(adam_steps):
        adam.zero_grad()
        physics(model).backward()
        adam.step()
    lbfgs = nn.optim.LBFGS(
        model.parameters(), max_iter=moves, tolerance_grad=1e-9, tolerance_change=1e-14, line_search_fn="strong_wolfe"
    )

    def closure():
        lbfgs.zero_grad()
        loss = physics(model)
        loss.backward()
        return loss

    lbfgs.step(closure)
    return model


def test_the_derivatives_of_a_network_by_its_input_are_those_by_hand():
    model = network()
    for ours, expected in zip(with_derivatives(model, POINTS), by_hand(model, POINTS), strict=True):
        np.testing.assert_allclose(ours.detach().numpy(), expected, rtol=1e-12, atol=1e-13)


def by_transforms(model, points):
    """The same three by the transforms of functions, and by a jvp of a jvp."""
    slope = ag.elementwise_grad(model)
    return model(points), slope(points), ag.elementwise_grad(slope)(points)


def by_directions(model, points):
    """u, and along the direction of growing x its first and second derivative."""
    ones = np.ones_like(points)

    def slope(x):
        return ag.jvp(model, (x,), (ones,))[1]

    return model(points), *ag.jvp(slope, (points,), (ones,))


@pytest.mark.parametrize("derivatives", [by_transforms, by_directions])
def test_transforms_give_the_same_derivatives_and_go_on_to_the_parameters(derivatives):
    found = []
    for way in (with_derivatives, derivatives):
        model = network()
        u, slope, curvature = way(model, POINTS)
        ((curvature + u) ** 2).mean().backward()
        found.append([u, slope, curvature, *(each.grad for each in model.parameters())])
    for one, other in zip(*found, strict=True):
        np.testing.assert_allclose(one.detach().numpy(), other.detach().numpy(), rtol=1e-10, atol=1e-12)


def loss_by_hand(model, points):
    """The loss in plain NumPy."""
    u, slope, curvature = by_hand(model, points)
    return np.mean((curvature + u) ** 2) + u[0, 0] ** 2 + (slope[0, 0] - 1) ** 2


def test_the_gradient_by_every_parameter_agrees_with_central_differences_of_the_loss():
    model, step = network(), 1e-5
    physics(model, POINTS[::4]).backward()
    for parameter in model.parameters():
        differences = np.zeros(parameter.shape)
        for place in np.ndindex(parameter.shape):
            start = parameter.numpy()[place].copy()
            sides = []
            for value in (start + step, start - step):
                parameter.data[place] = value
                sides.append(loss_by_hand(model, POINTS[::4]))
            parameter.data[place] = start
            differences[place] = (sides[0] - sides[1]) / (2 * step)
        np.testing.assert_allclose(parameter.grad.numpy(), differences, rtol=1e-6, atol=1e-8)


def test_the_last_bias_enters_through_u_alone():
    model = network()
    physics(model).backward()
    u, _, curvature = by_hand(model, POINTS)
    expected = 2 * np.mean(curvature + u) + 2 * u[0, 0]
    assert model.layers[-1].bias.grad.item() == pytest.approx(expected, rel=1e-12)


def test_the_network_becomes_the_sine():
    model = fitted(network())
    between = np.linspace(0, np.pi, 500)[:, None]
    u, slope, curvature = by_hand(model, between)
    assert np.abs(u - np.sin(between)).max() < 1e-3
    assert np.abs(slope - np.cos(between)).max() < 1e-2
    assert np.abs(curvature + u).max() < 1e-2


@pytest.mark.parametrize("derivatives", [with_derivatives, by_transforms, by_directions])
def test_the_graph_of_such_a_loss_can_be_drawn_and_explained(derivatives):
    model = nn.MLP([1, 2, 1], "tanh", rng=0)
    u, _, curvature = derivatives(model, POINTS[:3])
    loss = ((curvature + u) ** 2).mean()
    assert "tanh" in ag.explain(loss).text()
    assert "tanh" in ag.draw(loss).source
    assert all(each.grad is None for each in model.parameters())
