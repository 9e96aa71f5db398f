"""Reports and their sections."""

from __future__ import annotations

import html as _html
import json
import os
from typing import Any

from . import _neurate
from ._answer import Same
from ._figures import Figure
from ._palette import Palette

__all__ = ["Report", "Section", "questions", "section_names"]


def questions() -> dict[str, str]:
    """The questions that :meth:`neurate.Circuit.ask` takes, and what each answers.

    >>> questions()["normality"]
    'whether the modes are orthogonal, and how far from it'
    """
    return dict(_neurate.sections())


def section_names() -> list[str]:
    """Names of all sections."""
    return [name for name, _ in _neurate.sections()]


class Section(Same):
    """One section: ``verdict`` (sentences, the most important first), ``tables``, ``figures`` (data that draw themselves:
    ``section.figures[0].plot()``), ``trust`` (how far to trust the numbers), ``sources``, and ``data``: the numbers at full
    precision. ``part`` says where it stands on the page, ``available`` whether there is an answer."""

    def __init__(self, section: dict[str, Any], palette: Palette | None = None) -> None:
        palette = palette or Palette([section])
        self.name: str = section["name"]
        self.title: str = section["title"]
        self.part: str = section["part"]
        self.available: bool = section["available"]
        self.verdict: list[str] = section["verdict"]
        self.tables: list[dict[str, Any]] = section["tables"]
        self.figures = [Figure._of(f, palette) for f in section["figures"]]
        self.trust: list[str] = section["trust"]
        self.sources: list[str] = section["sources"]
        self.data: Any = section["data"]

    def _compared(self) -> Any:
        return vars(self)

    def __repr__(self) -> str:
        return f"<neurate.Section {self.name}: {' '.join(self.verdict[:1])}>"

    def __str__(self) -> str:
        return "\n".join([self.title, *(f"  {v}" for v in self.verdict)])

    def _repr_html_(self) -> str:
        e = _html.escape
        parts = [f"<h3>{e(self.title)}</h3>", *(f"<p>{e(v)}</p>" for v in self.verdict)]
        for t in self.tables:
            head = "".join(f"<th>{e(c)}</th>" for c in t["columns"])
            body = "".join("<tr>" + "".join(f"<td>{e(_cell(c))}</td>" for c in row) + "</tr>" for row in t["rows"])
            parts.append(f"<p><i>{e(t['caption'])}</i></p><table><tr>{head}</tr>{body}</table>")
        return "".join(parts)


def framed(page: str) -> str:
    """A page of its own within a notebook: its styles stay inside, and it runs no scripts."""
    quoted = _html.escape(page, quote=True)
    return f'<iframe srcdoc="{quoted}" sandbox="" style="width:100%;height:900px;border:1px solid #ccc"></iframe>'


def _cell(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, dict):
        return f"{cell['re']:.4g} {'+' if cell['im'] >= 0 else '-'} {abs(cell['im']):.4g}i"
    return f"{cell:.4g}" if isinstance(cell, float) else str(cell)


class Report(Same):
    """A report: a summary, warnings and sections. Jupyter shows its verdict and the time course; :meth:`save` writes the
    whole page."""

    def __init__(self, text: str, page: str, glance: str) -> None:
        self.json = text
        """The report as JSON (``docs/report-json.md``)."""
        self.html = page
        """The report as one page that works offline."""
        self.glance = glance
        """The first screens of that page, without script and data."""
        data = json.loads(text)
        self.title: str = data["title"]
        self.summary: list[str] = data["summary"]
        self.warnings: list[str] = data["warnings"]
        palette = Palette(data["sections"])
        self.sections = [Section(s, palette) for s in data["sections"]]

    def __getitem__(self, name: str) -> Section:
        for s in self.sections:
            if s.name == name:
                return s
        raise KeyError(f"{name!r}; there are {', '.join(s.name for s in self.sections)}")

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the page (``.html``) or the numbers (``.json``), whole or not at all."""
        path = os.fspath(path)
        ending = os.path.splitext(path)[1].lower()
        if ending not in (".html", ".json"):
            raise ValueError(f"{path}: a report is written as .html or .json")
        _neurate.write_file(path, self.html if ending == ".html" else self.json + "\n")

    def _compared(self) -> Any:
        return self.json, self.html

    def __repr__(self) -> str:
        return f"<neurate.Report {self.title!r}: {len(self.sections)} sections>"

    def __str__(self) -> str:
        return "\n".join([self.title or "report", *(f"  {s}" for s in self.summary)])

    def _repr_html_(self) -> str:
        return framed(self.glance) + '<p>The first screens; <code>.save("report.html")</code> writes the whole report.</p>'
