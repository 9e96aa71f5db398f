"""What the classes of answers have in common."""

from __future__ import annotations

import dataclasses
import html as _html
import keyword
from typing import Any

import numpy as np


def same(a: Any, b: Any) -> bool:
    """Whether two values are the same: arrays and lists in all their items, and what is not a number equals itself."""
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        if not (isinstance(a, np.ndarray) and isinstance(b, np.ndarray) and a.dtype == b.dtype and a.shape == b.shape):
            return False
        return np.array_equal(a, b, equal_nan=a.dtype.kind in "fc")
    if type(a) is not type(b):
        return False
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(x, b[key]) for key, x in a.items())
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b))
    if isinstance(a, (float, complex, np.floating, np.complexfloating)):
        return bool(a == b or (a != a and b != b))
    return bool(a == b)


def frozen(value: Any) -> Any:
    """A value whose arrays are read-only: pickling makes copies that are not."""
    if isinstance(value, np.ndarray):
        value.flags.writeable = False
    elif isinstance(value, dict):
        for x in value.values():
            frozen(x)
    elif isinstance(value, (list, tuple)):
        for x in value:
            frozen(x)
    return value


class Same:
    """What is equal if all that it holds is, :func:`same`."""

    def _compared(self) -> Any:
        """What it holds."""
        return [getattr(self, f.name) for f in dataclasses.fields(self)]  # type: ignore[arg-type]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Same) or type(self) is not type(other):
            return NotImplemented
        return self is other or same(self._compared(), other._compared())

    def __hash__(self) -> int:
        # Arrays have no hash; their shapes are equal where they are.
        shapes = [np.shape(x) for x in self._compared() if isinstance(x, np.ndarray)]
        return hash((type(self).__name__, *shapes))


class Answer(Same):
    """An answer: data with names. Arrays are NumPy's, and read-only. It can be pickled and copied, and is equal to another
    one if all its fields are (``==`` is one truth value; what is not a number equals itself)."""

    def __setstate__(self, fields: dict[str, Any]) -> None:
        self.__dict__.update(frozen(fields))

    @classmethod
    def _of(cls, fields: dict[str, Any]) -> Any:
        return cls(**{name + "_" * keyword.iskeyword(name): value for name, value in fields.items()})

    def _items(self) -> list[tuple[str, Any]]:
        return [(f.name, getattr(self, f.name)) for f in dataclasses.fields(self)]  # type: ignore[arg-type]

    def __repr__(self) -> str:
        """One line: the fields that say something, as far as there is room."""
        line = f"{type(self).__name__}("
        for k, (name, value) in enumerate((n, v) for n, v in self._items() if v is not None):
            field = f"{', ' if k else ''}{name}={short(value)}"
            if len(line) + len(field) > LINE:
                return f"{line}{', ' if k else ''}...)"
            line += field
        return line + ")"

    def _repr_html_(self) -> str:
        return fields(self, 0)


LINE = 160
"""Characters of a representation."""
ROWS = 20
"""Rows of a table of answers, above which the rest is counted."""
CELLS = 8
"""Rows and columns up to which a matrix is written out."""
DEPTH = 3
"""Answers in answers are shown up to this depth."""


def fields(answer: Answer, depth: int) -> str:
    """An answer as a table of its fields, with what is in them folded."""
    left = "style='text-align:left'"
    rows = "".join(
        f"<tr><td {left}>{_html.escape(name)}</td><td {left}>{rich(value, depth)}</td></tr>" for name, value in answer._items() if value is not None
    )
    return f"<table><tr><th colspan='2' {left}>{type(answer).__name__}</th></tr>{rows}</table>"


def rich(value: Any, depth: int) -> str:
    """A value as HTML: small arrays and lists of answers as tables, answers folded."""
    e = _html.escape
    if isinstance(value, Answer) and depth < DEPTH:
        return f"<details><summary>{type(value).__name__}</summary>{fields(value, depth + 1)}</details>"
    if isinstance(value, np.ndarray):
        return array(value)
    if isinstance(value, (list, tuple)) and value and all(type(x) is type(value[0]) and isinstance(x, Answer) for x in value):
        return f"<details><summary>{len(value)} {type(value[0]).__name__}</summary>{listed(value)}</details>"
    if isinstance(value, str):
        return e(value)
    if isinstance(value, (list, tuple)) and len(value) <= 12 and all(isinstance(x, (str, int, float)) for x in value):
        return e(", ".join(x if isinstance(x, str) else short(x) for x in value)) or "none"
    return e(short(value, 12))


def listed(answers: Any) -> str:
    """Answers of one class as a table, a row for each."""
    shown = [dict(a._items()) for a in answers[:ROWS]]
    names = [n for n in shown[0] if any(row[n] is not None for row in shown)]
    head = "".join(f"<th>{_html.escape(n)}</th>" for n in names)
    body = "".join(
        "<tr>" + "".join(f"<td>{'' if row[n] is None else _html.escape(cell(row[n]))}</td>" for n in names) + "</tr>" for row in shown
    )
    more = f"<p>and {len(answers) - ROWS} more</p>" if len(answers) > ROWS else ""
    return f"<table><tr>{head}</tr>{body}</table>{more}"


def cell(value: Any) -> str:
    """A value in a cell of a table."""
    return value if isinstance(value, str) else short(value)


def array(a: Any) -> str:
    """An array: its numbers, if they are few; else its size and range."""
    if a.ndim == 1 and a.size <= 12:
        return _html.escape(", ".join(short(x.item()) for x in a)) or "none"
    if a.ndim == 2 and max(a.shape) <= CELLS:
        rows = "".join("<tr>" + "".join(f"<td>{_html.escape(short(x.item()))}</td>" for x in row) + "</tr>" for row in a)
        return f"<table>{rows}</table>"
    known = a[np.isfinite(a)] if a.dtype.kind == "f" else a[:0].ravel()
    span = f", from {known.min():.4g} to {known.max():.4g}" if known.size else ""
    return _html.escape(f"{' x '.join(map(str, a.shape))}{span}")


def short(value: Any, most: int = 4) -> str:
    """A value in a few characters: of arrays the shape, unless they are small."""
    if isinstance(value, Answer):
        return f"{type(value).__name__}(...)"
    if isinstance(value, np.ndarray):
        if value.ndim == 1 and value.size <= most:
            return "[" + ", ".join(short(x) for x in value) + "]"
        return "array(" + " x ".join(map(str, value.shape)) + ")"
    if isinstance(value, (list, tuple)):
        if len(value) <= most and all(isinstance(x, (str, int, float)) for x in value):
            return "[" + ", ".join(short(x) for x in value) + "]"
        of = f" {type(value[0]).__name__}" if value and isinstance(value[0], Answer) else ""
        return f"[{len(value)}{of}]"
    if isinstance(value, (float, complex, np.floating, np.complexfloating)):
        return f"{value:.4g}"
    if isinstance(value, str):
        return repr(value if len(value) <= 40 else value[:37] + "...")
    return repr(value)
