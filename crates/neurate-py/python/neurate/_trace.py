"""Python functions as formulas: what a callable does with its input is written down as it is called.

The callable gets an :class:`Input` in the place of a number. Arithmetic and NumPy's functions on it make trees
(:mod:`neurate._symbols`). Where the callable asks whether the input exceeds a threshold (``np.where``, ``if``,
``x > 0``, ``max``), it is called once for each answer; the pieces found so are joined, provided that the function is continuous
between them. The result is compared with the callable itself.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import _neurate
from ._formula import Tree, at, text, tree, value
from ._symbols import Input, Path, Untraceable

MAX_PIECES = 64
HELP = (
    "f takes one input, x, and computes the rate from it with arithmetic and functions such as np.exp, np.tanh, np.maximum "
    'and np.where; or write the formula: nr.Expression("log(1 + exp(a*x))/a", a=0.5)'
)


def formula_of(f: Callable[..., Any]) -> str:
    """The formula of a callable, as an ``expression`` of a circuit file takes it."""
    name = getattr(f, "__name__", type(f).__name__)
    # What numba or np.vectorize made of a function of Python.
    for wrapped in ("py_func", "pyfunc"):
        f = getattr(f, wrapped, f)
    try:
        written = text(_joined(_pieces(f)))
        _compare(f, written)
    except MemoryError:
        raise
    except Exception as e:
        why = str(e) if isinstance(e, (Untraceable, ValueError)) else f"{type(e).__name__}: {e}"
        raise TypeError(f"the function {name} cannot become a formula: {why}\nhelp: {HELP}") from e
    return written


def _pieces(f: Callable[..., Any]) -> list[tuple[float, float, Tree]]:
    """Intervals of the input from left to right, and what the callable computes there."""
    pending: list[list[bool]] = [[]]
    found = []
    while pending:
        path = Path(pending.pop())
        result = f(Input(path, "x"))
        while isinstance(result, np.ndarray) and result.size == 1:
            result = result.reshape(-1)[0]
        if result is None:
            raise Untraceable("it returns nothing")
        made = Input(path, 0.0)._input(result)
        pending += path.others
        found.append((path.low, path.high, made.tree))
        if len(found) > MAX_PIECES:
            raise Untraceable(f"it has more than {MAX_PIECES} pieces")
    found.sort(key=lambda piece: piece[0])
    merged = found[:1]
    for low, high, t in found[1:]:
        if merged[-1][2] == t:
            merged[-1] = (merged[-1][0], high, t)
        else:
            merged.append((low, high, t))
    return merged


def _joined(pieces: list[tuple[float, float, Tree]]) -> Tree:
    """One tree that is each piece on its interval: every piece of the input clipped to it, less its value where it begins."""
    total: Tree = 0.0
    offset, largest = 0.0, 0.0
    for k, (low, high, t) in enumerate(pieces):
        if k > 0:
            before, begins = value(pieces[k - 1][2], low), value(t, low)
            size = max(abs(before), abs(begins))
            if not math.isfinite(before - begins):
                raise Untraceable(f"it has no value at x = {low:g}, where it branches")
            if abs(before - begins) > 1e-9 * size:
                raise Untraceable(
                    f"it jumps at x = {low:g}, from {before:g} to {begins:g}; a rate is a continuous function of the input "
                    "(nr.Logistic with a small width is a steep step)"
                )
            offset, largest = offset - begins, max(largest, size)
        if isinstance(t, float):
            offset += t
            continue
        clipped: Tree = "x"
        if high < math.inf:
            clipped = tree("min", high, clipped)
        if low > -math.inf:
            clipped = tree("max", clipped, low)
        total = tree("+", total, at(t, clipped))
    if abs(offset) <= 1e-13 * largest:
        return total
    return tree("-", total, -offset) if offset < 0.0 and total != 0.0 else tree("+", total, offset)


def _compare(f: Callable[..., Any], formula: str) -> None:
    """Holds the formula to what the callable gives at several hundred inputs."""
    far = np.geomspace(1e-3, 1e4, 120)
    x = np.concatenate([-far[::-1], np.linspace(-20.013, 20.017, 301), far])
    expected = _values(f, x)
    law = _neurate.Transfer.expression(formula, {})
    found = np.asarray(law.rates(x, 0.0))
    near = np.isfinite(expected) & (np.abs(x) <= 20.1)
    size = float(np.max(np.abs(expected[near]), initial=0.0))
    with np.errstate(invalid="ignore"):
        wrong = ~(np.abs(found - expected) <= 1e-9 * np.abs(expected) + 1e-11 * size) & np.isfinite(expected)
    if wrong.any():
        k = int(min(np.flatnonzero(wrong), key=lambda i: abs(x[i])))
        raise Untraceable(
            f"at x = {x[k]:g} it gives {expected[k]:g}, but what it does with x is {formula}, which gives {found[k]:g} "
            "there: it depends on something besides x, or looks at x in another way"
        )


def _values(f: Callable[..., Any], x: NDArray[np.float64]) -> NDArray[np.float64]:
    """The callable's values: of the whole array if it takes one, else one by one."""
    with np.errstate(all="ignore"):
        try:
            all_at_once = np.asarray(f(x.copy()), dtype=float)
            if all_at_once.shape == x.shape:
                return all_at_once
        except Exception:  # noqa: BLE001: it may take numbers only
            pass
        return np.array([_one(f, float(v)) for v in x])


def _one(f: Callable[..., Any], x: float) -> float:
    try:
        return float(np.asarray(f(x), dtype=float).reshape(()))
    except (ArithmeticError, ValueError):
        # Python's own arithmetic raises where NumPy's overflows.
        return math.nan
