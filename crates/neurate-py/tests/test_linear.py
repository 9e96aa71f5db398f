"""Analyses of matrices beside NumPy's, and the lecture's numbers."""

import neurate as nr
import numpy as np
import pytest

W_MM09 = np.array([[30 / 7, -33 / 7], [30 / 7, -33 / 7]])


def dale(seed, n=30):
    rng = np.random.default_rng(seed)
    w = np.abs(rng.normal(size=(n, n))) / np.sqrt(n)
    w[:, n // 2 :] *= -1
    return w


def test_the_lecture():
    lin = nr.Circuit(W=W_MM09, tau=20, kinds="EI").fixed_points().stable[0].linearize()
    assert abs(lin.schur().W_FF[0, 1] - 9) < 1e-13
    g = lin.amplification
    assert abs(g.max - 2.79327959478) < 1e-10 and abs(g.time / 20 - 0.801745639148) < 1e-4
    np.testing.assert_allclose(lin.response, [[4, -3.3], [3, -2.3]], rtol=1e-12)
    assert (lin.isn, lin.paradoxical("I"), lin.paradoxical("E")) == (True, True, False)
    assert abs(lin.eigen.condition - 42.0238) < 1e-3
    with pytest.raises(ValueError, match="no population 'X'"):
        lin.paradoxical("X")


@pytest.mark.parametrize("seed", range(4))
def test_modes_beside_numpy(seed):
    w = dale(seed)
    m = nr.modes(w, tau=10)
    np.testing.assert_allclose(w @ m.right, m.right * m.values, atol=1e-12)
    np.testing.assert_allclose(m.left @ m.right, np.eye(len(w)), atol=1e-10)
    expected = np.linalg.eigvals(w)
    np.testing.assert_allclose(np.sort(m.values.real), np.sort(expected.real), atol=1e-11)
    for form in ("real", "complex"):
        s = nr.schur(w, "slow-first", form)
        np.testing.assert_allclose(s.vectors @ s.T @ s.vectors.conj().T, w, atol=1e-12)
        np.testing.assert_allclose(s.vectors.conj().T @ s.vectors, np.eye(len(w)), atol=1e-12)
        departure = np.linalg.norm(w) ** 2 - np.sum(np.abs(expected) ** 2)
        assert abs(s.feedforward_squared - departure) < 1e-10 * departure


def test_amplification_is_between_its_bounds():
    a = dale(5) - np.eye(30)
    a -= np.eye(30) * max(0, np.linalg.eigvals(a).real.max() + 0.5)
    g = nr.amplification(a)
    sampled = max(np.linalg.norm(nr.expm(a * t), 2) for t in np.linspace(0, 6, 200))
    assert sampled <= g.max * (1 + 1e-9) <= g.bound * (1 + 1e-9)
    np.testing.assert_allclose(np.linalg.norm(nr.expm(a * g.time) @ g.input), g.max, rtol=1e-9)
    one = nr.amplification(a, input=np.eye(30)[:, :1], output=np.ones((1, 30)) / 30)
    assert one.max <= g.max
    lower, upper = nr.kreiss_constant(a)
    assert lower <= g.max <= np.e * 30 * upper
    low, high = nr.distance_to_instability(a)
    axis = min(np.linalg.svd(1j * y * np.eye(30) - a, compute_uv=False)[-1] for y in np.linspace(0, 5, 400))
    assert low <= axis and high <= axis * (1 + 1e-6)


def test_lyapunov_and_covariance():
    lin = nr.Circuit(W=W_MM09, tau=1.0, kinds="EI").fixed_points()[0].linearize()
    c = lin.covariance()
    a = lin.jacobian
    np.testing.assert_allclose(a @ c + c @ a.T, -np.eye(2), atol=1e-12)
    # THEORY T3: the variance of the sum mode under unit white noise.
    s = np.array([1, 1]) / np.sqrt(2)
    assert abs(s @ c @ s - 12.0235) < 1e-3


def test_responses_by_frequency():
    lin = nr.Circuit(W=W_MM09, tau=10.0, kinds="EI").fixed_points()[0].linearize()
    f = 0.02
    expected = np.linalg.inv(2j * np.pi * f * np.eye(2) - lin.jacobian) / 10
    np.testing.assert_allclose(lin.frequency_response(f), expected, rtol=1e-12)
    np.testing.assert_allclose(nr.response(W_MM09), lin.response, rtol=1e-12)


def test_orders_and_mistakes():
    w = dale(1, 6)
    first = nr.modes(w).values
    s = nr.schur(w, order=[5, 4, 3, 2, 1, 0], form="complex")
    np.testing.assert_allclose(s.values[0], first[5], atol=1e-12)
    for call in (lambda: nr.schur(w, order="fast"), lambda: nr.schur(w, form="upper"), lambda: nr.modes(w[:, :3]), lambda: nr.amplification([[np.inf]])):
        with pytest.raises(ValueError):
            call()


def test_unstable_is_said():
    lin = nr.Circuit(W=[[2.0]], tau=10, kinds="E", h=0.0).fixed_points()[0].linearize()
    assert not lin.stable and lin.amplification.max == np.inf
    with pytest.raises(ValueError, match="not stable"):
        lin.covariance()
