"""What the classes of answers have in common."""

from __future__ import annotations

import dataclasses
import html as _html
import keyword
from typing import Any

import numpy as np


class Answer:
    """An answer: data with names. Arrays are NumPy's, and read-only."""

    @classmethod
    def _of(cls, fields: dict[str, Any]) -> Any:
        return cls(**{name + "_" * keyword.iskeyword(name): value for name, value in fields.items()})

    def _items(self) -> list[tuple[str, Any]]:
        return [(f.name, getattr(self, f.name)) for f in dataclasses.fields(self)]  # type: ignore[arg-type]

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={short(value)}" for name, value in self._items())
        return f"{type(self).__name__}({fields})"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td style='text-align:left'>{_html.escape(name)}</td>"
            f"<td style='text-align:left'>{_html.escape(short(value, 8))}</td></tr>"
            for name, value in self._items()
        )
        return f"<table><tr><th colspan='2' style='text-align:left'>{type(self).__name__}</th></tr>{rows}</table>"


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
