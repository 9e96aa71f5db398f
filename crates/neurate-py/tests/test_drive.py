"""Inputs over time, stimuli for one run, changes by keyword, equality, progress bars."""

import pickle
import sys

import neurate as nr
import numpy as np
import pytest
from neurate import _progress

W = np.array([[1.25, -0.65], [1.2, -0.5]])
T = np.arange(0, 200.25, 0.25)


def circuit(**more):
    return nr.Circuit(W=W, tau=[20, 10], f=nr.Power(k=0.04, n=2), h=[2, 3], kinds="EI", **more)


def pairs(n=3, m=2):
    rng = np.random.default_rng(2)
    w = np.abs(rng.normal(size=(n + m, n + m))) * ([0.2] * n + [-0.3] * m)
    return nr.Circuit(W=w, tau={"E": 20, "I": 10}, f=nr.ThresholdLinear(), h=1, kinds={"E": n, "I": m})


def reference(net, times, h, r):
    """RK4 with input on straight lines between the samples: a second method."""
    tau, w = net.tau, net.W
    power = net.populations[0].transfer == "power"
    f = lambda x: 0.04 * np.maximum(x, 0) ** 2 if power else np.maximum(x, 0)  # noqa: E731
    field = lambda x, u: (-x + f(w @ x + u)) / tau  # noqa: E731
    out = [np.array(r, dtype=float)]
    for k in range(len(times) - 1):
        sub = 4
        dt = (times[k + 1] - times[k]) / sub
        for s in range(sub):
            u = [h[k] + (h[k + 1] - h[k]) * (s + c) / sub for c in (0.0, 0.5, 1.0)]
            x = out[-1] if s == 0 else x  # noqa: F821
            a = field(x, u[0])
            b = field(x + dt / 2 * a, u[1])
            c = field(x + dt / 2 * b, u[1])
            d = field(x + dt * c, u[2])
            x = x + dt / 6 * (a + 2 * b + 2 * c + d)
        out.append(x)
    return np.array(out)


def test_input_over_time_is_what_the_equation_gets():
    net = circuit()
    h = np.c_[2 + np.sin(T / 15), 3 + 0.5 * np.cos(T / 7)]
    run = net.simulate(h=h, times=T, start="rest")
    np.testing.assert_allclose(run.times, T, atol=1e-9)
    np.testing.assert_allclose(run.rates, reference(net, T, h, [0, 0]), atol=2e-6)
    # dt instead of times; a dict; numbers of the file's own stimuli stay on top.
    np.testing.assert_allclose(net.simulate(h=h, dt=0.25, start="rest").rates, run.rates, atol=1e-6)
    np.testing.assert_allclose(net.simulate(h=h, dt="0.25 ms", start="rest").rates, run.rates, atol=1e-6)
    by_name = net.simulate(h={"E": h[:, 0], "I": h[:, 1]}, times=T, start="rest")
    np.testing.assert_allclose(by_name.rates, run.rates, atol=1e-9)
    kicked = circuit(stimuli={"kick": dict(to="E", kind="step", at=50, until=100, amplitude=1)})
    both = kicked.simulate(h=h, times=T, start="rest").rates
    step = h + np.c_[np.where((T >= 50) & (T < 100), 1, 0), 0 * T]
    assert abs(both - run.rates)[T <= 50].max() < 1e-6 < 0.1 < abs(both - run.rates).max()
    np.testing.assert_allclose(both[T < 50], reference(net, T, step, [0, 0])[T < 50], atol=2e-6)


def test_a_run_starts_where_the_first_sample_settles():
    net = circuit()
    h = np.where(T[:, None] < 50, [4.0, 3.0], [6.0, 3.0])
    run = net.simulate(h=h, times=T)
    start = net.set(h=[4, 3]).fixed_points().stable[0].r
    np.testing.assert_allclose(run.rates[T < 50], np.broadcast_to(start, (200, 2)), atol=1e-7)
    assert run.start == "the operating point"
    assert net.simulate(100, h=h, times=T).times[-1] == 100 and len(net.simulate(h=h, times=T, every=10).times) == 21


def test_shapes_of_input():
    net = pairs()
    rng = np.random.default_rng(0)
    h = 1 + 0.2 * rng.normal(size=(len(T), 5)).cumsum(0) / 10
    run = net.simulate(h=h, times=T, start="rest")
    np.testing.assert_allclose(run.rates, reference(net, T, h, np.zeros(5)), atol=5e-6)
    means = h[:, [0, 3]]
    spread = means[:, [0, 0, 0, 1, 1]]
    same = net.simulate(h=means, times=T, start="rest").rates
    np.testing.assert_allclose(same, reference(net, T, spread, np.zeros(5)), atol=5e-6)
    np.testing.assert_allclose(net.simulate(h={"E": h[:, :3], "I": h[:, 3:]}, times=T, start="rest").rates, run.rates, atol=1e-6)
    all_alike = net.simulate(h=h[:, 0], times=T, start="rest").rates
    np.testing.assert_allclose(all_alike, reference(net, T, h[:, [0] * 5], np.zeros(5)), atol=5e-6)
    # A constant input.
    np.testing.assert_array_equal(net.simulate(50, h=[1, 2, 3, 4, 5]).circuit.h, [1, 2, 3, 4, 5])
    np.testing.assert_array_equal(net.simulate(50, h={"E": 2}).circuit.h, [2, 2, 2, 1, 1])
    assert net.simulate(50, h=4).circuit.h.tolist() == [4] * 5


def test_labeled_input():
    pd, xr = pytest.importorskip("pandas"), pytest.importorskip("xarray")
    net = circuit()
    h = np.c_[2 + np.sin(T / 15), 3 + 0.5 * np.cos(T / 7)]
    right = net.simulate(h=h, times=T).rates
    frame = pd.DataFrame(h[:, ::-1], columns=["I", "E"], index=T)
    array = xr.DataArray(h.T, dims=("unit", "time"), coords={"unit": ["E", "I"], "time": ("time", T / 1000, {"units": "s"})})
    data = xr.Dataset({"E": ("time", h[:, 0]), "I": ("time", h[:, 1])}, coords={"time": T})
    for given in (frame, array, data, {"E": pd.Series(h[:, 0], index=T), "I": pd.Series(h[:, 1], index=T)}):
        np.testing.assert_allclose(net.simulate(h=given).rates, right, atol=1e-6)


@pytest.mark.parametrize(
    "given, words",
    [
        (dict(h=np.ones((9, 2))), r"nothing says when(.|\n)*times=(.|\n)*dt="),
        (dict(h=np.ones((2, 9)), times=np.arange(9)), r"h\.T"),
        (dict(h=np.ones((9, 3)), dt=1), r"\(9, 3\); it is \(time, 2 populations\)"),
        (dict(h=np.ones((9, 2)), times=np.arange(9)[::-1]), r"times must rise: times\[1\] is 7"),
        (dict(h=np.ones((9, 2)), times=np.arange(9) + 5), "begins at 5"),
        (dict(h=np.ones((9, 2)) * np.nan, dt=1), "h of E is nan in sample 0"),
        (dict(h={"E": np.ones(9), "X": np.ones(9)}, dt=1), "no population 'X'"),
        (dict(h={"E": np.ones(9), "I": np.ones(8)}, dt=1), "several lengths: E 9, I 8"),
        (dict(h=np.ones((9, 2)), dt=1, duration=50), "h ends at 8, and the run lasts 50"),
        (dict(h=np.ma.masked_array(np.ones((9, 2)), mask=np.eye(9, 2)), dt=1), "masked"),
        (dict(times=np.arange(9)), "there is no h"),
        (dict(h=np.ones((1, 2)), dt=1), "two at least"),
    ],
)
def test_inputs_that_do_not_fit_are_refused(given, words):
    with pytest.raises(ValueError, match=words):
        circuit().simulate(**given)


def test_stimuli_of_one_run():
    step = dict(to="E", kind="step", at=20, until=60, amplitude=3)
    in_circuit = circuit(stimuli={"s": step}).simulate(100).rates
    for given in ([step], step, {"s": step}, [dict(step, name="light")]):
        np.testing.assert_allclose(circuit().simulate(100, stimuli=given).rates, in_circuit, atol=1e-9)
    net = circuit(stimuli={"s": step})
    twice = net.simulate(100, stimuli=[dict(step, to="I")])
    assert abs(twice.rates - in_circuit).max() > 0.5
    # They are added, changed and remembered by address as those of a file.
    added = circuit().set({"stimuli.s": step})
    assert added == net and added.set({"stimuli.s.amplitude": 4}) != net
    assert pickle.loads(pickle.dumps(added)) == added
    with pytest.raises(ValueError, match="no such parameter"):
        circuit().set({"stimuli.s.amplitude": 4})
    with pytest.raises(TypeError, match=r"stimuli\[0\](.|\n)*dict\(to="):
        circuit().simulate(100, stimuli=["E"])
    # A long course is no text.
    long = net.simulate(h=np.ones((len(T), 2)) + T[:, None] / 100, times=T)
    assert len("".join(long.circuit._rust.sets)) < 1000


def test_set_by_keyword():
    net = circuit()
    assert net.set(h=5) == net.set({"h": 5}) and net.set(h=5).h.tolist() == [5, 5]
    assert net.set({"E.h": 5}, tau="8 ms").tau.tolist() == [8, 8]
    assert net.set(h={"E": 7}).h.tolist() == [7, 3] and net.set(tau=[1, 2]).tau.tolist() == [1, 2]
    assert pairs().set(h=np.arange(5.0)).h.tolist() == [0, 1, 2, 3, 4]
    assert net.set() == net and net.set(seed=3)._rust.seed == 3
    for wrong, words in [({"h": {"X": 1}}, "no population 'X'"), ({"h": [1, 2, 3]}, "shape"), ({"hh": 3}, "no such parameter")]:
        with pytest.raises(ValueError, match=words):
            net.set(**wrong)


def test_equal_circuits():
    net = circuit()
    assert net == circuit() and hash(net) == hash(circuit()) and not net != circuit()
    assert net.set(h=5).set(h=7) == net.set(h=7) and net.set(h=7) != net and net != "net"
    assert pickle.loads(pickle.dumps(net.set({"W.E<-I": -1}))) == net.set({"W.E<-I": -1})
    assert nr.loads(nr.template("ssn")) == nr.loads(nr.template("ssn"), name="other")
    assert nr.loads(nr.template("ssn")) != nr.loads(nr.template("ei"))
    assert len({net: 1, circuit(): 2, net.set(h=1): 3}) == 2
    assert nr.Circuit(W=W, tau=20) == nr.Circuit(W=W.tolist(), tau=20.0) != nr.Circuit(W=W * 1.01, tau=20)
    assert nr.Circuit(W=W, tau=[20, 10], kinds="EI") != nr.Circuit(W=W, tau=[10, 20], kinds="EI")


class Terminal:
    def __init__(self, tty):
        self.text, self.tty = "", tty

    def write(self, text):
        self.text += text

    def flush(self):
        pass

    def isatty(self):
        return self.tty


@pytest.mark.parametrize("tqdm", [False, True])
def test_progress_bars(monkeypatch, tqdm):
    if tqdm:
        pytest.importorskip("tqdm")
    else:
        monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    net = circuit(noise={"x": dict(to="*", kind="ou", time=5, sd=0.1)})
    run = dict(duration=400, seed=1, trials=30, threads=1, every=50, h=5)

    def shown(tty, patience, **more):
        terminal = Terminal(tty)
        monkeypatch.setattr(sys, "stderr", terminal)
        monkeypatch.setattr(_progress, "PATIENCE", patience)
        monkeypatch.setattr(_progress, "PAUSE", 0.0)
        net.simulate(**{**run, **more})
        return terminal.text

    assert "30 trials" in shown(True, 0.0) and "30 trials" in shown(False, 0.0, progress=True)
    assert shown(False, 0.0) == "" == shown(True, 0.0, progress=False) == shown(True, 60.0)
    assert shown(True, 0.0, trials=None, duration="2 s", noise=False) != "" or tqdm
    shares = []
    shown(True, 0.0, progress=shares.append)
    assert shares[-1] == 1.0
    # It goes when all is done.
    assert tqdm or shown(True, 0.0).endswith("\r")
