"""Transfer functions ``f(mu, sigma)``: the rate at an input of mean ``mu``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _neurate
from ._labels import numbers

__all__ = ["Transfer", "Linear", "ThresholdLinear", "Power", "Logistic", "Tanh", "NakaRushton", "LIF", "Expression"]


class Transfer:
    """A transfer function: call it for rates, ask it for its :meth:`gains`.

    Parameters keep the units of the circuit that it goes into (ms, Hz and mV unless that says otherwise).

    >>> f = Power(k=0.04, n=2)
    >>> f([5.0, 10.0])
    array([1., 4.])
    >>> f.gains(5.0)
    0.4
    """

    kind: ClassVar[str]

    def table(self) -> dict[str, Any]:
        """The function as the circuit file writes it."""
        return {"kind": self.kind, **{f.name: getattr(self, f.name) for f in fields(self)}}  # type: ignore[arg-type]

    def _rust(self) -> _neurate.Transfer:
        parameters = self.table()
        return _neurate.Transfer(parameters.pop("kind"), parameters)

    def __call__(self, mu: ArrayLike, sigma: float = 0.0) -> Any:
        """Rates at inputs of mean ``mu`` (any shape) and standard deviation ``sigma``."""
        return _map(self._rust().rates, mu, sigma)

    def gains(self, mu: ArrayLike, sigma: float = 0.0) -> Any:
        """Gains ``df/dmu`` there; at a kink the slope from the right."""
        return _map(self._rust().gains, mu, sigma)


def _map(f: Callable[[NDArray[np.float64], float], NDArray[np.float64]], mu: ArrayLike, sigma: float) -> Any:
    x = numbers(mu, "mu")
    y = f(x.ravel(), float(sigma)).reshape(x.shape)
    return y if x.ndim else float(y)


@dataclass(frozen=True)
class Linear(Transfer):
    """``gain (x - threshold)``."""

    kind = "linear"
    gain: float = 1.0
    threshold: float = 0.0


@dataclass(frozen=True)
class ThresholdLinear(Transfer):
    """``gain [x - threshold]_+``."""

    kind = "threshold-linear"
    gain: float = 1.0
    threshold: float = 0.0


@dataclass(frozen=True)
class Power(Transfer):
    """``k [x - threshold]_+^n``: the supralinear function of stabilized networks for ``n > 1``."""

    kind = "power"
    k: float
    n: float
    threshold: float = 0.0


@dataclass(frozen=True)
class Logistic(Transfer):
    """``max / (1 + exp(-(x - midpoint)/width))``; with ``zero`` less its value at 0, so that ``f(0) = 0``."""

    kind = "logistic"
    max: float = 1.0
    midpoint: float = 0.0
    width: float = 1.0
    zero: bool = False


@dataclass(frozen=True)
class Tanh(Transfer):
    """``max tanh((x - midpoint)/width)``."""

    kind = "tanh"
    max: float = 1.0
    midpoint: float = 0.0
    width: float = 1.0


@dataclass(frozen=True)
class NakaRushton(Transfer):
    """``max [x]_+^n / (half^n + [x]_+^n)``."""

    kind = "naka-rushton"
    max: float
    half: float
    n: float = 2.0


@dataclass(frozen=True)
class LIF(Transfer):
    """Ricciardi's rate of a leaky integrate-and-fire neuron in white noise of standard deviation ``sigma``
    (Brunel's convention; the population holds it). ``tau_m``, ``tau_ref``, ``tau_s`` in ms, the others in mV."""

    kind = "lif"
    tau_m: float
    threshold: float
    reset: float
    tau_ref: float = 0.0
    tau_s: float = 0.0


class Expression(Transfer):
    """A formula in ``x`` and named constants, differentiated exactly.

    >>> f = Expression("log(1 + exp(a*x))/a", a=2.0)
    >>> round(f(0.0), 12), f.gains(0.0)
    (0.34657359028, 0.5)
    """

    kind = "expression"

    def __init__(self, formula: str, **constants: float) -> None:
        self.formula = formula
        self.constants = {key: float(value) for key, value in constants.items()}

    @classmethod
    def trace(cls, f: Callable[[Any], Any]) -> Expression:
        """The formula of a Python function of one input, found by calling it with a symbol; numbers that it takes from elsewhere
        become numbers of the formula.

        ``np.where``, ``if`` and ``x > 0`` may ask whether ``x`` exceeds a threshold, if the function has no jump there. The formula is
        compared with the function at several hundred inputs. ``TypeError`` says why a function cannot become one.

        >>> k = 0.04
        >>> Expression.trace(lambda x: np.where(x > 0, k * x**2, 0))
        Expression('0.04*max(x, 0)^2')
        """
        from ._trace import formula_of

        return cls(formula_of(f))

    def table(self) -> dict[str, Any]:
        return {"kind": self.kind, "formula": self.formula, **self.constants}

    def _rust(self) -> _neurate.Transfer:
        return _neurate.Transfer.expression(self.formula, self.constants)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Expression) and self.table() == other.table()

    def __hash__(self) -> int:
        return hash((self.formula, tuple(sorted(self.constants.items()))))

    def __repr__(self) -> str:
        constants = "".join(f", {key}={value!r}" for key, value in self.constants.items())
        return f"Expression({self.formula!r}{constants})"


def transfer(f: Any) -> Any:
    """A transfer function as a description takes it: a callable becomes its formula."""
    return Expression.trace(f) if callable(f) and not isinstance(f, Transfer) else f
