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
