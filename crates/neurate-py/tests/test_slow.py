"""Slow states and delays, from Python."""

import numpy as np
import pytest

import neurate as nr

ADAPTING = """
neurate = 1
[populations]
E = { tau = 10, h = 1, adaptation = { tau = 200, strength = 2 } }
[W]
"E <- E" = 0.8
"""
DELAYED = """
neurate = 1
[populations]
I = { kind = "inhibitory", tau = 10, h = 1 }
[W]
"I <- I" = -3
[delays]
"I <- I" = 6
"""


def test_the_jacobian_has_rows_for_slow_states() -> None:
    net = nr.loads(ADAPTING)
    lin = net.fixed_points()[0].linearize()
    assert lin.states == ["E", "adaptation of E"]
    expected = np.array([[-0.02, -0.2], [0.005, -0.005]])
    np.testing.assert_allclose(lin.jacobian, expected, atol=1e-16)
    np.testing.assert_allclose(lin.response, [[1 / 2.2]], rtol=1e-14)
    assert np.isclose(max(np.linalg.eigvals(expected).real), -0.0125)
    for refused in (lambda: lin.normality, lambda: lin.amplification, lin.schur, lambda: lin.time_course([0.0, 1.0])):
        with pytest.raises(ValueError, match="slow states"):
            refused()
    weaker = net.set({"E.adaptation.strength": 0})
    np.testing.assert_allclose(weaker.fixed_points()[0].r, [5.0], rtol=1e-14)


def test_a_run_has_slow_states() -> None:
    run = nr.loads(ADAPTING).simulate("2 s", start="rest")
    assert run["slow"].sel(slow_state="adaptation of E").values[0] == 0
    np.testing.assert_allclose(run["slow"].values[-1], run["r"].values[-1], rtol=1e-6)
    assert "slow" not in nr.loads(nr.template("ei")).simulate()


def test_delays_have_no_jacobian_but_responses() -> None:
    net = nr.loads(DELAYED)
    lin = net.fixed_points()[0].linearize()
    assert lin.stable and not net.set({"delays.I<-I": 7}).fixed_points()[0].stable
    with pytest.raises(nr.NotSupportedError, match="delays"):
        _ = lin.jacobian
    s = 2j * np.pi * 0.02
    response = lin.frequency_response(0.02)
    assert response is not None
    np.testing.assert_allclose(response[0, 0], 1 / (1 + 10 * s + 3 * np.exp(-6 * s)), rtol=1e-13)
    run = net.simulate("100 ms")
    assert run["r"].shape[1] == 1
    with pytest.raises(ValueError, match="rk4"):
        net.simulate("100 ms", method="adaptive")


def test_keywords_make_the_same_circuit() -> None:
    slow = {"E": {"adaptation": {"tau": 200, "strength": 2}}}
    a = nr.Circuit(W=[[0.8]], tau=10, h=1, kinds="E", slow=slow)
    b = nr.loads(ADAPTING)
    np.testing.assert_array_equal(a.fixed_points()[0].linearize().jacobian, b.fixed_points()[0].linearize().jacobian)
    delayed = nr.Circuit(W=[[-3.0]], tau=10, h=1, kinds="I", delays={"I <- I": 6})
    point = delayed.fixed_points()[0]
    np.testing.assert_array_equal(point.eigenvalues, nr.loads(DELAYED).fixed_points()[0].eigenvalues)
    with pytest.raises(ValueError, match="no population 'X'"):
        nr.Circuit(W=[[0.8]], tau=10, kinds="E", slow={"X": {"synapse": {"tau": 5}}})
