"""Figures of reports drawn by matplotlib: every kind, in the report's colors."""

import pickle
import re
from pathlib import Path

import matplotlib.pyplot as plt
import neurate as nr
import numpy as np
import pytest
from neurate._figures import DRAWINGS, SIGNS, Figure
from neurate._palette import COLORS, OTHER, Palette

ROOT = Path(__file__).parents[3]
EXAMPLES = ROOT / "examples"


@pytest.mark.parametrize("name", ["ssn", "garcia-del-molino-2017", "wilson-cowan-1972"])
def test_every_figure_of_a_report_can_be_drawn(name):
    drawn = set()
    for section in nr.load(EXAMPLES / f"{name}.toml").report().sections:
        for figure in section.figures:
            ax = figure.plot()
            assert ax.get_title() == figure.title and figure.id in repr(figure)
            assert ax.has_data() or ax.texts, figure
            drawn.add(figure.kind)
            plt.close("all")
    assert {"lines", "matrix", "circuit"} <= drawn


def axis(label, unit="", **more):
    return {"label": label, "unit": unit, **more}


def series(name, role="excitatory", stroke="solid", x=(0, 1, 2), y=(0.5, None, 1)):
    return {"name": name, "role": role, "stroke": stroke, "x": list(x), "y": list(y)}


SAMPLES = {
    "lines": {
        "x": axis("frequency", "Hz", logarithmic=True),
        "y": axis("gain"),
        "series": [
            series("E", x=[0.1, 1, 10]),
            series("E (linear)", stroke="dashed", x=[0.1, 1, 10]),
            series("range", stroke="band", x=[0.1, 10, 10, 0.1], y=[0, 0, 1, 1]),
            series("identity", "guide", "dotted", x=[0.1, 1, 10]),
            series("mode 1", "other", "pale", x=[0.1, 1, 10]),
        ],
        "marks": [
            {"x": 1, "y": 0.5, "label": "peak", "role": "other"},
            {"x": 2, "y": None, "label": "E", "role": "excitatory"},
            {"x": None, "y": 1, "label": "", "role": "guide"},
        ],
    },
    "areas": {
        "x": axis("time", "ms"),
        "y": axis("part"),
        "series": [series("a", "other", y=[1, -1, 0]), series("b", "other", y=[1, -1, 2])],
        "total": series("sum", "guide", y=[2, -2, 2]),
    },
    "intervals": {
        "x": axis("population"),
        "y": axis("response", "Hz"),
        "categories": ["E", "I"],
        "sets": [{"name": "here", "role": "other", "low": [0, None], "center": [1, 2], "high": [2, None]}],
        "reference": 1.5,
    },
    "plane": {
        "x": axis("Re λ"),
        "y": axis("Im λ"),
        "clouds": [{"name": "eigenvalues", "role": "other", "x": [0.1, 0.5], "y": [0, 0]}],
        "curves": [series("level 1", "other"), series("level 2", "other"), series("numerical range", "guide")],
        "border": 1.0,
        "circles": [[0, 0, 0.5, "theory"], [0, None, 1, "none"]],
    },
    "matrix": {
        "rows_are": "to",
        "columns_are": "from",
        "row_names": ["E", "I"],
        "column_names": ["E", "I", "X"],
        "values": [[1, -2, None], [0.5, -1, 3]],
        "unit": "mV/Hz",
        "outlined": [[1, 1, "paradoxical"]],
    },
    "chain": {
        "time_unit": "ms",
        "units": ["E", "I"],
        "nodes": [{"name": f"mode {k}", "re": 0.1, "im": k - 1.0, "tau": None, "pattern": [0.7, -0.7]} for k in (1, 2, 3)],
        "links": [{"to": 0, "from": 1, "weight": 9}, {"to": 0, "from": 2, "weight": -1}, {"to": 2, "from": 1, "weight": 0.5}],
    },
    "circuit": {
        "nodes": [
            {"name": n, "role": r, "size": 1 + k, "note": "τ 20 ms"}
            for k, (n, r) in enumerate([("E", "excitatory"), ("I", "inhibitory"), ("X", "unconstrained")])
        ],
        "links": [{"to": 0, "from": 0, "weight": 2}, {"to": 0, "from": 1, "weight": -1}, {"to": 1, "from": 2, "weight": 0}],
    },
    "patterns": {
        "units": ["E", "I"],
        "roles": ["excitatory", "inhibitory"],
        "patterns": [["mode 1", [0.7, 0.7]], ["mode 2", [0.7, None]]],
    },
    "phase_plane": {
        "x": axis("rate of E", "Hz"),
        "y": axis("rate of I", "Hz"),
        "x_range": [0, 2],
        "y_range": [0, 3],
        "nullclines": [series("nullcline of E"), series("nullcline of I", "inhibitory")],
        "driven": [series("E under the stimulus")],
        "series": [series("from rest", "guide"), series("under the stimulus", "guide")],
        "manifolds": [series("unstable manifold", "other")],
        "cycles": [series("stable limit cycle", "guide")],
        "flow": [[0, 0, 1, 0], [1, 1, 0, 0], [1, 0, -1, 2]],
        "points": [
            {"x": 1, "y": 1, "sign": sign, "label": sign, "driven": sign == "cross"} for sign in ("filled", "hollow", "half", "cross")
        ],
    },
    "branches": {
        "x": axis("E.h", "mV"),
        "y": axis("rate of E", "Hz"),
        "x_range": [0, 2],
        "branches": [series("stable steady state of E"), series("unstable steady state of E", stroke="dashed")],
        "cycles": [
            {"stable": stable, "x": [0.5, 1], "high": [1, 2], "low": [1, 0.5], "period": [20, 900]} for stable in (True, False)
        ],
        "period": axis("period", "ms"),
        "points": [{"x": 1, "y": 1, "sign": sign, "label": sign} for sign in SIGNS],
        "regimes": [
            {"from": 0, "to": 1, "label": "steady", "stable": 1, "oscillates": False},
            {"from": 1, "to": 2, "label": "oscillates", "stable": 0, "oscillates": True},
        ],
        "isn": [[0.5, 1.5]],
        "own": 0.7,
    },
    "regimes": {
        "x": axis("E.h", "mV"),
        "y": axis("I.h", "mV"),
        "x_range": [0, 2],
        "y_range": [0, 2],
        "areas": [
            {"label": label, "stable": stable, "moves": moves, "leaves": leaves, "several": several, "at": [0.5, y],
             "rings": [[[0, y - 0.3], [1, y - 0.3], [1, y + 0.3], [0, y + 0.3]]]}
            for label, stable, moves, leaves, several, y in [
                ("one steady state", 1, False, False, False, 0.3), ("bistable", 2, False, False, True, 1.0), ("oscillates", 0, True, True, False, 1.7)
            ]
        ],
        "lines": [
            {"kind": kind, "faint": faint, "x": [0, 1], "y": [0, 1]}
            for kind, faint in [("fold", False), ("supercritical", False), ("subcritical", True)]
        ],
        "points": [{"label": label, "x": 1, "y": 1} for label in ("BT", "CP")],
        "own": [1, 0.5],
    },
}


def sample(kind):
    data = {"kind": kind, "id": kind, "title": f"A {kind}", "caption": "<How>", **SAMPLES[kind]}
    return Figure._of(data, Palette([{"figures": [data], "data": None}]))


def test_each_kind_has_a_drawing():
    assert set(SAMPLES) == set(DRAWINGS)
    documented = re.search(r"Figures are data too: `kind` \(([^)]*)\)", (ROOT / "docs/report-json.md").read_text(encoding="utf-8"))[1]
    assert set(re.findall(r"`(\w+)`", documented)) == set(DRAWINGS)


@pytest.mark.parametrize("kind", sorted(SAMPLES))
def test_each_kind_is_drawn_where_it_is_told(kind):
    figure = sample(kind)
    _, own = plt.subplots()
    assert figure.plot(ax=own) is own and own.get_title() == f"A {kind}"
    own.figure.canvas.draw()
    if "x" in figure:
        assert own.get_xlabel().startswith(figure["x"]["label"]) and own.get_ylabel().startswith(figure["y"]["label"])
    assert "&lt;How&gt;" in figure._repr_html_()
    again = pickle.loads(pickle.dumps(figure))
    assert again == figure and again.plot() is not None
    plt.close("all")


def test_drawings_say_what_the_data_say():
    ax = sample("lines").plot()
    assert ax.get_xscale() == "log" and ax.get_yscale() == "linear"
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["E", "E (linear)", "range", "identity", "mode 1"]
    solid, dashed = ax.lines[:2]
    # Theory has its population's color, and dashes.
    assert solid.get_color() == dashed.get_color() == COLORS["excitatory"][0] and dashed.get_linestyle() == "--"
    ax = sample("areas").plot()
    np.testing.assert_allclose(ax.lines[-1].get_ydata(), [2, -2, 2])
    tops = [c.get_paths()[0].get_extents() for c in ax.collections]
    assert max(t.y1 for t in tops) == 2 and min(t.y0 for t in tops) == -2
    ax = sample("matrix").plot()
    assert [t.get_text() for t in ax.get_xticklabels()] == ["E", "I", "X"]
    assert "−2" in [t.get_text() for t in ax.texts]
    ax = sample("chain").plot()
    words = [t.get_text() for t in ax.texts]
    # The source stands at the left: mode 3 at 0, mode 1 at 2.
    assert [t.get_position()[0] for t in ax.texts if t.get_text().startswith("mode")] == [2, 1, 0]
    assert "9" in words and "−1" in words and any("τ = ∞ ms" in w for w in words)
    ax = sample("circuit").plot()
    words = [t.get_text() for t in ax.texts]
    # A link of weight zero is none.
    assert {"E", "I", "X", "2", "−1"} <= set(words) and "0" not in words
    ax = sample("branches").plot()
    # Stable is solid, unstable dashed, in the population's color.
    solid, dashed = ax.lines[:2]
    assert solid.get_linestyle() == "-" and dashed.get_linestyle() == "--"
    assert solid.get_color() == dashed.get_color() == COLORS["excitatory"][0]
    assert {"steady", "oscillates"} <= {t.get_text() for child in ax.child_axes for t in child.texts}
    plt.close("all")


def test_colors_are_those_of_the_report():
    text = (ROOT / "crates/neurate/src/report/draw/color.rs").read_text(encoding="utf-8")
    for key, name in [(k, k.upper()) for k in COLORS] + [("other", "OTHER")]:
        of_kind = re.search(rf"const {name}: .*?\];", text, re.S)[0]
        assert re.findall(r'"(#\w{6})"', of_kind) == (OTHER if key == "other" else COLORS[key])
    nodes = [("E", "excitatory"), ("PV", "inhibitory"), ("L2 E", "excitatory"), ("SST", "inhibitory")]
    circuit = {"kind": "circuit", "nodes": [{"name": n, "role": r} for n, r in nodes]}
    p = Palette([{"figures": [circuit], "data": None}])
    # The cases of the test in `color.rs`.
    inhibitory = COLORS["inhibitory"]
    for words in ("SST", "mean of SST", "SST (linear)", "adaptation of SST", "SST under the stimulus"):
        assert p.colors([{"name": words, "role": "inhibitory"}]) == [inhibitory[1]]
    assert p.named("PV, not stimulated", "inhibitory") == inhibitory[0]
    assert p.named("L2 E", "excitatory") == COLORS["excitatory"][1]
    assert p.named("EPV", "inhibitory") is None and p.named("PV[2]", "inhibitory") == inhibitory[4]
    assert p.mark("SST", "inhibitory") == inhibitory[1] and p.mark("12", "inhibitory") == "#1b212c"
