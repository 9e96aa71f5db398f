"""Arrays as people have them: labels, sparse matrices, masks, odd types, files; the right value of each, or the right words."""

import pickle
import types
import warnings
from pathlib import Path

import neurate as nr
import numpy as np
import pytest

EVERYDAY = Path(__file__).parents[2] / "neurate" / "tests" / "data" / "everyday"
W = np.load(EVERYDAY / "05_W.npy")
RIGHTMOST = 0.19188
NAMES = ["E1", "E2", "E3", "E4", "I1", "I2"]


@pytest.fixture
def pd():
    return pytest.importorskip("pandas")


@pytest.fixture
def reordered(pd):
    return pd.read_csv(EVERYDAY / "05_rows_reordered.csv", index_col=0)


def rightmost(net):
    return np.linalg.eigvals(net.W).real.max()


def test_rows_are_aligned_with_columns_by_name(reordered):
    with pytest.warns(nr.NeurateWarning, match="aligned by name(.|\n)*E1, E2, E3, E4, I1, I2") as caught:
        net = nr.Circuit(W=reordered, tau=20)
    assert caught[0].filename == __file__
    assert rightmost(net) == pytest.approx(RIGHTMOST, abs=5e-6)
    np.testing.assert_array_equal(net.W, W)
    assert net.names == NAMES and [p.kind[0] for p in net.populations] == list("eeeeii")
    # Bare matrices too.
    with pytest.warns(nr.NeurateWarning, match="aligned"):
        assert nr.modes(reordered).values.real.max() == pytest.approx(RIGHTMOST, abs=5e-6)


def test_labels_in_one_order_are_names(pd):
    frame = pd.DataFrame(W, index=NAMES, columns=NAMES)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert nr.Circuit(W=frame, tau=20).names == NAMES
        assert nr.Circuit(W=frame, tau=20, kinds={"E": 4, "I": 2}).names[4] == "I[0]"
        default = pd.read_csv(EVERYDAY / "06_pandas_default.csv", index_col=0)
        assert nr.Circuit(W=default, tau=20).names[:5] == ["E[0]", "E[1]", "E[2]", "E[3]", "I[0]"]
        spaces = pd.read_csv(EVERYDAY / "06_names_with_spaces.csv", index_col=0)
        net = nr.Circuit(W=spaces, tau={**dict.fromkeys(spaces.columns, 20), "PV basket": 5})
        assert net.tau[4] == 5 and net.n == 6
        cells = pd.DataFrame(W, index=list("EEEEII"), columns=list("EEEEII"))
        assert [(p.name, p.size) for p in nr.Circuit(W=cells, tau=20).populations] == [("E", 4), ("I", 2)]


@pytest.mark.parametrize(
    "change, words",
    [
        (lambda f, pd: f.rename(columns={"E1": "Z"}), "only rows have E1; only columns have Z"),
        (lambda f, pd: f.rename(columns={"E2": "E1"}, index={"E2": "E1"}), "same name, 'E1'"),
        (lambda f, pd: f.loc[["E1", "I1", "E2", "I2", "E3", "E4"]][["E1", "I1", "E2", "I2", "E3", "E4"]].set_axis(list("EIEIEE"), axis=0)
         .set_axis(list("EIEIEE"), axis=1), "side by side"),
    ],
    ids=["names differ", "twice", "interleaved"],
)  # fmt: skip
def test_labels_that_do_not_fit_are_refused(reordered, pd, change, words):
    with pytest.raises(ValueError, match=rf"(?s){words}.*help: "):
        nr.Circuit(W=change(reordered, pd), tau=20)


@pytest.mark.filterwarnings("ignore::neurate.NeurateWarning")
def test_values_with_labels_are_aligned_too(reordered, pd):
    tau = pd.Series({"I1": 5, "I2": 6, "E1": 20, "E2": 21, "E3": 22, "E4": 23})
    right = [20, 21, 22, 23, 5, 6]
    assert nr.Circuit(W=reordered, tau=tau).tau.tolist() == right
    assert nr.Circuit(W=reordered, tau=tau, kinds={"E": 4, "I": 2}).tau.tolist() == right
    assert nr.Circuit(W=W, tau=pd.Series({"I": 5, "E": 20})).tau.tolist() == [20] * 4 + [5] * 2
    assert nr.Circuit(W=reordered, tau=20, kinds=pd.Series(dict(zip(["I1", *NAMES[:4], "I2"], "IEEEEI")))).names == NAMES
    assert nr.Circuit(W=reordered, tau=20).set(h=tau).h.tolist() == right
    with pytest.raises(ValueError, match="no value for E2(.|\n)*help"):
        nr.Circuit(W=reordered, tau=tau.drop("E2"))
    names = NAMES[::-1]
    net = nr.Circuit(W=reordered, tau=20, names=names)
    assert net.names == names and rightmost(net) == pytest.approx(RIGHTMOST, abs=5e-6) and net.W[0, 0] == W[5, 5]
    with pytest.raises(ValueError, match="names and the labels of W differ"):
        nr.Circuit(W=reordered, tau=20, names=list("abcdef"))


def test_data_arrays_and_anndata(pd, reordered):
    xr = pytest.importorskip("xarray")
    labels = {"to": NAMES[::-1], "from": NAMES}
    with pytest.warns(nr.NeurateWarning, match="aligned"):
        net = nr.Circuit(W=xr.DataArray(W[::-1], dims=("to", "from"), coords=labels), tau=20)
    np.testing.assert_array_equal(net.W, W)
    with pytest.warns(nr.NeurateWarning, match="transposed"):
        net = nr.Circuit(W=xr.DataArray(W.T, dims=("pre", "post")), tau=20)
    np.testing.assert_array_equal(net.W, W)
    data = types.SimpleNamespace(X=reordered.to_numpy(), obs_names=reordered.index, var_names=reordered.columns)
    with pytest.warns(nr.NeurateWarning, match="aligned"):
        np.testing.assert_array_equal(nr.Circuit(W=data, tau=20).W, W)


@pytest.mark.parametrize("kind", ["csr", "csc", "coo", "lil", "dok", "bsr", "dia"])
def test_sparse_arrays(kind):
    sp = pytest.importorskip("scipy.sparse")
    dense = nr.Circuit(W=W, tau=20, h=1)
    for made in (sp.csr_array(W).asformat(kind), sp.csr_matrix(W).asformat(kind)):
        net = nr.Circuit(W=made, tau=20, h=1)
        np.testing.assert_array_equal(net.W, W)
        assert net.populations == dense.populations
        np.testing.assert_allclose(net.fixed_points()[0].r, dense.fixed_points()[0].r, rtol=1e-13)
        assert pickle.loads(pickle.dumps(net)) == net and net.set(h=2).set(h=1) == net
        np.testing.assert_array_equal(net.set({"W.E<-I": -3}).set({"h": 2}).W, dense.set({"W.E<-I": -3}).W)
    np.testing.assert_array_equal(dense.set({"W.file": made}).W, W)
    with pytest.raises(ValueError, match="W looks transposed"):
        nr.Circuit(W=made.T, tau=20)
    with pytest.raises(TypeError, match="truth values"):
        nr.Circuit(W=sp.csr_array(W > 0), tau=20)


def test_large_sparse_arrays_are_never_dense():
    sp = pytest.importorskip("scipy.sparse")
    n, rng = 60_000, np.random.default_rng(1)
    w = sp.coo_array((rng.uniform(0, 0.01, 5 * n), (rng.integers(0, n, 5 * n), rng.integers(0, n, 5 * n))), shape=(n, n))
    net = nr.Circuit(W=w, tau=20, h=1)
    r = net.simulate(400, start="rest", every=400).rates[-1]
    np.testing.assert_allclose(r, w @ r + 1, atol=1e-6)


def test_masks_and_odd_types_are_refused():
    masked = np.ma.masked_array(W, mask=W > 0.45)
    np.testing.assert_array_equal(nr.Circuit(W=np.ma.masked_array(W), tau=20).W, W)
    with pytest.raises(ValueError, match=r"2 cells are masked in W, the first W\[4, 3\](.|\n)*filled"):
        nr.Circuit(W=masked, tau=20)
    hidden = np.ma.masked_array([1.0] * 6, mask=[0, 0, 1, 0, 0, 0])
    net = nr.Circuit(W=W, tau=20)
    for given in (dict(W=W, tau=hidden), dict(W=W, tau=20, h=hidden), dict(W=W, tau=20, run={"start": hidden})):
        with pytest.raises(ValueError, match="mask(.|\n)*help: fill"):
            nr.Circuit(**given)
    for change in ({"h": hidden}, {"run.start": hidden}, {"W.file": masked}):
        with pytest.raises(ValueError, match="masked"):
            net.set(change)
    for odd, words in [
        (W.astype(object), "array of objects"),
        (np.array([[1, None], [2, 3]]), r"W\[0, 1\] is None"),
        (W.astype(complex), "complex"),
        (W.astype(str), r"holds text(.|\n)*'0.2'"),
        (W > 0, "truth values"),
        ([[1, 2], [3]], "array of real numbers"),
        (np.array([["2020"]], dtype="M8[Y]"), "datetime64"),
    ]:
        with pytest.raises(TypeError, match=words):
            nr.Circuit(W=odd, tau=20)


def test_any_layout_of_numbers_is_read():
    for w in (
        W.astype(np.float32),
        np.asfortranarray(W),
        np.repeat(W, 2, axis=0)[::2],
        W[::-1][::-1],
        W.tolist(),
        [tuple(row) for row in W],
        W.astype(">f8"),
    ):
        np.testing.assert_allclose(nr.Circuit(W=w, tau=20).W, W, rtol=1e-7)
    np.testing.assert_array_equal(nr.Circuit(W=(10 * W).astype(int), tau=20).W, (10 * W).astype(int))


def test_a_matrix_that_is_transposed_is_refused():
    w = np.array([[0.5, 0.6, 0.3], [0.2, 0.4, 0.1], [-0.7, -0.3, -0.2]])
    with pytest.raises(ValueError, match=r"(?s)W looks transposed.*help: pass W\.T.*kinds="):
        nr.Circuit(W=w, tau=20, h=1)
    assert [p.kind for p in nr.Circuit(W=w.T, tau=20).populations] == ["excitatory", "inhibitory"]
    assert nr.Circuit(W=w, tau=20, kinds="U" * len(w)).populations[0].kind == "unconstrained"
    # If both readings fit, or neither does, it is taken as it stands.
    for fine in (np.ones((3, 3)), np.array([[1.0, -1], [-1, 1]]), np.zeros((2, 2))):
        nr.Circuit(W=fine, tau=20)


def test_names_of_axes_say_who_sends(pd):
    frame = pd.read_csv(EVERYDAY / "04_rows_send.csv", index_col=0)
    assert frame.index.name == r"pre\post"
    with pytest.warns(nr.NeurateWarning, match="'pre' and 'post': it was transposed"):
        net = nr.Circuit(W=frame, tau=20)
    assert net.W[0].tolist() == [1, -1, -1.5, 0] and [p.kind[0] for p in net.populations] == list("eiii")
    with pytest.raises(ValueError, match="W looks transposed"):
        nr.Circuit(W=frame.to_numpy(), tau=20)
    with pytest.raises(ValueError, match="looks transposed"):
        nr.Circuit(W=EVERYDAY / "04_rows_send.csv", tau=20)


@pytest.mark.parametrize("name", ["05_W.npy", "05_rows_reordered.csv", "06_pandas_default.csv", "06_tabs.csv", "06_scipy_sparse.npz",
                                  "06_matlab_v5.mat", "06_names_with_spaces.csv"])  # fmt: skip
@pytest.mark.filterwarnings("ignore::neurate.NeurateWarning")
def test_weights_from_files(name):
    net = nr.Circuit(W=EVERYDAY / name, tau=20)
    np.testing.assert_allclose(net.W, W, rtol=1e-15)
    assert [p.kind for p in net.populations][-1] == "inhibitory"


def test_files_are_read_as_on_the_command_line(tmp_path):
    file = tmp_path / "W.csv"
    # Numbers of units may be counted from 0 or from 1: there is no unit 0 in either.
    file.write_text("pre,post,weight\n1,2,1\n2,1,-1\n")
    with pytest.raises(ValueError, match="numbers units from 1 or more"):
        nr.Circuit(W=file, tau=20)
    file.write_text("pre,post,weight\n0,1,1\n1,0,-1\n")
    assert nr.Circuit(W=file, tau=20).W.tolist() == [[0, -1], [1, 0]]
    file.write_text("0,1,2\n1,-2,0\n3,-1,0\n1,-1,0\n")
    assert nr.Circuit(W=file, tau=20).W.tolist() == [[1, -2, 0], [3, -1, 0], [1, -1, 0]]
    file.write_text("1,NA\n3,-1\n")
    with pytest.raises(ValueError, match="line 1, row 1, column 2"):
        nr.Circuit(W=file, tau=20)


def test_names_stand_once():
    with pytest.raises(ValueError, match=r"'a' stands twice, for units 0 and 2(.|\n)*help"):
        nr.Circuit(W=np.eye(3), tau=20, names=["a", "b", "a"])


def test_warnings_of_the_reader_are_warnings():
    slip = nr.template("ssn").replace('tau = 20', 'tau = 0.02', 1)
    text = slip if "tau = 0.02" in slip else None
    with pytest.warns(nr.NeurateWarning, match="tau of E is 0.02") as caught:
        nr.Circuit(W=[[0.5]], tau=0.02, kinds="E")
    assert caught[0].filename == __file__
    if text is not None:
        with pytest.warns(nr.NeurateWarning, match="0.02"):
            nr.loads(text)
    net = nr.Circuit(W=[[0.5]], tau=20, kinds="E")
    with pytest.warns(nr.NeurateWarning, match="tau of E is 0.02"):
        slow = net.set(tau=0.02)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        # What is known already is not said again.
        pickle.loads(pickle.dumps(slow.set(h=3)))
        slow.simulate(1.0)
        nr.load(Path(__file__).parents[3] / "examples" / "ssn.toml")
