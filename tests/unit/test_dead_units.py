"""Units die under steps that are too large, stay dead under ReLU, and come back with a leak: in real training."""

import pytest
import torch
from torch.nn import functional as F

from core.activations import leaky_relu
from core.experiments.dead_units import POINTS, UNITS, ShockConfig, revived, shock
from core.experiments.planar import rings


def test_violent_steps_kill_and_calm_steps_do_not_revive():
    history = shock(ShockConfig())
    dead = int(history.silent[10])
    assert dead >= 10
    assert int(history.silent[0]) == 0
    assert revived(history) == 0
    assert (history.gradient[10:][:, history.on[10] == 0] == 0).all()  # exactly, at every later step
    assert history.losses[-1] > 0.5


def test_a_leak_brings_them_back():
    history = shock(ShockConfig(leak=0.01))
    assert revived(history) >= 5
    assert int(history.without_gradient[-1]) == 0
    assert history.losses[-1] < shock(ShockConfig()).losses[-1] / 2
    assert shock(ShockConfig(leak=0.01, steps=160)).losses[-1] < 0.1


def test_gentle_steps_kill_nobody():
    history = shock(ShockConfig(rate=1.0))
    assert int(history.silent.max()) == 0
    assert history.losses[-1] < 0.05


def test_both_trainings_share_the_violent_steps_and_are_seeded():
    relu, leak = shock(ShockConfig()), shock(ShockConfig(leak=0.01))
    assert torch.equal(relu.on[:11], leak.on[:11])
    assert relu.losses[:10] == leak.losses[:10]
    assert torch.equal(shock.__wrapped__(ShockConfig()).on, relu.on)


def test_first_loss_equals_torch_layers():
    generator = torch.Generator().manual_seed(0)
    x, y = rings(POINTS, generator)
    first, last = torch.nn.Linear(2, UNITS, dtype=torch.float64), torch.nn.Linear(UNITS, 1, dtype=torch.float64)
    with torch.no_grad():
        first.weight.copy_(torch.randn(2, UNITS, generator=generator, dtype=torch.float64).T)
        last.weight.copy_((torch.randn(UNITS, 1, generator=generator, dtype=torch.float64) * (2 / UNITS) ** 0.5).T)
        first.bias.zero_()
        last.bias.zero_()
    loss = F.binary_cross_entropy_with_logits(last(first(x).relu()).squeeze(1), y)
    loss.backward()
    history = shock(ShockConfig())
    assert history.losses[0] == pytest.approx(loss.item(), rel=1e-9)
    sizes = torch.cat([first.weight.grad, first.bias.grad[:, None]], 1).norm(dim=1)
    torch.testing.assert_close(history.gradient[0], sizes, rtol=1e-9, atol=1e-15)


@pytest.mark.parametrize("leak", [0.0, 0.1])
def test_the_whole_training_equals_autograd(leak):
    """Through the violent steps, the change to the leak and the calm steps; the calm ones begin with a new Adam."""
    config = ShockConfig(rate=6.0, violent=8, leak=leak, steps=60, seed=3)
    generator = torch.Generator().manual_seed(3)
    x, y = rings(POINTS, generator)
    gain, zeros = 2**0.5, {"dtype": torch.float64, "requires_grad": True}
    w1 = (torch.randn(2, UNITS, generator=generator, dtype=torch.float64) * gain / 2**0.5).requires_grad_()
    w2 = (torch.randn(UNITS, 1, generator=generator, dtype=torch.float64) * gain / UNITS**0.5).requires_grad_()
    parameters = [w1, torch.zeros(UNITS, **zeros), w2, torch.zeros(1, **zeros)]
    violent, calm = torch.optim.SGD(parameters, 6.0), torch.optim.Adam(parameters, 0.05)
    on, highest, sizes, losses = [], [], [], []
    for step in range(60):
        optimizer = violent if step < 8 else calm
        z = x @ w1 + parameters[1]
        a = F.leaky_relu(z, leak if step >= 8 else 0.0)
        loss = F.binary_cross_entropy_with_logits((a @ w2 + parameters[3]).squeeze(1), y)
        optimizer.zero_grad()
        loss.backward()
        on.append((z > 0).double().mean(0))
        highest.append(z.detach().amax(0))
        sizes.append(torch.cat([w1.grad, parameters[1].grad[None]]).norm(dim=0))
        losses.append(loss.item())
        optimizer.step()
    history = shock(config)
    assert torch.equal(history.on, torch.stack(on))
    torch.testing.assert_close(history.highest, torch.stack(highest), rtol=1e-6, atol=1e-9)
    torch.testing.assert_close(history.gradient, torch.stack(sizes), rtol=1e-6, atol=1e-9)
    assert history.losses == pytest.approx(losses, rel=1e-6)


def test_any_leak_equals_torch():
    z = torch.linspace(-3, 3, 13, dtype=torch.float64)
    torch.testing.assert_close(leaky_relu(z, 0.1), F.leaky_relu(z, 0.1))
    torch.testing.assert_close(leaky_relu(z, 0.0), z.relu())


@pytest.mark.parametrize("wrong", [{"rate": 0.0}, {"violent": 51}, {"leak": -1.0}, {"steps": 10}, {"seed": 1.5}])
def test_impossible_shocks_are_refused(wrong):
    with pytest.raises(ValueError, match="must be"):
        ShockConfig(**wrong)
