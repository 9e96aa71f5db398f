"""Reports, sections, figures."""

import json
import subprocess
import sys

import matplotlib.pyplot as plt
import neurate as nr
import numpy as np
import pytest


@pytest.fixture(scope="module")
def ssn():
    return nr.loads(nr.template("ssn"))


def test_report_is_that_of_the_library(ssn, tmp_path):
    seen = []
    report = ssn.report(tmp_path / "ssn.html", progress=lambda name, k, n: seen.append((name, k, n)))
    assert (tmp_path / "ssn.html").read_text().lstrip().lower().startswith("<!doctype html")
    assert [s.name for s in report.sections] == [name for name, _, _ in seen]
    assert report["fixed_points"].data["points"][0]["stability"] == "stable"
    assert "iframe" in report._repr_html_() and "<h3>" in report["amplification"]._repr_html_()
    report.save(tmp_path / "ssn.json")
    assert json.loads((tmp_path / "ssn.json").read_text())["schema_version"] >= 1
    with pytest.raises(ValueError, match=".html or .json"):
        report.save(tmp_path / "ssn.pdf")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["ssn.html", "ssn.json"]


def test_what_progress_raises_stops_the_report(ssn):
    def stop(*_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ssn.report(progress=stop)


def test_sections_by_name(ssn):
    section = ssn.analyze("response")
    assert section.verdict and section.data["isn"] in ("stabilized", "not_needed")
    with pytest.raises(ValueError, match="no section"):
        ssn.analyze("respons")


def test_every_plot_has_named_axes(ssn):
    lin = ssn.fixed_points().operating.linearize()
    sim = ssn.simulate(100)
    plots = [lin.plot_schur, lin.plot_spectrum, lin.plot_amplification, lin.plot_response, ssn.plot_phase_plane, sim.nr.plot]
    for plot in plots:
        ax = plot()
        assert ax.get_xlabel() and ax.get_ylabel()
        # It draws where it is told.
        _, own = plt.subplots()
        assert plot(ax=own) is own
        plt.close("all")


def test_import_is_quick_and_needs_numpy_only():
    code = (
        "import sys, time, numpy; t = time.perf_counter(); import neurate; d = time.perf_counter() - t\n"
        "assert not {'xarray', 'matplotlib', 'zarr', 'dask'} & set(sys.modules), 'too much'\n"
        "print(d)"
    )
    times = [float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout) for _ in range(3)]
    assert min(times) < 0.5, times


def test_the_first_run_waits_for_no_package():
    code = (
        "import sys, time, numpy; t = time.perf_counter(); import neurate as nr\n"
        "run = nr.Circuit(W=[[0.5]], tau=10, h=1, kinds='E').simulate(50); d = time.perf_counter() - t\n"
        "assert 'xarray' not in sys.modules and run.rates.shape[1] == 1\n"
        "assert run['r'].dims == ('time', 'unit') and 'xarray' in sys.modules\n"
        "print(d)"
    )
    times = [float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout) for _ in range(3)]
    assert min(times) < 0.6, times


def test_a_missing_package_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "xarray", None)
    with pytest.raises(ImportError, match="pip install xarray"):
        nr.Circuit(W=np.zeros((1, 1)), tau=10).simulate(10)["r"]
