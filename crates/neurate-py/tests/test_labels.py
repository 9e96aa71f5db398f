"""Labels, which people read, apart from names; arrays over populations; masked cells at every door."""

import pickle
import warnings

import neurate as nr
import numpy as np
import pytest

W = np.array([[0.5, -0.4], [0.6, -0.2]])
DATA = ["L2/3 E", "PV <basket>"]


@pytest.fixture
def pd():
    return pytest.importorskip("pandas")


@pytest.fixture
def net(pd):
    return nr.Circuit(pd.DataFrame(W, index=DATA, columns=DATA), tau=20, h={"L2/3 E": 4, "PV <basket>": 1})


def test_labels_of_data_are_shown_and_names_stay(net):
    assert net.names == ["L2_3_E", "PV_basket"] and net.labels == DATA
    assert [(p.name, p.label) for p in net.populations] == list(zip(net.names, DATA))
    point = net.fixed_points()[0]
    for shown in (repr(net), repr(point), str(net.fixed_points())):
        assert "L2/3 E" in shown and "L2_3_E" not in shown
    for page in (net._repr_html_(), net.fixed_points()._repr_html_()):
        assert "PV &lt;basket&gt;" in page and "<basket>" not in page
    assert any(key.startswith("L2_3_E.") for key in net.params())
    assert point.linearize().response.coords["input_to"].values.tolist() == net.names
    description = net.ask("circuit").populations
    assert [(p.name, p.label) for p in description] == list(zip(net.names, DATA))
    # Values are given by either.
    assert net.set(h={"L2/3 E": 3}).h.tolist() == net.set(h={"L2_3_E": 3}).h.tolist() == [3, 1]
    assert pickle.loads(pickle.dumps(net)).labels == DATA
    run = net.simulate(duration=10).dataset
    assert run["unit"].values.tolist() == net.names and run["label"].values.tolist() == DATA


def test_values_of_any_kind_are_given_by_label(pd):
    frame = pd.DataFrame(W, index=DATA, columns=DATA)
    f = {"PV <basket>": nr.Power(k=0.04, n=2), "L2/3 E": nr.Power(k=0.02, n=2)}
    by_label = nr.Circuit(frame, tau={"L2/3 E": 20, "PV <basket>": 10}, f=f, h={"L2/3 E": 4, "PV <basket>": 1})
    by_name = nr.Circuit(frame, tau=[20, 10], f=[f["L2/3 E"], f["PV <basket>"]], h=[4, 1])
    assert by_label == by_name and by_label.tau.tolist() == [20, 10]
    with pytest.raises(ValueError, match="f: there is no population 'PV'"):
        nr.Circuit(frame, tau=20, f={"L2/3 E": nr.Linear(), "PV": nr.Linear()})


def test_labels_are_given_by_population(pd):
    net = nr.Circuit(W, tau=20, kinds={"E": 1, "I": 1}, labels={"E": "pyramidal, L5"})
    assert net.names == ["E", "I"] and net.labels == ["pyramidal, L5", "I"]
    assert net != nr.Circuit(W, tau=20, kinds={"E": 1, "I": 1})
    many = nr.Circuit(np.eye(3) * 0.1, tau=20, kinds={"E": 3}, labels={"E": "α"})
    assert many.labels == ["α[0]", "α[1]", "α[2]"]
    assert "label" not in nr.Circuit(W, tau=20).simulate(duration=10).dataset.coords
    over = nr.Circuit(pd.DataFrame(W, index=DATA, columns=DATA), tau=20, labels={"L2_3_E": "upper"})
    assert over.labels == ["upper", "PV <basket>"]
    for wrong, error, words in [
        ({"X": "x"}, ValueError, "no population 'X'"),
        ({"E": 3}, TypeError, "a str"),
        (["a", "b"], TypeError, "dict"),
        ({"E": "a\nb"}, ValueError, "control character"),
        ({"E": "I"}, ValueError, "both shown as I"),
    ]:
        with pytest.raises(error, match=words):
            nr.Circuit(W, tau=20, kinds={"E": 1, "I": 1}, labels=wrong)


def test_figures_show_labels(net):
    pytest.importorskip("matplotlib").use("Agg")
    ax = net.fixed_points()[0].linearize().plot_response()
    assert [t.get_text() for t in ax.get_xticklabels()] == DATA
    ax = net.simulate(duration=10).nr.plot()
    assert [t.get_text() for t in ax.get_legend().get_texts()] == DATA


def test_arrays_of_populations(pd, net):
    delays = pd.DataFrame([[4.0, 3.0], [2.0, 1.0]], index=DATA[::-1], columns=DATA[::-1])
    own = np.array([[1.0, 2.0], [3.0, 4.0]])

    def read(net):
        params = net.params()
        return [float(params[f"delays.{to}<-{of}"]) for to in net.names for of in net.names]

    frame = pd.DataFrame(W, index=DATA, columns=DATA)
    for given in (own, own.tolist(), delays, {"file": delays, "layout": "to_from"}):
        assert read(nr.Circuit(frame, tau=20, delays=given)) == [1, 2, 3, 4]
        assert read(net.set({"delays": given})) == [1, 2, 3, 4]
    with pytest.raises(ValueError, match=r"labels A, B; the populations are L2_3_E, PV_basket(.|\n)*help"):
        net.set({"delays": delays.set_axis(list("AB"), axis=0).set_axis(list("AB"), axis=1)})
    with pytest.raises(ValueError, match="3 x 3"):
        net.set({"delays": np.ones((3, 3))})
    with pytest.raises(ValueError, match="masked"):
        net.set({"delays": np.ma.masked_array(own, mask=own > 3)})


def test_anndata_as_it_is(pd):
    anndata = pytest.importorskip("anndata")
    sparse = pytest.importorskip("scipy.sparse")
    for x in (W, sparse.csr_matrix(W), sparse.csc_array(W)):
        data = anndata.AnnData(X=x, obs=pd.DataFrame(index=DATA), var=pd.DataFrame(index=DATA))
        with warnings.catch_warnings():
            warnings.simplefilter("error", nr.NeurateWarning)
            net = nr.Circuit(data, tau=20)
        assert net.labels == DATA
        np.testing.assert_array_equal(net.W, W)
        with pytest.warns(nr.NeurateWarning, match="aligned by name"):
            np.testing.assert_array_equal(nr.Circuit(data[DATA[::-1]], tau=20).W, W)


HIDDEN = np.ma.masked_array([1.0, 2.0], mask=[False, True])


@pytest.mark.parametrize(
    "door",
    [
        lambda net: nr.ricciardi(HIDDEN, 3.0),
        lambda net: nr.ricciardi(20.0, 3.0, threshold=HIDDEN),
        lambda net: nr.Power(k=0.04, n=2)(HIDDEN),
        lambda net: nr.Power(k=0.04, n=2).gains(HIDDEN),
        lambda net: net.field(HIDDEN),
        lambda net: net.field([HIDDEN, HIDDEN]),
        lambda net: net.set(tau=HIDDEN),
        lambda net: net.fixed_points()[0].linearize().time_course(HIDDEN, [1, 0]),
        lambda net: net.fixed_points()[0].linearize().time_course([0, 1], HIDDEN),
        lambda net: net.fixed_points()[0].linearize().time_course([0, 1], h=HIDDEN),
        lambda net: net.fixed_points()[0].linearize().cross_spectra(HIDDEN),
        lambda net: net.ensemble({"h": HIDDEN}),
        lambda net: nr.response(W, gains=HIDDEN),
        lambda net: nr.amplification(W - np.eye(2), input=HIDDEN),
        lambda net: nr.amplification(W - np.eye(2), output=HIDDEN),
        lambda net: nr.modes([HIDDEN, HIDDEN]),
        lambda net: nr.schur(np.ma.masked_array(W, mask=W < 0)),
        lambda net: nr.Circuit(W, tau=20, stimuli={"s": dict(to="*", kind="samples", times=[0, 1], values=HIDDEN)}),
        lambda net: nr.Circuit(W, tau=[1.0, np.ma.masked]),
    ],
)
def test_masked_cells_are_refused(net, door):
    with pytest.raises(ValueError, match=r"masked(.|\n)*fill"):
        door(net)
