"""What the package returns can be pickled and copied, and comes back equal: for process pools, Dask and joblib."""

import concurrent.futures
import copy
import dataclasses
import multiprocessing
import pickle
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

import neurate as nr
from neurate import _neurate, answers
from neurate._answer import Answer, same

EXAMPLES = Path(__file__).parents[3] / "examples"
ANSWERS = [getattr(answers, name) for name in answers.__all__]


def returned(x):
    """Through all protocols, and a deep copy."""
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        yield pickle.loads(pickle.dumps(x, protocol))
    yield copy.deepcopy(x)


def is_read_only(x):
    if isinstance(x, np.ndarray):
        return not x.flags.writeable
    if isinstance(x, Answer):
        return all(is_read_only(value) for _, value in x._items())
    if isinstance(x, dict):
        return all(map(is_read_only, x.values()))
    return all(map(is_read_only, x)) if isinstance(x, (list, tuple)) else True


def sample(k):
    """Values that are hard to keep: not a number, infinities, the smallest numbers, several shapes."""
    hard = [np.nan, -np.inf, 0.1 + 0.2, 5e-324]
    values = [
        np.array(hard),
        np.array([hard, hard[::-1]]),
        np.array([complex(np.nan, 1), complex(0.1, -np.inf)]),
        np.nan,
        complex(1, np.nan),
        [np.array(hard), None],
        {"E": np.array([1.0]), "I": [0.1, "x"]},
        (0, "word", np.nan),
        None,
    ]
    return values[k % len(values)]


@pytest.mark.parametrize("kind", ANSWERS, ids=lambda kind: kind.__name__)
def test_every_class_of_answers_comes_back_equal(kind):
    names = [f.name for f in dataclasses.fields(kind)]
    for shift in (0, 1, 2):
        fields = {name: sample(k + shift) for k, name in enumerate(names)}
        answer = kind(**copy.deepcopy(fields))
        for twin in returned(answer):
            assert type(twin) is kind and is_read_only(twin)
            assert (twin == answer) is True and (twin != answer) is False and hash(twin) == hash(answer)
            assert repr(twin) == repr(answer)
        # One value that differs makes another answer.
        for k, name in enumerate(names):
            assert answer != kind(**{**fields, name: sample(k + shift + 1)}), name
    assert kind(**fields) != object() and kind(**fields) != fields


def test_equality_is_to_the_last_bit():
    a = np.array([1.0, np.nan])
    assert same(a, a.copy()) and same([a, {"x": a}], [a.copy(), {"x": a.copy()}])
    assert not same(a, np.array([np.nextafter(1, 2), np.nan]))
    assert not same(a, a.astype(np.float32)) and not same(a, a.tolist()) and not same(a, a[None])
    assert not same(1, True) and not same(1, 1.0) and not same((1,), [1]) and not same({"a": 1}, {"b": 1})
    assert same(np.nan, np.nan) and not same(np.nan, 0.0) and same("nan", "nan")


def sparse():
    of = pytest.importorskip("scipy.sparse")
    rng = np.random.default_rng(1)
    w = of.coo_array((rng.uniform(size=200) / 10, (rng.integers(0, 40, 200), rng.integers(0, 40, 200))), shape=(40, 40))
    return nr.Circuit(W=w, tau=20, kinds={"E": 40}).set({"W.E<-E": 0.5})


def arrays():
    W = np.array([[0.1 + 0.2, -0.65], [1.2, -0.5]])
    return nr.Circuit(W=W, tau=[20, 10], f=nr.Power(k=0.04, n=2), h=20, kinds="EI", title="arrays")


IN_FULL = "[conditions.'in full']\n'populations.E.h' = 12\n'run.record' = ['E', 'mean *']\n"
# Circuits of every form, and every way of making them.
CIRCUITS = {
    **{name: lambda name=name: nr.loads(nr.template(name)) for name in ("ei", "lif", "conductance", "ring", "four")},
    **{path.stem: lambda path=path: nr.load(path) for path in sorted(EXAMPLES.glob("*.toml"))},
    "a condition": lambda: nr.loads(nr.template("ei") + IN_FULL).under("in full"),
    "changes": lambda: nr.loads(nr.template("ssn")).set(
        {"W.E<-E": 1.5, "run.record": ["E", "mean *"]}, tau="10 ms", h={"E": 3}
    ),
    "arrays": arrays,
    "changed arrays": lambda: arrays().set({"W[0,1]": -0.7, "E.h": [1 / 3]}),
    "sparse": sparse,
    "delays": lambda: nr.Circuit(W=[[0.5]], tau=20, h=1, kinds="E", delays={"E <- E": 3}),
    "slow": lambda: nr.Circuit(W=[[0.8]], tau=10, kinds="E", slow={"E": {"adaptation": dict(tau=200, strength=2)}}),
}


@pytest.mark.parametrize("name", CIRCUITS)
def test_circuits_come_back_equal(name, recwarn):
    net = CIRCUITS[name]()
    recwarn.clear()
    for twin in returned(net):
        assert twin == net and hash(twin) == hash(net)
        assert twin.params() == net.params() and twin.conditions == net.conditions and twin.warnings == net.warnings
        assert (twin.toml, twin.title, twin.units, twin.populations) == (net.toml, net.title, net.units, net.populations)
        # What a store says of its circuit: processes that share one must agree.
        assert twin._rust.sets == net._rust.sets and twin._rust.name == net._rust.name
        if net.n <= 1000:
            assert twin.W.tobytes() == net.W.tobytes()
        assert twin.h.tobytes() == net.h.tobytes() and twin.tau.tobytes() == net.tau.tobytes()
    assert not recwarn.list, "warnings are given when a circuit is made"


def test_a_circuit_finds_its_files_from_another_folder(tmp_path, monkeypatch):
    np.save(tmp_path / "W.npy", np.array([[0.5, 0.1], [0.2, 0.3]]))
    text = "neurate = 1\n[populations]\nE = { size = 2, tau = 20, h = 1 }\n[W]\nfile = 'W.npy'\nlayout = 'to_from'\n"
    (tmp_path / "c.toml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    kept = {name: pickle.dumps(net) for name, net in [("loads", nr.loads(text)), ("load", nr.load("c.toml"))]}
    net = nr.load("c.toml")
    monkeypatch.chdir("/")
    for pickled in kept.values():
        np.testing.assert_array_equal(pickle.loads(pickled).W, net.W)
    np.save(tmp_path / "W.npy", np.array([[0.5, 0.1], [0.2, 0.4]]))
    for name, pickled in kept.items():
        with pytest.raises(ValueError, match="a file that it names has changed since"):
            pickle.loads(pickled)
    # An array stands in the circuit itself.
    monkeypatch.chdir(tmp_path)
    array = pickle.dumps(nr.Circuit(W="W.npy", tau=20, kinds="EE"))
    (tmp_path / "W.npy").unlink()
    assert pickle.loads(array).W[1, 1] == 0.4


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """An object of everything that the package returns, by the name of its class."""
    net = nr.loads(nr.template("ssn"))
    noisy = nr.loads(nr.template("ei") + "[noise]\nx = { to = '*', kind = 'white', intensity = 8 }\n")
    points = net.fixed_points()
    lin = points.stable[0].linearize()
    ensemble = net.ensemble({"h": np.linspace(2, 20, 5), "populations.I.tau": ([5.0, 6.0, 7.0, 8.0, 9.0], "ms")})
    report = net.report()
    found = [
        net, points, points[0], points.stable, lin, lin.eigen, lin.schur(), lin.schur(form="complex"), lin.normality,
        lin.amplification, lin.verdicts, ensemble, report, report["response"], net.analyze("noise"), net.populations[0],
        net.simulate("50 ms"), noisy.simulate("20 ms", trials=3, seed=1), nr.schur([[0.1, 2], [0, 0.2]]),
        nr.Linear(), nr.ThresholdLinear(), nr.Power(k=0.04, n=2), nr.Logistic(), nr.Tanh(), nr.NakaRushton(max=1, half=2),
        nr.LIF(tau_m=20, threshold=20, reset=10), nr.Expression("a*x^2", a=0.1), net.phase_plane("E", "I"),
    ]  # fmt: skip
    pair = nr.Circuit(W=[[10, -10], [10, 2]], tau=1, f=nr.Logistic(), h=[-4, -4], names=["E", "I"])
    d = pair.diagram("E.h", (-6, 4))
    return [*found, d, d.at(0.0), d.branches[0], d.cycles[0], pair.phase_diagram("E.h", (-6, 4), "I.h", (-8, 0))]


def test_every_public_class_has_an_example_here(results):
    public = {x for x in map(nr.__dict__.get, nr.__all__) if isinstance(x, type)}
    errors = {x for x in public if issubclass(x, BaseException)}
    assert public - errors - {type(x) for x in results} == {nr.Transfer}, "add what is new to `results`"
    for x in errors | {x for x in vars(_neurate).values() if isinstance(x, type) and issubclass(x, BaseException)}:
        for twin in returned(x("message\nhelp: more")):
            assert type(twin) is x and twin.args == ("message\nhelp: more",)


def test_results_come_back_equal(results):
    for x in results:
        for twin in returned(x):
            assert type(twin) is type(x) and same(twin, x), type(x)
            assert repr(twin) == repr(x)


def test_a_twin_goes_on_as_the_original(results):
    points = results[1]
    twin = pickle.loads(pickle.dumps(points))
    assert twin.operating is twin[[p.reached_from_rest for p in points].index(True)]
    assert twin.stable == points.stable and twin[0] in points and twin[:1] == points[:1]
    lin, other = points.stable[0].linearize(), twin.stable[0].linearize()
    assert lin == other and lin.jacobian.tobytes() == other.jacobian.tobytes()
    assert same(lin.verdicts, other.verdicts) and lin.response.identical(pickle.loads(pickle.dumps(lin.response)))
    assert lin.amplification == other.amplification and lin.schur() == other.schur()
    ensemble = next(x for x in results if isinstance(x, nr.Ensemble))
    assert pickle.loads(pickle.dumps(ensemble)).fixed_points().identical(ensemble.fixed_points())
    run = next(x for x in results if isinstance(x, nr.Run))
    assert run["r"].dims == ("time", "unit")
    other = pickle.loads(pickle.dumps(run))
    assert other == run and other.dataset.identical(run.dataset) and not other.rates.flags.writeable


def test_what_differs_is_not_equal(results):
    net = results[0]
    other = net.set(h=5)
    assert net != other and net.fixed_points() != other.fixed_points() and net.fixed_points()[0] != other.fixed_points()[0]
    assert net.fixed_points()[0].linearize() != other.fixed_points()[0].linearize()
    assert net.ensemble({"h": [1.0, 2.0]}) != net.ensemble({"h": [1.0, 3.0]})
    assert net.simulate("20 ms") != other.simulate("20 ms") and net.simulate("20 ms") == net.simulate("20 ms")
    assert net.analyze("response") != other.analyze("response") and net.report() != other.report()
    assert net.ask("response") != other.ask("response") and net.ask("response") == nr.loads(nr.template("ssn")).ask("response")


def test_datasets_come_back_identical(tmp_path):
    net = nr.loads(nr.template("ei"))
    axes = {"h": (1.0, 5.0, 3)}
    for ds in (
        net.sweep(axes, find=["stability"], starts=5),
        net.sweep(axes, find=["stability"], starts=5, out=tmp_path / "s.zarr"),
        net.record(tmp_path / "r.zarr", "20 ms"),
        net.ensemble({"h": [1.0, 2.0]}).steady_states(),
        net.simulate("20 ms").dataset,
    ):
        assert isinstance(ds, xr.Dataset)
        for twin in returned(ds):
            assert twin.identical(ds)


@pytest.mark.filterwarnings("ignore::neurate.NeurateWarning")
@pytest.mark.parametrize("name", ["ei", "ssn", "lif", "brunel", "conductance", "ring", "four"])
def test_answers_to_every_question_come_back_equal(name):
    net = nr.loads(nr.template(name))
    for question in nr.questions():
        try:
            answer = net.ask(question)
        except (NotImplementedError, ValueError, RuntimeError) as e:
            for twin in returned(e):
                assert type(twin) is type(e) and twin.args == e.args
            continue
        assert answer == net.ask(question)
        for twin in returned(answer):
            assert twin == answer and is_read_only(twin), question


def test_another_process_has_the_same(results):
    """Processes that share nothing: what is not in the pickle is not there."""
    net = results[0]
    everything = [*results, net.ask("response"), net.ask("schur_modes"), net.ask("fixed_points")]
    spawn = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(1, mp_context=spawn) as pool:
        back = pool.submit(copy.deepcopy, everything).result()
        assert len(back) == len(everything)
        for a, b in zip(everything, back):
            assert same(a, b), type(a)
        # Errors come from there as well.
        with pytest.raises(ValueError, match="W.E<-X"):
            pool.submit(net.set, {"W.E<-X": 1.0}).result()
        with pytest.raises(nr.NotSupportedError, match="spiking"):
            pool.submit(net.ask, "mean_field").result()
        assert pool.submit(net.ask, "response").result() == net.ask("response")
