"""Ensembles: the same numbers as single circuits, by name."""

import neurate as nr
import numpy as np
import pytest

pytest.importorskip("xarray")


@pytest.fixture
def net():
    return nr.loads(nr.template("ssn"))


def test_members_are_single_circuits(net):
    rng = np.random.default_rng(1)
    values = {"W.E<-E": rng.uniform(0.3, 1.4, 20), "h": rng.uniform(2, 25, 20), "populations.I.tau": (10.0, "ms")}
    ensemble = net.ensemble(values)
    assert len(ensemble) == 20
    settled = ensemble.steady_states(tolerance=1e-11)
    points = ensemble.fixed_points()
    for e in range(20):
        own = net.set({"W.E<-E": float(values["W.E<-E"][e]), "h": float(values["h"][e])}).fixed_points()
        assert int(points["found"][e]) == len(own) and str(points.nr.completeness().values[e]) in ("proved", "exact")
        for k, p in enumerate(own):
            np.testing.assert_allclose(points["r"][e, k], p.r, rtol=1e-10)
            assert bool(points["stable"][e, k] == 1) == p.stable
            assert points["abscissa"][e, k] == pytest.approx(p.eigenvalues[0].real, abs=1e-10)
        if settled.nr.endings()[e] == "converged":
            np.testing.assert_allclose(settled["r"][e], own.operating.r, rtol=1e-7)
    np.testing.assert_array_equal(settled["h"], values["h"])
    assert settled["populations.I.tau"].attrs["units"] == "ms"


def test_starts_and_threads(net):
    values = {"h": np.linspace(1, 40, 5000)}
    one = net.steady_states(values, threads=1)
    np.testing.assert_array_equal(one["r"], net.steady_states(values, threads=2)["r"])
    again = net.steady_states(values, start=one["r"].values)
    assert int(again["steps"].max()) < int(one["steps"].max())


def test_mistakes(net):
    with pytest.raises(ValueError, match="shapes differ"):
        net.ensemble({"h": [1.0, 2.0], "W.E<-E": [1.0, 2.0, 3.0]})
    with pytest.raises(ValueError, match="member 1.*inhibitory"):
        net.ensemble({"W.E<-I": [-0.5, 0.5, -0.2]})
    with pytest.raises(ValueError, match="needs a parameter"):
        net.ensemble({})
    with pytest.raises(ValueError, match="tolerance"):
        net.steady_states({"h": [1.0, 2.0]}, tolerance=-1.0)
