"""λmax is the Hessian's largest eigenvalue, and 2/λmax really is where a network's descent stops being calm."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from scipy.sparse.linalg import LinearOperator, eigsh
from torch import nn

from core.curvature import hessian_vector_product, lanczos, power_iteration
from core.experiments.network_loss import NetworkLoss, Subject, full_batch_descent, network_loss
from core.experiments.sparse import SparseMatrix
from core.experiments.stability import stability
from core.model import ModelConfig


def tiny_loss(seed=0):
    """A 6-4-3 tanh network on 20 random examples: small enough to build its whole Hessian."""
    torch.manual_seed(seed)
    layers, images = (nn.Linear(6, 4), nn.Linear(4, 3)), torch.randn(20, 6, dtype=torch.float64).relu()
    return NetworkLoss(layers, torch.tanh, SparseMatrix.of(images), torch.randint(0, 3, (20,)))


def as_torch(loss, activation):
    """The same network at the loss's start in torch's own modules, and the images as a dense matrix."""
    linears = [nn.Linear(shape[1], shape[0]).double() for shape in loss.shapes[::2]]
    model = nn.Sequential(*(module for linear in linears for module in (linear, activation)))[:-1]
    nn.utils.vector_to_parameters(loss.start, model.parameters())
    return model, loss.images.rows.to_dense()


def full_hessian(loss):
    return torch.autograd.functional.hessian(loss, loss.start)


def test_the_loss_equals_the_network():
    loss = tiny_loss()
    model, images = as_torch(loss, nn.Tanh())
    reference = nn.functional.cross_entropy(model(images), loss.labels)
    torch.testing.assert_close(loss(loss.start), reference, rtol=1e-12, atol=0)


def test_a_sparse_product_equals_torchs_and_so_do_its_first_and_second_derivatives():
    generator = torch.Generator().manual_seed(0)
    a, b = (torch.randn(shape, generator=generator, dtype=torch.float64) for shape in ((5, 7), (7, 3)))
    a[a < 0] = 0
    matrix, b = SparseMatrix.of(a), b.requires_grad_()
    torch.testing.assert_close(matrix @ b, a @ b)
    torch.testing.assert_close(matrix.T @ b[:5], a.T @ b[:5])
    assert torch.autograd.gradcheck(matrix.__matmul__, b)
    assert torch.autograd.gradgradcheck(matrix.__matmul__, b)


def test_the_product_equals_the_hessian_and_a_finite_difference():
    loss = tiny_loss()
    generator = torch.Generator().manual_seed(1)
    v = torch.randn(len(loss.start), generator=generator, dtype=torch.float64)
    product = hessian_vector_product(loss, loss.start)(v)
    torch.testing.assert_close(product, full_hessian(loss) @ v, rtol=1e-6, atol=1e-10)

    def gradient(w):
        w = w.detach().requires_grad_()
        return torch.autograd.grad(loss(w), w)[0]

    difference = (gradient(loss.start + 1e-5 * v) - gradient(loss.start - 1e-5 * v)) / 2e-5
    torch.testing.assert_close(product, difference, rtol=1e-4, atol=1e-7)


@pytest.mark.parametrize("seed", range(5))
def test_power_iteration_equals_the_full_spectrum(seed):
    loss = tiny_loss(seed)
    largest = max(torch.linalg.eigvalsh(full_hessian(loss)).tolist(), key=abs)
    product = hessian_vector_product(loss, loss.start)
    *_, last = power_iteration(product, len(loss.start), tolerance=1e-5, max_steps=2000)
    assert last.eigenvalue == pytest.approx(largest, rel=1e-6)
    *_, last = lanczos(product, torch.ones(len(loss.start), dtype=torch.float64))
    assert last.eigenvalue == pytest.approx(largest, rel=1e-6)
    assert last.residual < 1e-5


@pytest.mark.parametrize(("diagonal", "largest"), [([2.0, 1.0, -1.5], 2), ([2.0, -5.0], -5), ([0.0, 0.0, 0.0], 0)])
def test_power_iteration_finds_what_is_largest_in_size(diagonal, largest):
    weights = torch.tensor(diagonal, dtype=torch.float64)
    *_, last = power_iteration(lambda v: weights * v, len(weights), tolerance=1e-6, max_steps=3000)
    assert last.eigenvalue == pytest.approx(largest, rel=1e-6)
    *_, last = lanczos(lambda v: weights * v, torch.ones_like(weights))
    assert last.eigenvalue == pytest.approx(largest, rel=1e-6)


def test_lanczos_tells_close_eigenvalues_apart():
    weights = torch.cat([torch.linspace(-1, 0.97, 300, dtype=torch.float64), torch.tensor([0.978, 1.0]).double()])
    steps = list(lanczos(lambda v: weights * v, torch.ones_like(weights), 1e-9, 300))
    assert steps[-1].eigenvalue == pytest.approx(1, rel=1e-12)
    torch.testing.assert_close(weights * steps[-1].vector, steps[-1].vector, atol=1e-8, rtol=0)
    assert len(steps) < 150


@pytest.mark.parametrize("seed", range(3))
def test_the_real_network_against_a_library(seed):
    loss, found = network_loss(Subject(seed=seed)), stability(Subject(seed=seed))
    product, size = hessian_vector_product(loss, loss.start), len(loss.start)
    rough = [estimate.eigenvalue for estimate in power_iteration(product, size, max_steps=found.power_steps)]
    assert rough == list(found.estimates[: found.power_steps])
    assert rough == sorted(rough)  # its picture is the real one: it rises
    operator = LinearOperator((size, size), lambda v: product(torch.from_numpy(v).flatten()).numpy(), dtype=np.float64)
    reference = eigsh(operator, k=1, which="LA", v0=np.ones(size), tol=1e-10, return_eigenvectors=False)[0]
    assert found.curvature == pytest.approx(reference, rel=1e-6)


@pytest.fixture(scope="module")
def limit():
    return stability(Subject()).limit


@pytest.mark.parametrize("share", [0.25, 0.5, 0.9])
def test_below_the_limit_the_loss_falls_in_every_step(limit, share):
    run = full_batch_descent(network_loss(Subject()), share * limit, 40)
    assert (run.rises, run.diverged_at, len(run.losses)) == (0, None, 41)


@pytest.mark.parametrize("share", [1.5, 2.0, 4.0])
def test_above_the_limit_the_loss_climbs_over_where_it_started(limit, share):
    run = full_batch_descent(network_loss(Subject()), share * limit, 40)
    assert run.rises > 0
    assert max(run.losses) > 2 * run.losses[0]


def test_a_run_equals_torch_and_itself():
    loss = network_loss(Subject(ModelConfig((8,), "tanh"), digits=100, warm_up=0))
    run = full_batch_descent(loss, 0.2, 10)
    assert run == full_batch_descent(loss, 0.2, 10)
    model, images = as_torch(loss, nn.Tanh())
    optimizer = torch.optim.SGD(model.parameters(), 0.2)
    losses = []
    for _ in range(11):
        optimizer.zero_grad()
        value = nn.functional.cross_entropy(model(images), loss.labels)
        value.backward()
        optimizer.step()
        losses.append(value.item())
    assert run.losses == pytest.approx(losses, rel=1e-6)


def test_readers_in_several_threads_get_the_runs_they_get_alone():
    loss, rates = network_loss(Subject(warm_up=5)), (0.1, 0.3, 0.5, 0.7)
    alone = [full_batch_descent(loss, rate, 30) for rate in rates]
    with ThreadPoolExecutor(len(rates)) as threads:
        together = list(threads.map(lambda rate: full_batch_descent(loss, rate, 30), rates))
    assert together == alone


def test_an_overflow_is_a_result():
    run = full_batch_descent(network_loss(Subject(ModelConfig((8, 8, 8), "linear"), 100, 0)), 1e6, 200)
    assert run.diverged_at is not None
    assert len(run.losses) == run.diverged_at
    assert np.isfinite(run.losses).all()


@pytest.mark.parametrize("bad", [{"digits": 5}, {"warm_up": -1}, {"seed": 0.5}])
def test_bad_settings_are_refused(bad):
    with pytest.raises(ValueError, match="must be"):
        Subject(**bad)
