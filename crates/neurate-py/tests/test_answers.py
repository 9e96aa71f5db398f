"""Typed answers: classes with arrays at any size, the same numbers as the report's JSON, one schema for both."""

import json
import pathlib

import jsonschema
import numpy as np
import pytest
from answers_of_schema import module

import neurate as nr
from neurate import _neurate, answers


def test_the_classes_are_those_of_the_schema():
    path = pathlib.Path(__file__).parents[1] / "python/neurate/answers.py"
    assert path.read_text(encoding="utf-8") == module(), "python tests/answers_of_schema.py python/neurate/answers.py"


@pytest.mark.parametrize("name", ["ei", "ssn", "lif", "brunel", "conductance", "ring"])
def test_reports_keep_to_the_schema(name):
    report = json.loads(nr.loads(nr.template(name)).report().json)
    jsonschema.Draft202012Validator(json.loads(_neurate.schema())).validate(report)


def plain(x):
    """An answer as JSON would have it."""
    if isinstance(x, answers.Answer):
        return {k.rstrip("_"): plain(v) for k, v in x._items()}
    if isinstance(x, np.ndarray):
        if np.iscomplexobj(x):
            return {"re": plain(x.real), "im": plain(x.imag)}
        return [plain(v) for v in x] if x.ndim else plain(float(x))
    if isinstance(x, complex):
        return {"re": plain(x.real), "im": plain(x.imag)}
    if isinstance(x, dict):
        return {k: plain(v) for k, v in x.items()}
    if isinstance(x, (list, tuple)):
        return [plain(v) for v in x]
    if isinstance(x, float) and not np.isfinite(x):
        return None
    return x.item() if isinstance(x, np.generic) else x


def same(a, b, path):
    if isinstance(a, dict) and set(a) == {"re", "im"} and isinstance(b, list):
        # A list of complex numbers.
        b = {"re": [z["re"] for z in b], "im": [z["im"] for z in b]}
    if isinstance(a, dict):
        # A key that JSON leaves out is None here.
        assert isinstance(b, dict) and set(b) <= set(a), path
        for k in a:
            same(a[k], b.get(k), f"{path}.{k}")
    elif isinstance(a, list):
        assert isinstance(b, list) and len(a) == len(b), path
        for k, (x, y) in enumerate(zip(a, b)):
            same(x, y, f"{path}[{k}]")
    else:
        assert a == b, path


@pytest.mark.parametrize("name", ["ei", "ssn", "lif", "brunel", "conductance", "four"])
def test_answers_are_the_numbers_of_the_report(name):
    net = nr.loads(nr.template(name))
    for section in net.report().sections:
        if section.data is None or "not_available" in section.data:
            with pytest.raises((NotImplementedError, ValueError)):
                net.ask(section.name)
            continue
        answer = net.ask(section.name)
        assert type(answer).__module__ == "neurate.answers" and "\n" not in repr(answer)
        assert answer._repr_html_().startswith("<table>")
        same(plain(answer), section.data, section.name)


def test_nothing_is_left_out_of_large_circuits():
    rng = np.random.default_rng(1)
    n = 120
    w = np.abs(rng.normal(size=(n, n))) / n
    w[:, 90:] *= -2
    net = nr.Circuit(W=w, tau=20.0, h=1.0, kinds={"E": 90, "I": 30})
    linear = net.ask("linearization")
    assert linear.effective_weights.shape == linear.jacobian.shape == (n, n)
    assert not linear.jacobian.flags.writeable
    np.testing.assert_allclose(linear.effective_weights, w)
    schur = net.ask("schur_modes")
    assert schur.real.T.shape == schur.real.vectors.shape == (n, n)
    noise = net.ask("noise")
    lin = net.fixed_points().stable[0].linearize()
    np.testing.assert_allclose(noise.covariance, lin.covariance(noise.intensity), rtol=1e-9)
    assert net.ask("time_courses").states.shape[1] == n
    # What the same study has computed it does not compute again.
    assert net.ask("noise").covariance.tobytes() == noise.covariance.tobytes()
    # JSON has names and vectors, and leaves large tables out.
    assert net.analyze("linearization").data["jacobian"] is None


def test_questions_that_cannot_be_asked_say_why():
    net = nr.loads(nr.template("ei"))
    with pytest.raises(NotImplementedError, match="spiking"):
        net.ask("mean_field")
    with pytest.raises(ValueError, match="normality"):
        net.ask("normalty")
    with pytest.raises(NotImplementedError, match="delays"):
        nr.Circuit(W=[[0.5]], tau=20, h=1, kinds="E", delays={"E <- E": 3}).ask("normality")
    assert set(nr.questions()) >= {"normality", "response", "noise"}
