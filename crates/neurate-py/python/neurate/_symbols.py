"""What a traced function gets in the place of a number, and how what it does with that is written down.

Arithmetic and NumPy's functions on an :class:`Input` make trees (:mod:`neurate._formula`); a :class:`Condition` is a question that
has one answer in each call (:class:`Path`).
"""

from __future__ import annotations

import math
import types
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._formula import FUNCTIONS, Tree, affine, text, tree

MAX_SIZE = 4000
"""More operations than this are no formula that anybody reads."""


class Untraceable(TypeError):
    """The callable does what a formula cannot say."""


class Path:
    """One call of a callable: the answers to its questions about the input, which bound the input step by step."""

    def __init__(self, answers: list[bool]) -> None:
        self._given = answers
        self._taken: list[bool] = []
        self.others: list[list[bool]] = []
        """Answers of the calls that are to be made besides."""
        self.low, self.high = -math.inf, math.inf
        self._questions = 0

    def above(self, threshold: float) -> bool:
        """Whether the input of this call lies above the threshold."""
        self._questions += 1
        if self._questions > 10_000:
            raise Untraceable("it asks about its input again and again: a loop that depends on x?")
        if threshold <= self.low:
            return True
        if threshold >= self.high:
            return False
        k = len(self._taken)
        if k < len(self._given):
            answer = self._given[k]
        else:
            answer = True
            self.others.append([*self._taken, False])
        self._taken.append(answer)
        if answer:
            self.low = threshold
        else:
            self.high = threshold
        return answer


class Condition:
    """Whether something in the input is positive: a question that has an answer in each call."""

    __array_priority__ = 1000
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, path: Path, ask: Callable[[], bool]) -> None:
        self._path = path
        self._ask = ask

    def __bool__(self) -> bool:
        return self._ask()

    def _made(self, ask: Callable[[], bool]) -> Condition:
        return Condition(self._path, ask)

    def __invert__(self) -> Condition:
        return self._made(lambda: not self)

    def __and__(self, other: Any) -> Condition:
        return self._made(lambda: bool(self) and bool(other))

    def __or__(self, other: Any) -> Condition:
        return self._made(lambda: bool(self) or bool(other))

    __rand__, __ror__ = __and__, __or__

    def number(self) -> Input:
        """1 where it holds, 0 elsewhere."""
        return Input(self._path, 1.0 if self else 0.0)

    def _as_number(name: str) -> Any:  # type: ignore[misc]  # noqa: N805: makes the methods below
        return lambda self, *others: getattr(self.number(), name)(*others)

    __add__, __radd__, __sub__, __rsub__ = map(_as_number, ("__add__", "__radd__", "__sub__", "__rsub__"))
    __mul__, __rmul__, __neg__, __pow__ = map(_as_number, ("__mul__", "__rmul__", "__neg__", "__pow__"))
    __truediv__, __rtruediv__ = map(_as_number, ("__truediv__", "__rtruediv__"))

    def astype(self, *_: Any, **__: Any) -> Input:
        return self.number()

    def any(self, *_: Any, **__: Any) -> Condition:
        return self

    all = any

    def __float__(self) -> float:
        return 1.0 if self else 0.0

    def __int__(self) -> int:
        return int(bool(self))

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        if ufunc.__name__ in ("logical_not", "invert"):
            return ~self
        if ufunc.__name__ in ("logical_and", "bitwise_and"):
            return self & inputs[1 if inputs[0] is self else 0]
        if ufunc.__name__ in ("logical_or", "bitwise_or"):
            return self | inputs[1 if inputs[0] is self else 0]
        return self.number().__array_ufunc__(ufunc, method, *inputs, **options)

    def __array_function__(self, function: Any, kinds: Any, given: Any, options: Any) -> Any:
        return Input(self._path, 0.0).__array_function__(function, kinds, given, options)


def _operation(name: str) -> Any:
    def method(self: Any, *others: Any) -> Any:
        return self._apply(name, self, *others)

    return method


def _reflected(name: str) -> Any:
    def method(self: Any, other: Any) -> Any:
        return self._apply(name, other, self)

    return method


def _unsupported(what: str) -> Any:
    def method(self: Any, *_: Any, **__: Any) -> Any:
        raise Untraceable(what)

    return method


_NUMBER = "it needs a number where the input stands (float(x), dtype=float, or a function of math: use NumPy's)"


class Input:
    """What a traced callable gets in the place of a number, and everything that it computes from it."""

    __array_priority__ = 1000
    __hash__ = None  # type: ignore[assignment]
    shape: tuple[int, ...] = ()
    ndim, size = 0, 1
    dtype = np.dtype(float)

    def __init__(self, path: Path, tree: Tree, size: int = 1) -> None:
        self._path = path
        self.tree = tree
        self.operations = size
        if size > MAX_SIZE:
            raise Untraceable(f"it takes more than {MAX_SIZE} operations")

    def _apply(self, name: str, *operands: Any) -> Any:
        """The operation of NumPy by this name."""
        found = NUMPY.get(name)
        if found is None:
            raise Untraceable(f"it calls {name}, which a formula does not have ({', '.join(FUNCTIONS)})")
        return found(*(self._input(o) for o in operands))

    def _input(self, x: Any) -> Input:
        if isinstance(x, Input):
            return x
        if isinstance(x, Condition):
            return x.number()
        if isinstance(x, np.ndarray) and x.ndim == 0:
            return self._input(x.item())
        if isinstance(x, (np.ndarray, list, tuple)):
            raise Untraceable(
                f"it combines x with an array of shape {np.shape(x)}: give one function for each population, in a list or dict"
            )
        try:
            return Input(self._path, float(x))
        except (TypeError, ValueError):
            raise Untraceable(f"it combines x with {x!r} ({type(x).__name__})") from None

    def _of(self, operation: str, *operands: Input) -> Input:
        made = tree(operation, *(o.tree for o in operands))
        return Input(self._path, made, 1 + sum(o.operations for o in operands))

    def _positive(self) -> bool:
        """Whether it is positive in this call; on a threshold it counts as above."""
        t = self.tree
        # |u| - c > 0: u > c or u < -c.
        if isinstance(t, tuple) and t[0] in ("-", "+") and isinstance(t[1], tuple) and t[1][0] == "abs":
            inside = Input(self._path, t[1][1])
            inside = inside if inside._positive() else -inside
            return Input(self._path, tree(t[0], inside.tree, t[2]))._positive()
        if isinstance(t, tuple) and t[0] == "-" and isinstance(t[2], tuple) and t[2][0] == "abs":
            return not (-self)._positive()
        if isinstance(t, tuple) and t[0] == "negative" and isinstance(t[1], tuple) and t[1][0] == "-":
            return Input(self._path, tree("-", t[1][2], t[1][1]))._positive()
        line = affine(t)
        if line is None:
            raise Untraceable(f"it branches on {text(t)}, which is not linear in x: thresholds are found for x itself")
        slope, offset = line
        if slope == 0.0:
            return offset > 0.0
        # + 0.0: not the zero that is negative.
        return self._path.above(-offset / slope + 0.0) == (slope > 0.0)

    def _exceeds(self, other: Any) -> Condition:
        return Condition(self._path, (self - other)._positive)

    def __gt__(self, other: Any) -> Condition:
        return self._exceeds(other)

    def __lt__(self, other: Any) -> Condition:
        return self._input(other)._exceeds(self)

    __ge__, __le__ = __gt__, __lt__

    # A single point does not count: where the formula has no value there, it has its limit.
    def __eq__(self, other: object) -> Condition:  # type: ignore[override]
        return Condition(self._path, lambda: self.tree == self._input(other).tree)

    def __ne__(self, other: object) -> Condition:  # type: ignore[override]
        return ~(self == other)

    def __bool__(self) -> bool:
        return True

    __add__, __radd__ = _operation("add"), _reflected("add")
    __sub__, __rsub__ = _operation("subtract"), _reflected("subtract")
    __mul__, __rmul__ = _operation("multiply"), _reflected("multiply")
    __truediv__, __rtruediv__ = _operation("divide"), _reflected("divide")
    __pow__, __rpow__ = _operation("power"), _reflected("power")
    __neg__, __pos__, __abs__ = _operation("negative"), _operation("positive"), _operation("absolute")
    __float__ = __int__ = __index__ = __complex__ = __round__ = _unsupported(_NUMBER)
    __floor__ = __ceil__ = __trunc__ = __floordiv__ = __mod__ = __rfloordiv__ = __rmod__ = _unsupported("it rounds x")
    __len__ = __iter__ = _unsupported("it takes x for a list of numbers")

    def clip(self, low: Any = None, high: Any = None, **options: Any) -> Input:
        low, high = options.get("min", low), options.get("max", high)
        raised = self if low is None else self._apply("maximum", self, low)
        return raised if high is None else raised._apply("minimum", raised, high)

    def copy(self, *_: Any, **__: Any) -> Input:
        return Input(self._path, self.tree, self.operations)

    astype = item = squeeze = ravel = copy

    # ``r = np.zeros_like(x); r[x > 0] = g(x[x > 0])``
    def __getitem__(self, where: Any) -> Input:
        if isinstance(where, (Condition, types.EllipsisType)) or where == ():
            return self
        raise Untraceable("it takes parts of x by position")

    def __setitem__(self, where: Any, new: Any) -> None:
        if not isinstance(where, (Condition, types.EllipsisType)) and where != ():
            raise Untraceable("it sets parts of an array by position")
        if where is Ellipsis or where == () or where:
            given = self._input(new)
            self.tree, self.operations = given.tree, given.operations

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        if dtype is not None and np.dtype(dtype) != object:
            raise Untraceable(_NUMBER)
        array = np.empty((), dtype=object)
        array[()] = self
        return array

    def __getattr__(self, name: str) -> Any:
        # NumPy calls these on what stands in an array of objects.
        if name in NUMPY:
            return lambda *others: self._apply(name, self, *others)
        raise AttributeError(f"it uses x.{name}, which a formula does not have")

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        name = ufunc.__name__
        if method != "__call__" or options:
            what = f"np.{name}.{method}" if method != "__call__" else f"np.{name} with {', '.join(options)}="
            raise Untraceable(f"it calls {what}, which a formula does not have")
        if name in COMPARISONS:
            a, b = (self._input(x) for x in inputs)
            return getattr(a, COMPARISONS[name])(b)
        if name == "clip":
            return self._input(inputs[0]).clip(*inputs[1:])
        return self._apply(name, *inputs)

    def __array_function__(self, function: Any, kinds: Any, given: Any, options: Any) -> Any:
        found = ARRAY_FUNCTIONS.get(function.__name__)
        if found is None:
            raise Untraceable(f"it calls np.{function.__name__}, which a formula does not have")
        return found(self, *given, **options)


COMPARISONS = {
    "greater": "__gt__",
    "greater_equal": "__ge__",
    "less": "__lt__",
    "less_equal": "__le__",
    "equal": "__eq__",
    "not_equal": "__ne__",
}


def _function(name: str) -> Callable[..., Input]:
    return lambda *operands: operands[0]._of(name, *operands)


def _step(x: Input, middle: Input) -> Input:
    return x._exceeds(0.0).number()


def _larger(sign: float) -> Callable[[Input, Input], Input]:
    """``max`` for 1, ``min`` for -1. A constant stands second in ``max`` and first in ``min``: at the kink the slope is that on
    the right."""
    name = "max" if sign > 0 else "min"

    def found(a: Input, b: Input) -> Input:
        constant_first = isinstance(a.tree, float)
        if constant_first == (sign > 0):
            a, b = b, a
        return a._of(name, a, b)

    return found


NUMPY: dict[str, Callable[..., Any]] = {
    **{name: _function(name) for name in ("exp", "log", "sqrt", "tanh", "sinh", "cosh", "sin", "cos", "tan")},
    **{name: _function("atan") for name in ("arctan", "atan")},
    **{name: _function("abs") for name in ("absolute", "abs", "fabs")},
    **{name: _function("/") for name in ("divide", "true_divide")},
    **{name: _function("^") for name in ("power", "float_power", "pow")},
    "add": _function("+"),
    "subtract": _function("-"),
    "multiply": _function("*"),
    "negative": _function("negative"),
    "positive": lambda x: x,
    "square": lambda x: x**2,
    "reciprocal": lambda x: 1.0 / x,
    "maximum": _larger(1.0),
    "fmax": _larger(1.0),
    "minimum": _larger(-1.0),
    "fmin": _larger(-1.0),
    "log1p": lambda x: _function("log")(1.0 + x),
    "expm1": lambda x: _function("exp")(x) - 1.0,
    "exp2": lambda x: 2.0**x,
    "log2": lambda x: _function("log")(x) / math.log(2.0),
    "log10": lambda x: _function("log")(x) / math.log(10.0),
    "logaddexp": lambda a, b: _larger(1.0)(a, b) + _function("log")(1.0 + _function("exp")(-abs(a - b))),
    "hypot": lambda a, b: _function("sqrt")(a * a + b * b),
    "heaviside": _step,
    "sign": lambda x: x._input(1.0 if x._positive() else -1.0),
    # scipy.special's.
    "expit": lambda x: 1.0 / (1.0 + _function("exp")(-x)),
}
"""What NumPy's functions are in a formula."""


def _where(self: Input, condition: Any, *choices: Any) -> Input:
    if len(choices) != 2:
        raise Untraceable("it calls np.where(condition) for positions; np.where(condition, a, b) chooses a value")
    return self._input(choices[0] if condition else choices[1])


def _select(self: Input, conditions: Any, choices: Any, default: Any = 0.0) -> Input:
    for condition, choice in zip(conditions, choices):
        if condition:
            return self._input(choice)
    return self._input(default)


def _piecewise(self: Input, x: Any, conditions: Any, functions: Any, *given: Any, **options: Any) -> Input:
    # As NumPy has it: the last condition that holds counts, and a further function is for where none does.
    chosen = functions[len(conditions)] if len(functions) > len(conditions) else 0.0
    for condition, function in zip(conditions, functions):
        if condition:
            chosen = function
    return self._input(chosen(x, *given, **options) if callable(chosen) else chosen)


def _polyval(self: Input, coefficients: Any, x: Any) -> Input:
    total = self._input(0.0)
    for c in np.asarray(coefficients, dtype=float):
        total = total * x + c
    return total


ARRAY_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "where": _where,
    "select": _select,
    "piecewise": _piecewise,
    "polyval": _polyval,
    "clip": lambda self, x, *limits, **options: self._input(x).clip(*limits, **options),
    "zeros_like": lambda self, *_, **__: self._input(0.0),
    "empty_like": lambda self, *_, **__: self._input(0.0),
    "ones_like": lambda self, *_, **__: self._input(1.0),
    "full_like": lambda self, x, fill, **__: self._input(fill),
    "shape": lambda self, *_: (),
    "ndim": lambda self, *_: 0,
    "size": lambda self, *_: 1,
    "any": lambda self, condition, **__: condition,
    "all": lambda self, condition, **__: condition,
    "copy": lambda self, x, **__: self._input(x),
    "atleast_1d": lambda self, x: self._input(x),
    "squeeze": lambda self, x, **__: self._input(x),
    "real": lambda self, x: self._input(x),
}
"""NumPy's functions of whole arrays."""
