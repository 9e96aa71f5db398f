"""Formulas as trees: what a traced function does with its input, and the text of it in a circuit file's grammar.

A tree is a float, ``"x"``, or a tuple of an operation and its operands.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

Tree = Any
"""A float, ``"x"``, or ``(operation, operand, ...)``."""

FUNCTIONS: dict[str, Callable[..., Any]] = {
    "exp": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
    "tanh": np.tanh,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "atan": np.arctan,
    "abs": np.abs,
    "max": np.maximum,
    "min": np.minimum,
}
"""Functions that a formula may call, as NumPy computes them."""

OPERATORS: dict[str, Callable[..., Any]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "^": np.float_power,
}
PRECEDENCE = {"+": 1, "-": 1, "negative": 1, "*": 2, "/": 2, "^": 3}


def tree(operation: str, *operands: Tree) -> Tree:
    """The operation on these operands; a number if they all are, or one of them if nothing happens to it."""
    if all(isinstance(o, float) for o in operands):
        return value((operation, *operands), 0.0) + 0.0
    if operation == "*" and 0.0 in operands:
        return 0.0
    if operation == "-" and operands[0] == 0.0:
        return tree("negative", operands[1])
    if operation == "negative" and isinstance(operands[0], tuple) and operands[0][0] == "negative":
        return operands[0][1]
    if operation == "+" and 0.0 in operands:
        return operands[0] if operands[1] == 0.0 else operands[1]
    if operation == "-" and operands[1] == 0.0:
        return operands[0]
    if operation == "*" and 1.0 in operands:
        return operands[0] if operands[1] == 1.0 else operands[1]
    if operation in ("/", "^") and operands[1] == 1.0:
        return operands[0]
    return (operation, *operands)


def value(t: Tree, x: float) -> float:
    """The value at an input; not a number where it has none."""
    if isinstance(t, float):
        return t
    if t == "x":
        return x
    operands = [value(o, x) for o in t[1:]]
    with np.errstate(all="ignore"):
        if t[0] == "negative":
            return -operands[0]
        return float((FUNCTIONS.get(t[0]) or OPERATORS[t[0]])(*operands))


def at(t: Tree, x: Tree) -> Tree:
    """The tree with another one in the place of its input."""
    if isinstance(t, float):
        return t
    if t == "x":
        return x
    return tree(t[0], *(at(o, x) for o in t[1:]))


def affine(t: Tree) -> tuple[float, float] | None:
    """Slope and value at 0 of a tree that is linear in its input; None if it is not."""
    if isinstance(t, float):
        return 0.0, t
    if t == "x":
        return 1.0, 0.0
    parts = [affine(o) for o in t[1:]]
    if any(p is None for p in parts):
        return None
    (a, b), *rest = [p for p in parts if p is not None]
    if t[0] == "negative":
        return -a, -b
    if not rest:
        return None if a else (0.0, value(t, 0.0))
    c, d = rest[0]
    if t[0] in ("+", "-"):
        sign = 1.0 if t[0] == "+" else -1.0
        return a + sign * c, b + sign * d
    if t[0] == "*" and (a == 0.0 or c == 0.0):
        return a * d + c * b, b * d
    if t[0] == "/" and c == 0.0 and d != 0.0:
        return a / d, b / d
    return None if a or c else (0.0, value(t, 0.0))


def text(t: Tree) -> str:
    """The tree as a formula of a circuit file."""
    return _text(t)[0]


def _text(t: Tree) -> tuple[str, int]:
    """The formula, and how tightly its outermost operation binds."""
    if isinstance(t, float):
        if not math.isfinite(t):
            raise ValueError(f"it computes with {t}")
        written = repr(t).removesuffix(".0")
        return (written, 4) if t >= 0 and not written.startswith("-") else (f"({written})", 4)
    if t == "x":
        return "x", 4
    if t[0] in FUNCTIONS:
        return f"{t[0]}({', '.join(text(o) for o in t[1:])})", 4
    own = PRECEDENCE[t[0]]
    if t[0] == "negative":
        return "-" + _within(t[1], own + 1), own
    if t[0] == "^":
        return f"{_within(t[1], 4)}^{_within(t[2], 4)}", own
    # A quotient binds tighter than a product in the grammar: brackets say which is meant.
    left = own + 1 if t[0] == "/" or (t[0] == "*" and isinstance(t[1], tuple) and t[1][0] == "/") else own
    space = " " if own == 1 else ""
    return f"{_within(t[1], left)}{space}{t[0]}{space}{_within(t[2], own + 1)}", own


def _within(t: Tree, least: int) -> str:
    """As an operand of something that binds as tightly as ``least``."""
    written, own = _text(t)
    return written if own >= least else f"({written})"
