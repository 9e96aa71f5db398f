"""Reports, sections, figures."""

import json
import subprocess
import sys

import matplotlib.pyplot as plt
import neurate as nr
import numpy as np
import pytest
from neurate._figures import Figure


@pytest.fixture(scope="module")
def ssn():
    return nr.loads(nr.template("ssn"))


def test_report_is_that_of_the_library(ssn, tmp_path):
    seen = []
    report = ssn.report(tmp_path / "ssn.html", progress=lambda name, k, n: seen.append((name, k, n)))
    assert (tmp_path / "ssn.html").read_text().lstrip().lower().startswith("<!doctype html")
    assert [s.name for s in report.sections] == [name for name, _, _ in seen]
    assert report["fixed_points"].data["points"][0]["stability"] == "stable"
    shown = report._repr_html_()
    assert "iframe" in shown and "<h3>" in report["amplification"]._repr_html_()
    # The first screens alone: no script, no data.
    assert len(shown) < 250_000 < len(report.html) and "report-json" not in shown and "f-time_course" in shown
    assert [s.part for s in report.sections][:1] == ["verdict"] and report["response"].available
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


def test_every_figure_of_a_report_can_be_drawn(ssn):
    noisy = nr.Circuit(W=[[1.2, -1.5], [1.4, -1.0]], tau=[20, 10], h=[2, 1], kinds="EI", noise={"x": dict(to="*", kind="white", intensity=1)})
    kinds = set()
    for net in (ssn, noisy):
        for figure in (f for s in net.report().sections for f in s.figures):
            if figure["kind"] in kinds:
                continue
            kinds.add(figure["kind"])
            _, own = plt.subplots()
            assert figure.plot(ax=own) is own and own.get_title() == figure.title
            drawn = own.lines + own.patches + own.images + own.texts + own.collections
            assert drawn, figure.id
            plt.close("all")
    assert {"lines", "matrix", "chain", "circuit", "patterns", "plane"} <= kinds


def test_a_figure_tells_curves_apart():
    axis = {"label": "time", "unit": "ms"}
    names = [("E", "excitatory", "solid"), ("E (exact)", "excitatory", "dashed"), ("mode 1", "other", "solid"), ("bound", "guide", "dotted")]
    series = [{"name": n, "role": r, "stroke": s, "x": [0, 1, 2], "y": [1, None, 3]} for n, r, s in names]
    figure = Figure(kind="lines", id="f", title="Curves", caption="", x=axis, y=axis, series=series, marks=[])
    ax = figure.plot()
    same, exact, mode, bound = (line.get_color() for line in ax.lines)
    # One color for E by two methods, others for others; what is missing is a gap.
    assert same == exact and len({same, mode, bound}) == 3
    assert ax.lines[1].get_linestyle() == "--" and np.isnan(ax.lines[0].get_ydata()[1])
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
