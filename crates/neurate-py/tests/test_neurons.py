"""Transfer functions and Ricciardi's function."""

import threading
import time

import neurate as nr
import numpy as np
import pytest
from neurate import _neurate


def test_every_kind_of_the_library_has_its_class():
    classes = {c.kind: c for c in (nr.Linear, nr.ThresholdLinear, nr.Power, nr.Logistic, nr.Tanh, nr.NakaRushton, nr.LIF)}
    kinds = _neurate.transfer_kinds()
    assert [k[0] for k in kinds] == list(classes)
    for name, _, _, parameters in kinds:
        fields = classes[name].__dataclass_fields__
        assert set(fields) == {p[0] for p in parameters}
        for key, default, _, _ in parameters:
            if default is not None:
                assert fields[key].default == default, (name, key)


@pytest.mark.parametrize("f", [nr.Linear(2, 1), nr.ThresholdLinear(), nr.Power(0.04, 2), nr.Logistic(), nr.Tanh(), nr.NakaRushton(50, 20), nr.Expression("x^2 + a*x", a=3.0)])
def test_gains_are_slopes(f):
    x = np.array([0.3, 1.7, 4.0])
    numeric = (f(x + 1e-6) - f(x - 1e-6)) / 2e-6
    np.testing.assert_allclose(f.gains(x), numeric, rtol=1e-7, atol=1e-9)


def test_ricciardi_reference():
    # 40-digit values, tau_m 20 ms, threshold 20 mV, reset 10 mV, tau_ref 2 ms.
    np.testing.assert_allclose(
        nr.ricciardi([15, 20, 25], [4, 3, 5]), [5.892520886123, 21.67414929501, 47.21744330413], rtol=1e-12
    )
    # The value of NEST's test.
    assert abs(nr.ricciardi(15, np.sqrt(1.5), tau_m=10, tau_ref=2, threshold=15, reset=0) - 27.10959343793) < 1e-10


def test_arrays_may_lie_at_any_byte():
    """As they do when they come over a wire."""
    raw = np.frombuffer(b"x" + np.array([15.0, 20.0]).tobytes(), dtype=np.uint8)[1:].view(float)
    assert not raw.flags.aligned
    np.testing.assert_array_equal(_neurate.ricciardi(raw, raw, (20.0, 2.0, 20.0, 10.0), "rate"), nr.ricciardi([15.0, 20.0], [15.0, 20.0]) / 1000)
    w = np.frombuffer(b"x" + np.eye(2).tobytes(), dtype=np.uint8)[1:].view(float).reshape(2, 2)
    np.testing.assert_array_equal(nr.expm(w), nr.expm(np.eye(2)))


def test_ricciardi_broadcasts_also_over_neurons():
    mu, sigma = np.linspace(5, 30, 7)[:, None], np.array([1.0, 4.0])
    assert nr.ricciardi(mu, sigma).shape == (7, 2)
    taus = np.array([10.0, 20.0])
    both = nr.ricciardi(mu, sigma, tau_m=taus)
    np.testing.assert_array_equal(both[:, 0], nr.ricciardi(mu[:, 0], 1.0, tau_m=10.0))
    np.testing.assert_array_equal(both[:, 1], nr.ricciardi(mu[:, 0], 4.0, tau_m=20.0))
    step = 1e-5
    slope = (nr.ricciardi(mu + step, sigma) - nr.ricciardi(mu - step, sigma)) / (2 * step)
    np.testing.assert_allclose(nr.ricciardi(mu, sigma, what="d_mu"), slope, rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(np.exp(nr.ricciardi(mu, sigma, what="log_rate")), nr.ricciardi(mu, sigma), rtol=1e-10)
    assert np.isnan(nr.ricciardi([np.nan, 20], 3)).tolist() == [True, False]
    assert isinstance(nr.ricciardi(20, 3), float)
    with pytest.raises(ValueError, match="do not broadcast"):
        nr.ricciardi([1, 2], [1, 2, 3])
    with pytest.raises(ValueError, match="sigma"):
        nr.ricciardi(20, -1)
    with pytest.raises(ValueError, match="one of"):
        nr.ricciardi(20, 1, what="gain")


def test_the_lock_is_released():
    """Another thread counts while a long computation runs."""
    ticks, done = [], threading.Event()

    def count():
        while not done.is_set():
            ticks.append(None)
            time.sleep(0.001)

    thread = threading.Thread(target=count)
    thread.start()
    before = len(ticks)
    nr.ricciardi(np.random.default_rng(0).normal(16, 5, 1_000_000), 3.0, what="cv")
    after = len(ticks)
    done.set()
    thread.join()
    assert after - before > 3
