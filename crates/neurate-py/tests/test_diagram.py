"""Diagrams along a parameter, nearest changes and phase planes: against closed forms, SciPy and each other."""

import pickle

import neurate as nr
import numpy as np
import pytest

plt = pytest.importorskip("matplotlib.pyplot")

# Hoppensteadt & Izhikevich's Wilson-Cowan pair.
W = np.array([[10.0, -10.0], [10.0, 2.0]])


def pair(h=(-4.0, -4.0), names=("E", "I"), w=W):
    return nr.Circuit(W=w, tau=1.0, f=nr.Logistic(), h=list(h), names=list(names))


@pytest.fixture(scope="module")
def diagram():
    return pair().diagram("E.h", (-12, 15))


def logistic(u):
    return 1 / (1 + np.exp(-u))


def jacobian(r, w=W):
    return -np.eye(2) + (r * (1 - r))[:, None] * w


def test_special_points_solve_their_equations(diagram):
    assert len(diagram.folds) == 2 and diagram.parameter.name == "E.h"
    for q in diagram.folds + diagram.hopf:
        r = q.state
        np.testing.assert_allclose(r, logistic(W @ r + [q.p, -4.0]), atol=1e-12)
        j = jacobian(r)
        if q.kind == "fold":
            assert abs(np.linalg.det(j)) < 1e-9
        else:
            assert abs(np.trace(j)) < 1e-9 and abs(q.omega**2 - np.linalg.det(j)) < 1e-9
            assert abs(q.period - 2 * np.pi / q.omega) < 1e-9 * q.period
    # A transposed W has others.
    assert all(abs(a.p - b.p) > 0.01 for a in diagram.folds for b in pair(w=W.T).diagram("E.h", (-12, 15)).folds)


def test_branches_are_arrays_with_their_stability(diagram):
    for b in diagram.branches:
        assert b.p.shape == (len(b),) and b.r.shape == (len(b), 2) and b.eigenvalues.shape == (len(b), 2)
        np.testing.assert_allclose(b.r, logistic(b.r @ W.T + np.column_stack([b.p, np.full(len(b), -4.0)])), atol=1e-7)
        special = set(b.answer.special)
        for k in set(range(len(b))) - special:
            real = np.linalg.eigvals(jacobian(b.r[k])).real
            if np.min(np.abs(real)) > 1e-6:
                assert b.unstable[k] == np.sum(real > 0) and b.stable[k] == (b.unstable[k] == 0)
        # The pieces tile the branch.
        edges = [piece for piece, _ in b.pieces]
        assert edges[0].start == 0 and edges[-1].stop == len(b)
        assert all(a.stop - 1 == c.start for a, c in zip(edges, edges[1:]))
        with pytest.raises(ValueError):
            b.p[0] = 0.0


def test_a_cut_has_what_a_search_finds(diagram):
    for h in (-8.0, -1.0, 2.5, 9.0):
        found = diagram.at(h)
        points = pair((h, -4.0)).fixed_points()
        assert len(found.steady) == len(points)
        for a, b in zip(found.steady, sorted(points, key=lambda p: p.r[0])):
            np.testing.assert_allclose(a["r"], b.r, atol=2e-2)
            assert a["stable"] == b.stable
    with pytest.raises(ValueError, match="lies outside"):
        diagram.at(99.0)


def test_regimes_cover_the_range(diagram):
    assert diagram.range == (-12.0, 15.0)
    assert diagram.regimes[0].from_ == -12.0 and diagram.regimes[-1].to == 15.0
    assert all(a.to == b.from_ for a, b in zip(diagram.regimes, diagram.regimes[1:]))
    for regime in diagram.regimes:
        middle = diagram.at(0.5 * (regime.from_ + regime.to))
        assert (len(middle.stable), len(middle.steady)) == (regime.stable, regime.stable + regime.unstable)
    assert diagram.complete.equilibria == "proved"


def test_joint_parameters_add_to_the_inputs():
    net = pair((1.0, 1.0), ("E", "I"))
    along = net.diagram({"E.h": 1.0, "I.h": 1.0}, (-10, 10))
    for q in along.folds + along.hopf:
        np.testing.assert_allclose(q.state, logistic(W @ q.state + [1 + q.p, 1 + q.p]), atol=1e-12)
    assert along.parameter.joint[1].address == "I.h"
    same = net.diagram("E.h=-3:3")
    assert same.range == (-3.0, 3.0) and same == net.diagram("E.h", (-3, 3))


def test_tables_and_datasets(diagram):
    xr, pd = pytest.importorskip("xarray"), pytest.importorskip("pandas")
    ds, frame = diagram.to_dataset(), diagram.to_frame()
    assert isinstance(ds, xr.Dataset) and isinstance(frame, pd.DataFrame)
    points = sum(len(b) for b in diagram.branches)
    assert ds.sizes["point"] == points and (frame["kind"] == "steady").sum() == points
    np.testing.assert_array_equal(ds["r"].sel(unit="I"), frame.loc[frame["kind"] == "steady", "I"])
    assert ds.sizes["special"] == len(diagram.points) and (frame["kind"] == "cycle").sum() == sum(len(c) for c in diagram.cycles)
    assert diagram.cycles == [] or ds["max"].shape == (ds.sizes["cycle"], 2)


def test_strokes_say_what_is_stable(diagram):
    ax = diagram.plot(show="I")
    solid, dashed = (
        [line.get_ydata() for line in ax.lines if line.get_linestyle() == style and len(line.get_xdata()) > 2] for style in ("-", "--")
    )
    stable = np.concatenate([b.r[piece, 1] for b in diagram.branches for piece, is_stable in b.pieces if is_stable])
    unstable = np.concatenate([b.r[piece, 1] for b in diagram.branches for piece, is_stable in b.pieces if not is_stable])
    assert set(stable) <= set(np.concatenate(solid)) and set(unstable) <= set(np.concatenate(dashed))
    assert ax.get_xlabel().startswith("E.h")
    with pytest.raises(ValueError, match="no population or state 'X'"):
        diagram.plot(show="X")
    plt.close("all")


def test_diagrams_are_pickled_and_equal(diagram):
    again = pickle.loads(pickle.dumps(diagram))
    assert again == diagram and repr(again) == repr(diagram) and "2 fold" in repr(diagram)
    assert "special point" in diagram._repr_html_()


def test_what_is_wrong_is_said():
    net = pair()
    for along, range, words in [
        ("E.h", (3, -3), "smaller value"),
        ("E.h", (1, 1), "one value"),
        ("E.h", (1, 2, 3), "3 numbers"),
        ("E.x", (0, 1), "E.x"),
        ({}, (0, 1), "at least one address"),
        (None, (0, 1), "needs its parameter"),
    ]:
        with pytest.raises(ValueError, match=words):
            net.diagram(along, range)


def test_nearest_changes_are_those_of_diagrams():
    net = pair((-6.0, -4.0))
    nearest = net.diagram()
    assert nearest.unstable == 0 and nearest.changes
    assert np.all(np.diff([c.distance for c in nearest.changes]) >= 0)
    for change in [c for c in nearest.changes if c.parameter in ("E.h", "W.E<-E")]:
        ends = sorted([change.value, change.at + (change.at - change.value) * 0.2])
        d = net.diagram(change.parameter, ends)
        assert min(abs(q.p - change.at) for q in d.points if q.kind == change.kind) < 1e-8


def test_a_phase_plane_has_the_manifolds_of_its_saddle():
    net = pair((-1.0, -4.0))
    plane = net.phase_plane("E", "I")
    points = {p.number: p for p in plane.points}
    saddles = [p for p in plane.points if p.kind == "saddle"]
    assert len(plane.manifolds) == 4 * len(saddles)
    for m in plane.manifolds:
        saddle = np.array([points[m.saddle].x, points[m.saddle].y])
        curve = np.column_stack([m.x, m.y])
        np.testing.assert_array_equal(curve[-1 if m.stable else 0], saddle)
        # Along the flow: velocity and curve point the same way.
        k = len(curve) // 2
        step, flow = curve[k + 1] - curve[k - 1], net.field(curve[k])
        assert step @ flow > 0.99 * np.linalg.norm(step) * np.linalg.norm(flow)
    turned = net.phase_plane("I", "E")
    assert turned.names == ["I", "E"]
    np.testing.assert_array_equal(turned.flow.dx, plane.flow.dy.T)
    np.testing.assert_array_equal(turned.window, plane.window[::-1])
    assert pickle.loads(pickle.dumps(plane)) == plane
    ax = plane.plot()
    assert ax.get_xlabel().startswith("rate of E") and ax is net.plot_phase_plane(ax=ax)
    plt.close("all")


def test_a_slice_holds_the_other_states():
    w = np.array([[1.0, -1.0, -0.5], [1.0, -0.5, -0.3], [0.8, 0.0, 0.0]])
    net = nr.Circuit(W=w, tau=[20, 10, 10], f=nr.ThresholdLinear(), h=[5, 2, 1], names=["E", "PV", "SST"], kinds="EII")
    plane = net.phase_plane("E", "SST")
    state = net.fixed_points().operating.state
    assert [(s.name, s.value) for s in plane.held] == [("PV", state[1])]
    assert len(plane.points) == 1 and plane.points[0].stable
    np.testing.assert_allclose([plane.points[0].x, plane.points[0].y], state[[0, 2]])
    for i, n in zip((0, 2), plane.nullclines):
        for branch in n.branches:
            x = np.tile(state, (len(branch.x), 1))
            x[:, 0], x[:, 2] = branch.x, branch.y
            assert np.max(np.abs(net.field(x)[:, i])) < 1e-8
    for x, y, words in [("E", "E", "two different states"), ("E", "Q", "no population, unit or state \"Q\"")]:
        with pytest.raises(ValueError, match=words):
            net.phase_plane(x, y)
    with pytest.raises(nr.NotSupportedError, match="needs two states"):
        nr.Circuit(W=[[0.5]], tau=10, h=1).phase_plane()


@pytest.fixture(scope="module")
def regimes():
    return pair().phase_diagram("E.h", (-8, 12), "I.h", (-14, 4))


def test_bogdanov_takens_points_are_the_roots_of_a_quadratic(regimes):
    # Slopes s of E and t of I: trace 10 s + 2 t - 2 = 0 and determinant (1 - 10 s)(1 - 2 t) + 100 s t = 0 leave
    # 600 s^2 - 120 s + 1 = 0; a slope of at most 1/4 belongs to two rates.
    (s,) = [s for s in np.roots([600, -120, 1]) if 0 < s < 0.25 and 0 < 1 - 5 * s < 0.25]
    rates = [[0.5 * (1 + sign * np.sqrt(1 - 4 * slope)) for sign in (-1, 1)] for slope in (s, 1 - 5 * s)]
    expected = []
    for r in ((e, i) for e in rates[0] for i in rates[1]):
        h = np.log(np.array(r) / (1 - np.array(r))) - W @ r
        if -8 <= h[0] <= 12 and -14 <= h[1] <= 4:
            expected.append(h)
    found = sorted(q.p.tolist() for q in regimes.points["BT"])
    assert len(expected) >= 2
    np.testing.assert_allclose(found, sorted(h.tolist() for h in expected), atol=1e-8)
    assert set(regimes.points) == {"BT", "CP", "GH", "ZH", "HH"}


def test_regimes_at_a_point_are_those_of_its_fixed_points(regimes):
    rng = np.random.default_rng(3)
    decided = 0
    for p, q in zip(rng.uniform(-8, 12, 40), rng.uniform(-14, 4, 40)):
        region = regimes.regime_at(p, q)
        if region is not None:
            points = pair((p, q)).fixed_points()
            assert (region.steady, region.stable) == (len(points), len(points.stable))
            decided += 1
    assert decided > 30
    with pytest.raises(ValueError, match="lies outside"):
        regimes.regime_at(99.0, 0.0)


def test_maps_are_pickled_equal_and_drawn(regimes):
    again = pickle.loads(pickle.dumps(regimes))
    assert again == regimes and again.regime_at(2.0, 1.0) == regimes.regime_at(2.0, 1.0)
    assert f"{len(regimes.regions)} regions" in repr(regimes)
    ax = regimes.plot()
    assert ax.get_xlabel().startswith("E.h") and ax.get_ylabel().startswith("I.h")
    assert "BT" in {t.get_text() for t in ax.texts}
    plt.close("all")
    net = pair()
    for x, y, words in [("E.h", "E.h", "E.h"), ({"E.h": 1.0}, {"I.h": 1.0}, "one of the two"), ({"E.h": 1.0}, "E.h", "E.h")]:
        with pytest.raises(ValueError, match=words):
            net.phase_diagram(x, (-1, 1), y, (-1, 1))
