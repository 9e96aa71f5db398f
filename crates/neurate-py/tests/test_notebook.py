"""What a notebook shows: first screens of reports, answers in a line and in tables; and figures that can be drawn."""

import html
import pickle
import re
from pathlib import Path

import neurate as nr
import numpy as np
import pytest
from neurate import _circuit
from neurate._answer import LINE, Answer

ROOT = Path(__file__).parents[3]
EXAMPLES = ROOT / "examples"


@pytest.fixture(scope="module")
def ssn():
    return nr.load(EXAMPLES / "ssn.toml")


@pytest.fixture(scope="module")
def report(ssn):
    return ssn.report()


def framed(shown):
    """The page in the frame of what a notebook shows."""
    return html.unescape(re.search(r'<iframe srcdoc="([^"]*)"', shown)[1])


def test_a_report_shows_its_first_screens(report):
    shown = report._repr_html_()
    page = framed(shown)
    assert page == report.glance and len(shown) < 200_000 < len(report.html)
    assert all(html.escape(s, quote=False) in page or html.escape(s) in page for s in report.summary)
    assert "<svg" in page and "<script" not in page
    # What is quoted in the attribute cannot end it.
    assert shown.count("<iframe") == 1 and 'sandbox=""' in shown
    again = pickle.loads(pickle.dumps(report))
    assert again == report and again.glance == report.glance


def test_a_circuit_shows_the_same_screens(ssn, report, monkeypatch):
    monkeypatch.setattr(_circuit, "SHOWN_SECONDS", 600.0)
    shown = ssn._repr_html_()
    page = framed(shown)
    assert report.summary[0] in html.unescape(page)
    assert "<svg" in page and "<script" not in page and len(shown) < 200_000
    # The populations are there, too.
    assert "<table>" in shown and ssn.equation in html.unescape(shown)


def test_a_circuit_without_an_answer_in_time_is_shown_all_the_same(ssn, monkeypatch):
    monkeypatch.setattr(_circuit, "SHOWN_SECONDS", 0.0)
    with pytest.raises(TimeoutError, match="0 s"):
        ssn._rust.glance(0.0)
    shown = ssn._repr_html_()
    assert "<iframe" not in shown and "<table>" in shown and ".report()" in shown
    monkeypatch.undo()
    large = nr.Circuit(W=np.full((200, 200), 1e-3), tau=20, kinds={"E": 200})
    assert "<iframe" not in large._repr_html_()


def test_answers_are_a_line_and_tables(ssn):
    for question in ("response", "fixed_points", "normality", "schur_modes", "time_courses", "verdict"):
        answer = ssn.ask(question)
        assert "\n" not in repr(answer) and len(repr(answer)) <= LINE + len(", ...)"), question
        shown = answer._repr_html_()
        assert shown.startswith("<table>") and len(shown) < 200_000, question
        assert shown.count("<table>") == shown.count("</table>") and shown.count("<details>") == shown.count("</details>")
    response = ssn.ask("response")
    shown = response._repr_html_()
    # A small matrix is written out; answers in the answer are tables of their own.
    assert all(f"<td>{x:.4g}</td>" in shown for x in response.response_matrix.ravel())
    assert f"<summary>{len(response.subsets)} SubsetVerdict</summary>" in shown
    assert "<th>stable</th>" in shown


def test_values_of_answers_are_escaped():
    from dataclasses import dataclass
    from typing import Any

    @dataclass(frozen=True, repr=False, eq=False, kw_only=True)
    class Sample(Answer):
        word: str
        names: list[str]
        parts: list[Any]
        large: Any
        nothing: Any = None

    inner = Sample(word="<b>", names=["<i>"], parts=[], large=1.0)
    answer = Sample(word="<u>", names=["a<", "b"], parts=[inner] * 30, large=np.arange(50.0))
    shown = answer._repr_html_()
    assert not re.search("<[bui]>", shown) and "&lt;b&gt;" in shown and "a&lt;, b" in shown
    assert "50, from 0 to 49" in shown and "and 10 more" in shown and "nothing" not in shown
    assert "nothing" not in repr(answer)
    many = Sample(word="x" * 40, names=["y" * 30] * 4, parts=[], large=1.0)
    assert repr(many).endswith(", ...)") and len(repr(many)) < LINE + 6

