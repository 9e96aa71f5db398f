"""Linear analyses: eigenmodes, Schur modes, amplification, responses; of a circuit at a fixed point or of a bare matrix."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _build, _neurate
from ._answer import Same
from ._build import read_only
from ._labels import numbers
from ._optional import need
from ._words import Renamed

if TYPE_CHECKING:
    import matplotlib.axes
    import xarray

    from ._fixed_points import FixedPoint

__all__ = [
    "Amplification",
    "Eigenmodes",
    "Linearization",
    "Normality",
    "SchurModes",
    "amplification",
    "distance_to_instability",
    "expm",
    "kreiss_constant",
    "lyapunov",
    "modes",
    "normality",
    "numerical_range",
    "pseudospectra",
    "response",
    "schur",
]

Float = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Eigenmodes(Same):
    """Eigenmodes of ``tau dr/dt = -r + M r``: descending real part, then descending imaginary part."""

    values: NDArray[np.complex128]
    """Eigenvalues of ``M`` (n)."""
    right: NDArray[np.complex128]
    """Modes as columns, unit norm, largest component real and positive (n x n)."""
    left: NDArray[np.complex128] | None
    """Rows that pick a mode out of an input, ``left @ right = 1``; None where the basis is too ill-conditioned."""
    tau: Float
    """``tau / (1 - Re lambda)``: the time in which each decays; negative if it grows."""
    static_gain: Float
    """``1 / |1 - lambda|``: each mode's response to a constant input along it."""
    frequency: Float
    """Cycles per unit of time."""
    value_condition: Float
    """By how much a small change of ``M`` can move each eigenvalue, at most."""
    condition: float
    """Condition number of the basis: 1 for normal ``M``, infinite for defective ``M``."""
    expandable: bool
    """Whether activity may be expanded in these modes (``condition <= 1e8``); otherwise take the Schur modes."""


@dataclass(frozen=True, eq=False)
class SchurModes(Same):
    """Schur modes ``M = U T U^H``: orthonormal patterns and the feedforward weights between them."""

    values: NDArray[np.complex128]
    """Eigenvalues in the modes' order."""
    vectors: NDArray[Any]
    """``U``: modes as columns. Each one's sign (phase) is free; the largest component is positive."""
    T: NDArray[Any]
    """Eigenvalues (2 x 2 blocks of pairs in real form) on the diagonal; ``T[i, j]`` is the link to i from j."""
    blocks: list[tuple[int, int]]
    """First and last-but-one mode of each diagonal block."""
    feedforward_squared: float
    """``sum |W_FF|^2``, the same in every form and order."""
    henrici_squared: float
    """The same from ``||M||^2 - sum |lambda|^2``."""
    matrix: Float = field(repr=False)
    """The matrix ``M`` itself."""

    @cached_property
    def residual(self) -> float:
        """``||M - U T U^H|| / ||M||`` (absolute for ``M = 0``)."""
        size = np.linalg.norm(self.matrix)
        return float(np.linalg.norm(self.vectors @ self.T @ self.vectors.conj().T - self.matrix) / (size or 1.0))

    @cached_property
    def orthogonality(self) -> float:
        """``||U^H U - 1||``."""
        return float(np.linalg.norm(self.vectors.conj().T @ self.vectors - np.eye(len(self.matrix))))

    @property
    def W_FF(self) -> NDArray[Any]:
        """The feedforward weights: ``T`` without its diagonal blocks."""
        w = np.triu(self.T, 1)
        for start, end in self.blocks:
            w[start:end, start:end] = 0
        return w


@dataclass(frozen=True, eq=False)
class Amplification(Same):
    """The largest transient of ``dx/dt = A x``."""

    max: float
    """``max_t ||exp(A t)||``; 1 without amplification, infinite if ``A`` is unstable."""
    bound: float
    """The norm passes this at no time (infinite where it was not computed)."""
    time: float
    """When the maximum is reached."""
    input: Float
    """The initial pattern of norm one that grows most."""
    output: Float
    """The pattern of norm one that it has become."""
    times: Float
    """Times of the curve."""
    norms: Float
    """``||exp(A t)||`` there."""
    numerical_abscissa: float | None = None
    """The initial growth rate; if it is not positive, no pattern is amplified."""
    spectral_abscissa: float | None = None
    """The rate in the long run."""


@dataclass(frozen=True, eq=False)
class Normality(Same):
    """How far a matrix is from normal."""

    nu: float
    """``||W W^T - W^T W|| / ||W||^2``, from 0 to sqrt 2."""
    normal: bool
    """Whether that is zero to rounding."""
    departure: float
    """Henrici's departure: the root of ``sum |W_FF|^2``."""
    lower: float
    """A lower bound of it from the commutator."""
    upper: float
    """An upper bound."""


def modes(W: ArrayLike, tau: float = 1.0) -> Eigenmodes:
    """Eigenmodes of ``tau dr/dt = -r + W r``.

    >>> m = modes([[0.2, 0.7], [0.7, 0.2]], tau=10)
    >>> m.values.real.round(3).tolist(), m.tau.round(3).tolist()
    ([0.9, -0.5], [100.0, 6.667])
    """
    tau = float(tau)
    if not (tau > 0 and np.isfinite(tau)):
        raise ValueError(f"tau is {tau}; a time constant is a positive, finite number")
    return Eigenmodes(**_neurate.eigenmodes(_build.square(W), tau))


def schur(W: ArrayLike, order: str | Sequence[int] = "sum-first", form: str = "real") -> SchurModes:
    """Schur modes of ``W``, ``order`` ``sum-first``, ``slow-first``, ``real-part``, or positions in the list of
    eigenvalues; ``form`` ``real`` or ``complex``.

    >>> s = schur([[4, -4], [4, -4]])
    >>> float(s.W_FF[0, 1].round(12))
    8.0
    """
    w = _build.square(W)
    return SchurModes(**_neurate.schur(w, form, _build.order_text(order)), matrix=read_only(w.copy()))


def amplification(A: ArrayLike, input: ArrayLike | None = None, output: ArrayLike | None = None) -> Amplification:
    """The largest transient of ``dx/dt = A x``; from the columns of ``input`` (n x p) to the rows of ``output``
    (q x n) if either is given.

    >>> w = 4.0
    >>> g = amplification(np.array([[w / 2, -w / 2], [w / 2, -w / 2]]) - np.eye(2))
    >>> round(g.max, 9), round(g.time, 5)
    (1.569775308, 0.86603)
    """
    a = _build.square(A, "A")
    if input is None and output is None:
        return Amplification(**_neurate.amplification(a))
    n = len(a)
    b = np.eye(n) if input is None else numbers(input, "input")
    c = np.eye(n) if output is None else numbers(output, "output")
    # A vector is one input, or one output.
    b, c = (b[:, None] if b.ndim == 1 else b), (c[None, :] if c.ndim == 1 else c)
    if b.ndim != 2 or b.shape[0] != n:
        raise ValueError(f"input has shape {np.asarray(input).shape}; it takes n x p for {n} units: an input in each column")
    if c.ndim != 2 or c.shape[1] != n:
        raise ValueError(f"output has shape {np.asarray(output).shape}; it takes q x n for {n} units: an output in each row")
    return Amplification(**_neurate.amplification_between(a, b, c))


def normality(W: ArrayLike) -> Normality:
    """How far ``W`` is from normal.

    >>> normality([[0, -1], [1, 0]]).normal
    True
    """
    return Normality(*_neurate.normality(_build.square(W)))


def response(W: ArrayLike, gains: ArrayLike = 1.0) -> Float:
    """The static response ``(1 - G W)^-1 G`` of rates to constant inputs, ``R[of, to]``.

    It is that of a *stable* circuit only: check ``modes`` first, or take :attr:`Linearization.response`.

    >>> response([[30 / 7, -33 / 7], [30 / 7, -33 / 7]]).round(3).tolist()
    [[4.0, -3.3], [3.0, -2.3]]
    """
    w = _build.square(W)
    g = np.broadcast_to(numbers(gains, "gains"), (len(w),))
    return np.asarray(np.linalg.solve(np.eye(len(w)) - g[:, None] * w, np.diag(g)), dtype=np.float64)


def numerical_range(A: ArrayLike, points: int = 96) -> NDArray[np.complex128]:
    """The boundary of the numerical range: all ``x* A x`` with ``x`` of norm one.

    >>> round(float(numerical_range([[0, 2], [0, 0]]).real.max()), 6)
    1.0
    """
    return _neurate.numerical_range(_build.square(A, "A"), points)


def kreiss_constant(A: ArrayLike, tolerance: float = 1e-3, lines: int = 40) -> tuple[float, float]:
    """Bounds of the Kreiss constant: something grows at least, nothing more than ``e n`` times as much.

    >>> low, high = kreiss_constant([[-1, 10], [0, -1]])
    >>> bool(low <= amplification([[-1, 10], [0, -1]]).max <= 2 * np.e * high)
    True
    """
    lower, upper, _ = _neurate.kreiss_constant(_build.square(A, "A"), tolerance, lines)
    return lower, upper


def distance_to_instability(A: ArrayLike) -> tuple[float, float]:
    """Bounds of the norm of the smallest change of ``A`` that makes it unstable; zeros if it is.

    >>> low, high = distance_to_instability([[-1, 0], [0, -3]])
    >>> round(low, 6), round(high, 6)
    (1.0, 1.0)
    """
    return _neurate.distance_to_instability(_build.square(A, "A"))[0]


def pseudospectra(A: ArrayLike, resolution: int = 100) -> tuple[Float, Float, Float]:
    """Real parts, imaginary parts, and ``s_min(x + iy - A)`` (row by y, column by x).

    >>> x, y, s = pseudospectra([[-1, 10], [0, -1]], resolution=20)
    >>> s.shape == (len(y), len(x))
    True
    """
    x, y, s, _ = _neurate.pseudospectra(_build.square(A, "A"), resolution)
    return x, y, s


def expm(A: ArrayLike) -> Float:
    """The matrix exponential.

    >>> expm([[0, 1], [0, 0]]).tolist()
    [[1.0, 1.0], [0.0, 1.0]]
    """
    return _neurate.expm(_build.square(A, "A"))


def lyapunov(A: ArrayLike, Q: ArrayLike) -> Float:
    """``X`` of ``A X + X A^T + Q = 0``: the covariance of ``dx = A x dt + noise`` of covariance ``Q`` per unit of time.

    >>> lyapunov([[-2.0]], [[1.0]]).tolist()
    [[0.25]]
    """
    return _neurate.lyapunov(_build.square(A, "A"), _build.square(Q, "Q"))[0]


class Linearization(Same, Renamed):
    """A circuit linearized at a fixed point: ``dx/dt = A x + B h``, ``A = (M - 1) / tau``.

    Arrays are over units; ``[to, from]``.
    """

    def __init__(self, point: FixedPoint, rust: _neurate.Linearization) -> None:
        self._point = point
        self._rust = rust
        circuit = point.circuit
        self.names = circuit.names
        self.populations = circuit.populations
        self.units = circuit.units

    def _compared(self) -> Any:
        return self._point

    def __hash__(self) -> int:
        return hash(("Linearization", self._point))

    def __reduce__(self) -> Any:
        # It follows from the fixed point, to the bit.
        return operator.methodcaller("linearize"), (self._point,)

    @cached_property
    def jacobian(self) -> Float:
        """``A``, per unit of time, over :attr:`states`."""
        return read_only(self._rust.jacobian)

    @property
    def states(self) -> list[str]:
        """Names of the Jacobian's rows: the units, then slow states such as ``"adaptation of E"``."""
        return self._rust.states

    def _units_alone(self) -> None:
        if not self._rust.plain:
            raise ValueError(
                "norms over units say little of a circuit with slow states or delays; .eigen, .response, .frequency_response"
                " and .verdicts include them"
            )

    @cached_property
    def effective(self) -> Float:
        """Effective weights ``M``: gains times weights."""
        return self._rust.effective

    @cached_property
    def modes_matrix(self) -> Float:
        """The matrix whose modes are the circuit's, ``1 + tau_0 A``: ``M`` itself where there is one time constant."""
        return self._rust.modes_matrix

    @property
    def tau(self) -> Float:
        """Effective time constants."""
        return read_only(self._rust.tau)

    @property
    def tau_0(self) -> float:
        """The modes' time constant: the geometric mean of ``tau``."""
        return self._rust.tau_0

    @property
    def gains(self) -> Float:
        """Gains of the units."""
        return read_only(self._rust.gains)

    @property
    def stable(self) -> bool:
        """Whether the fixed point attracts."""
        return self._rust.stability == "stable"

    @cached_property
    def eigen(self) -> Eigenmodes:
        """Eigenmodes."""
        return modes(self.modes_matrix, self.tau_0)

    def schur(self, order: str | Sequence[int] = "sum-first", form: str = "real") -> SchurModes:
        """Schur modes; see :func:`neurate.schur`."""
        self._units_alone()
        return schur(self.modes_matrix, order, form)

    @cached_property
    def normality(self) -> Normality:
        """How far from normal."""
        self._units_alone()
        return normality(self.modes_matrix)

    @cached_property
    def amplification(self) -> Amplification:
        """The largest transient."""
        self._units_alone()
        return amplification(self.jacobian)

    @cached_property
    def response(self) -> xarray.DataArray | None:
        """Static response ``R[of, to]`` of rates to constant inputs, with the names of the units; None if a direction
        integrates. Meaningful only where :attr:`stable`.

        >>> from neurate import loads, template
        >>> R = loads(template("ei")).fixed_points().stable[0].linearize().response
        >>> float(R.sel(response_of="I", input_to="I").round(3))
        -2.3
        """
        found = self._rust.response()
        if found is None:
            return None
        xr = need("xarray", "a response with names is an xarray.DataArray")
        u = self.units
        unit = "" if u["rate"] == u["drive"] else "/".join(x or "1" for x in (u["rate"], u["drive"]))
        names = {"response_of": self.names, "input_to": self.names}
        return xr.DataArray(read_only(found), dims=list(names), coords=names, name="response", attrs={"units": unit})

    def frequency_response(self, frequency: float) -> NDArray[np.complex128] | None:
        """Response of rates to sinusoidal inputs ``e^(2 pi i f t)``; ``frequency`` in cycles per unit of time."""
        return self._rust.frequency_response(2 * np.pi * frequency)

    @cached_property
    def verdicts(self) -> dict[str, Any]:
        """Everything on stabilization and paradox: each population's own response, every subset's stability."""
        return self._rust.verdicts()

    @property
    def isn(self) -> bool | None:
        """Whether inhibition stabilizes excitation; None where that is not decided (``verdicts["isn"]`` says why)."""
        return {"stabilized": True, "not needed": False}.get(self.verdicts["isn"])

    def paradoxical(self, population: str) -> bool | None:
        """Whether driving the population lowers its rate; None where it is not decided."""
        for row in self.verdicts["populations"]:
            if row["population"] == population:
                return row["paradoxical"]
        raise ValueError(f"there is no population {population!r}; there are {', '.join(p.name for p in self.populations)}")

    def time_course(
        self, times: ArrayLike, x0: ArrayLike | None = None, h: ArrayLike | None = None, stimuli: bool = False
    ) -> Float:
        """The exact time course of the deviation from the fixed point (times x units), from ``x0`` at ``times[0]``, under a
        constant extra input ``h``, and the circuit's stimuli if asked for."""
        self._units_alone()
        n = len(self.names)
        zero = np.zeros(n)
        start = zero if x0 is None else numbers(x0, "x0")
        extra = zero if h is None else np.broadcast_to(numbers(h, "h"), (n,)).copy()
        return self._rust.time_course(start, numbers(times, "times"), extra, stimuli)

    def covariance(self, intensity: float = 1.0) -> Float:
        """Stationary covariance of the units' state under private white noise of this intensity in every input; slow
        states and delays take part.

        Raises ``ValueError`` where there is none: the fixed point is not stable.

        >>> from neurate import loads, template
        >>> lin = loads(template("ei")).fixed_points().stable[0].linearize()
        >>> bool(np.allclose(lin.covariance(), lyapunov(lin.jacobian, np.diag(lin._rust.input_gain**2))))
        True
        """
        covariance = self._rust.covariance(intensity)
        if covariance is None:
            raise ValueError("the fixed point is not stable: fluctuations grow without bound")
        return covariance

    def cross_spectra(self, frequencies: ArrayLike, intensity: float = 1.0) -> NDArray[np.complex128]:
        """Power (diagonal) and cross-spectra of the units' state under that noise, (frequency, unit, unit):
        ``frequencies`` in cycles per unit of time; two-sided, so that the integral is :meth:`covariance`.

        >>> from neurate import loads, template
        >>> lin = loads(template("ei")).fixed_points().stable[0].linearize()
        >>> f = np.linspace(-2, 2, 20_001)
        >>> bool(np.allclose(lin.cross_spectra(f).sum(0).real * (f[1] - f[0]), lin.covariance(), rtol=1e-2))
        True
        """
        spectra = self._rust.cross_spectra(np.atleast_1d(numbers(frequencies, "frequencies")), intensity)
        if spectra is None:
            raise ValueError("the fixed point is not stable: fluctuations grow without bound")
        return np.stack(spectra) if spectra else np.zeros((0, len(self._rust.tau), len(self._rust.tau)), complex)

    def plot_schur(self, order: str | Sequence[int] = "sum-first", ax: Any = None) -> matplotlib.axes.Axes:
        """The Schur matrix: eigenvalues on the diagonal, feedforward weights above it."""
        from ._plots import schur_matrix

        return schur_matrix(self, order, ax)

    def plot_spectrum(self, ax: Any = None) -> matplotlib.axes.Axes:
        """Eigenvalues, and the boundary of stability."""
        from ._plots import spectrum

        return spectrum(self, ax)

    def plot_amplification(self, ax: Any = None) -> matplotlib.axes.Axes:
        """``||exp(A t)||`` beside what the eigenvalues alone would give."""
        from ._plots import amplification_curve

        return amplification_curve(self, ax)

    def plot_response(self, ax: Any = None) -> matplotlib.axes.Axes:
        """The response matrix; paradoxical responses are outlined."""
        from ._plots import response_matrix

        return response_matrix(self, ax)

    def __repr__(self) -> str:
        state = self._rust.stability
        return f"<neurate.Linearization at a {state} point: {len(self.names)} units, tau_0 {self.tau_0:g} {self.units['time']}>"
