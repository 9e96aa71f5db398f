"""Circuits from arrays and from files: the same circuit, the same checks, the same numbers."""

import pickle
from pathlib import Path

import neurate as nr
import numpy as np
import pytest

EXAMPLES = Path(__file__).parents[3] / "examples"
W_MM09 = np.array([[30 / 7, -33 / 7], [30 / 7, -33 / 7]])


def test_every_example_is_read_and_told():
    for path in sorted(EXAMPLES.glob("*.toml")):
        net = nr.load(path)
        assert net.n == sum(p.size for p in net.populations)
        assert net.title in repr(net)
        assert "<table>" in net._repr_html_()


def test_arrays_and_file_are_one_circuit():
    file = nr.load(EXAMPLES / "ssn.toml")
    f = nr.Power(k=0.04, n=2)
    arrays = nr.Circuit(W=file.W, tau=file.tau, f=f, h=file.h, kinds="EI")
    a, b = file.fixed_points(), arrays.fixed_points()
    assert len(a) == len(b)
    for p, q in zip(a, b):
        np.testing.assert_array_equal(p.r, q.r)
        np.testing.assert_array_equal(p.linearize().jacobian, q.linearize().jacobian)


def test_rows_receive():
    """A transposed W changes the answer, and Dale's principle catches it."""
    w = np.array([[1.25, -0.65], [1.2, -0.5]])
    net = nr.Circuit(W=w, tau=[20, 10], kinds="EI", h=1)
    np.testing.assert_array_equal(net.W, w)
    # tau dr/dt = -r + W r + h at r = (1, 0): the first column drives.
    np.testing.assert_allclose(net.field([1.0, 0.0]), (np.array([1.25 - 1 + 1, 1.2 + 1])) / [20, 10], rtol=1e-15)
    with pytest.raises(ValueError, match=r"all signs are right in W\.T"):
        nr.Circuit(W=w.T, tau=20, kinds="EI")


def test_kinds():
    assert [p.kind for p in nr.Circuit(W=W_MM09, tau=20).populations] == ["excitatory", "inhibitory"]
    mixed = np.array([[1.0, -1.0], [-1.0, 1.0]])
    assert nr.Circuit(W=mixed, tau=20).populations[0].kind == "unconstrained"
    with pytest.raises(ValueError, match="transposed"):
        nr.Circuit(W=W_MM09.T, tau=20)
    w = np.abs(np.random.default_rng(0).normal(size=(5, 5))) * [1, 1, 1, -1, -1]
    for kinds in ("EEEII", {"E": 3, "I": 2}, None):
        net = nr.Circuit(W=w, tau=10, kinds=kinds)
        assert [(p.name, p.size) for p in net.populations] == [("E", 3), ("I", 2)]
        assert net.names[3] == "I[0]"
    named = nr.Circuit(W=w, tau=10, kinds="EEEII", names=["a", "b", "c", "PV", "SST"])
    assert named.names == ["a", "b", "c", "PV", "SST"]


def test_values_by_population_and_by_unit():
    w = np.zeros((3, 3))
    net = nr.Circuit(W=w, tau={"E": 20, "I": [5, 6]}, h=[1, 2, 3], kinds={"E": 1, "I": 2}, f={"E": nr.Linear(), "I": nr.Tanh()})
    assert net.tau.tolist() == [20, 5, 6]
    assert net.h.tolist() == [1, 2, 3]
    assert [p.transfer for p in net.populations] == ["linear", "tanh"]


@pytest.mark.parametrize(
    "arguments, error, words",
    [
        (dict(W=[[1, 2, 3], [4, 5, 6]], tau=1), ValueError, "W is 2 x 3"),
        (dict(W=[[1, np.nan], [0, 1]], tau=1), ValueError, r"W\[0, 1\] is nan"),
        (dict(W=[["a"]], tau=1), TypeError, "real numbers"),
        (dict(W=np.eye(2) * 1j, tau=1), TypeError, "complex|real numbers"),
        (dict(W=np.eye(2), tau=-1), ValueError, "tau"),
        (dict(W=np.eye(2), tau=[1, 2, 3]), ValueError, "tau has shape"),
        (dict(W=np.eye(2), tau={"E": 1, "X": 2}), ValueError, "no population 'X'"),
        (dict(W=np.eye(2), tau=1, kinds="EX"), ValueError, "no kind 'X'"),
        (dict(W=np.eye(2), tau=1, kinds="E"), ValueError, "1 entries for 2 units"),
        (dict(W=-np.eye(2), tau=1, kinds="EE"), ValueError, "excitatory but"),
        (dict(W=np.eye(2), tau=1, form="voltge"), ValueError, "form"),
        (dict(W=np.eye(2), tau=1, f=nr.Power(k=-1.0, n=2)), ValueError, "k"),
    ],
)
def test_mistakes_get_words(arguments, error, words):
    with pytest.raises(error, match=words):
        nr.Circuit(**arguments)


def test_errors_of_files_show_the_line():
    text = nr.template("ei").replace('"E <- I" = -4.714286', '"E <- I" = 4.714286')
    with pytest.raises(ValueError) as e:
        nr.loads(text, name="mine.toml")
    assert "mine.toml:" in str(e.value) and "^^^" in str(e.value) and "help: write -4.71" in str(e.value)
    with pytest.raises(OSError, match="nowhere.toml"):
        nr.load("nowhere.toml")


def test_set_leaves_the_old_circuit_alone():
    net = nr.loads(nr.template("ei"))
    changed = net.set({"W.E<-E": 2.5}).set({"tau": "10 ms"})
    assert (net.W[0, 0], changed.W[0, 0]) == (4.285714, 2.5)
    assert changed.tau.tolist() == [10, 10]
    assert changed.params()["W.E<-E"] == "2.5"
    with pytest.raises(ValueError, match="W.E<-EE"):
        net.set({"W.E<-EE": 1})


def test_pickles():
    for net in (nr.load(EXAMPLES / "ssn.toml").set({"h": 3}), nr.Circuit(W=W_MM09, tau=20, h=1.5)):
        twin = pickle.loads(pickle.dumps(net))
        np.testing.assert_array_equal(twin.W, net.W)
        np.testing.assert_array_equal(twin.h, net.h)


def test_values_of_every_sort_are_read():
    net = nr.Circuit(W=W_MM09, tau=np.float32(20), h=np.int64(1), kinds="EI", stimuli={"s": dict(to=("E", "I"), kind="samples",
                     times=np.arange(3), values=[np.float64(1), 2, 0.5])}, run={"noise": np.bool_(False)})  # fmt: skip
    assert net.h.tolist() == [1, 1] and net.tau.tolist() == [20, 20]
    # An array may be of any size: it is no text.
    n = 300
    w = np.abs(np.random.default_rng(3).normal(size=(n, n))) / n
    big = nr.Circuit(W=w, tau=20, kinds={"E": n})
    h = np.linspace(0, 1, n)
    np.testing.assert_array_equal(big.set({"E.h": h}).h, h)
    np.testing.assert_array_equal(big.set({"W.file": w.T}).W, w.T)
    twin = pickle.loads(pickle.dumps(big.set({"E.h": h, "tau": "10 ms"})))
    np.testing.assert_array_equal(twin.h, h)
    assert twin.tau[0] == 10 and 'file = "W"' in twin.toml and len(twin.toml) < 1000
    for strange in (object(), 1j, {"E": {1, 2}}):
        with pytest.raises(TypeError, match="cannot stand in a circuit file"):
            net.set({"h": strange})


def test_mistakes_in_arrays_say_where():
    with pytest.raises(ValueError, match=r"tau of E is -1(.|\n)*Circuit\(\.\.\.\):1:(.|\n)*populations\.E\.tau = -1"):
        nr.Circuit(W=np.eye(2), tau=-1, kinds="EE")


def test_conditions_have_names():
    text = nr.template("ssn") + "[conditions.attention]\n'E.h' = 12\n[conditions.slow]\ntau = '50 ms'\n"
    net = nr.loads(text)
    assert net.conditions == ["attention", "slow"]
    attention = net.under("attention")
    assert attention.h[0] == 12 and net.h[0] != 12 and attention.h[1] == net.h[1]
    twin = pickle.loads(pickle.dumps(attention.under("slow")))
    assert twin.h[0] == 12 and twin.tau.tolist() == [50, 50]
    with pytest.raises(ValueError, match="did you mean attention"):
        net.under("atention")
    with pytest.raises(ValueError, match="(?s)unknown key \"tua\".*'E.tua' = 3"):
        nr.loads(nr.template("ssn") + "[conditions.wrong]\n'E.tua' = 3\n")
    assert nr.loads(nr.template("ssn")).conditions == []


def test_simulation_is_a_dataset():
    net = nr.Circuit(W=W_MM09, tau=20, stimuli={"kick": dict(to="E", kind="pulse", at=0, area=20)})
    sim = net.simulate("100 ms", every=0.5)
    assert sim.sizes == {"time": 201, "unit": 2}
    assert sim["r"].attrs["units"] == "Hz" and sim["time"].attrs["units"] == "ms"
    assert "[W]" in sim.attrs["circuit"] and sim.attrs["neurate_version"] == nr.__version__
    # THEORY S10: r_E peaks 1.79332484489 at 0.609851107 tau; 20 Hz ms into tau = 20 ms is a jump of one.
    exact = net.fixed_points()[0].linearize().time_course(sim["time"].values, x0=[1.0, 0.0])
    np.testing.assert_allclose(sim["r"].values, exact, atol=2e-7)
    assert abs(float(sim["r"].sel(unit="E").max()) - 1.79332484489) < 1e-3
    assert sim.nr.population_means()["r"].shape == (201, 2)


def test_noisy_runs_and_trials():
    noise = {"x": dict(to="*", kind="ou", time=5, sd=2, correlation=0.5)}
    net = nr.Circuit(W=W_MM09, tau=20, noise=noise)
    with pytest.raises(ValueError, match="seed"):
        net.simulate(100)
    one = net.simulate(200, seed=3)
    assert one.attrs["seed"] == 3 and float(one["r"].std()) > 0.5
    xr_equal = net.simulate(200, seed=3)["r"].equals(one["r"])
    assert xr_equal and not net.simulate(200, seed=4)["r"].equals(one["r"])
    assert float(abs(net.simulate(200, noise=False)["r"]).max()) == 0.0

    shares = []
    many = net.simulate(200, seed=3, trials=1000, every=20, threads=2, progress=shares.append)
    assert many["r"].dims == ("trial", "time", "unit") and many.sizes == {"trial": 1000, "time": 11, "unit": 2}
    assert many.attrs["seed"] == 3 and shares[-1] == 1.0 and many["r"].attrs["units"] == "Hz"
    # A trial is the same among fewer, on one thread.
    np.testing.assert_array_equal(net.simulate(200, seed=3, trials=65, every=20, threads=1)["r"], many["r"][:65])
    # Trial 0 is the run alone, to rounding.
    np.testing.assert_allclose(net.simulate(200, seed=3, every=20)["r"], many["r"][0], atol=1e-10)
    # The linear theory's covariance: four standard errors of a standard deviation, and a step of 0.05.
    linear = net.set({"seed": 3}).analyze("noise").data
    sd = np.sqrt(np.diag(linear["covariance"]))
    np.testing.assert_allclose(many["r"][:, -1].std("trial"), sd, rtol=4 / np.sqrt(2000) + 0.02)

    def stop(share):
        raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        net.simulate(200, seed=3, trials=100, progress=stop)
    with pytest.raises(ValueError, match="white noise has no value"):
        nr.Circuit(W=[[0.5]], tau=10, h=1, f=nr.Power(k=0.1, n=2), kinds="E",
                   noise={"x": dict(to="*", kind="white", intensity=1)}).simulate(10, seed=1)  # fmt: skip


def test_runaway_says_who_and_when():
    sim = nr.Circuit(W=[[3.0]], tau=10, h=1, kinds="E").simulate(2000, start="rest")
    assert "passed" in sim.attrs["stopped"] and np.isfinite(sim["r"]).all()


def test_voltage_form_has_voltages_and_rates():
    sim = nr.Circuit(W=[[0.5]], tau=10, h=2, f=nr.Power(k=0.1, n=2), kinds="E", form="voltage", units={"voltage": "mV"}).simulate(50)
    np.testing.assert_allclose(sim["r"], 0.1 * np.maximum(sim["V"], 0) ** 2, rtol=1e-12)
    assert sim["V"].attrs["units"] == "mV"
