"""Answers to the questions that can be asked of a circuit (:meth:`neurate.Circuit.ask`): classes with arrays.

Written from the JSON Schema by ``tests/answers_of_schema.py``.
"""

# ruff: noqa: E501

from __future__ import annotations

import builtins
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ._answer import Answer

__all__ = [
    "Amplification",
    "Bounds",
    "BranchEnd",
    "ChosenAmplification",
    "CircuitComponent",
    "ClippedEnd",
    "ComponentAmplification",
    "ConditionVerdict",
    "CycleFamilyEnd",
    "CycleSearch",
    "DaleVerdict",
    "Description",
    "Diagram",
    "DiagramBranch",
    "DiagramCompleteness",
    "DiagramCycles",
    "DiagramEnd",
    "DiagramParameter",
    "DiagramPoint",
    "DrivenPlane",
    "EarlyStop",
    "Eigenmode",
    "Eigenmodes",
    "FedMode",
    "FeedforwardLinks",
    "FeedingPart",
    "FiniteInputResponse",
    "FixedPoints",
    "FluctuationPattern",
    "FoundFixedPoint",
    "FourierAxis",
    "FourierMode",
    "FourierModes",
    "FrequencyResponses",
    "GainBound",
    "GramSchmidtSteps",
    "HeldState",
    "InPhaseSignChanges",
    "IsnBoundary",
    "JointPart",
    "LaggedCovariance",
    "LimitCycle",
    "Linearized",
    "MapCompleteness",
    "MapCurve",
    "MapPoint",
    "MapRegion",
    "MapSample",
    "MeanField",
    "MeasuredSpectrum",
    "Membranes",
    "ModeCluster",
    "ModeRotation",
    "MostEnergy",
    "NearestChange",
    "NearestChanges",
    "NoFluctuations",
    "NoVerdicts",
    "NoiseInput",
    "NoisePairs",
    "Normality",
    "Nullcline",
    "Oscillations",
    "PairResonance",
    "PairResponse",
    "PairSpectrum",
    "ParadoxicalPopulation",
    "ParameterInterval",
    "PartCurve",
    "PartResponse",
    "PartialResponses",
    "PatternEnergies",
    "PhasePlane",
    "PlaneCourse",
    "PlaneCurve",
    "PlaneCycle",
    "PlaneFixedPoint",
    "PlaneFlow",
    "PlaneManifold",
    "PopulationAmplification",
    "PopulationDescription",
    "PopulationFluctuations",
    "PopulationResponse",
    "PredictedOutlier",
    "ProbabilityOfParadox",
    "Pseudospectra",
    "RandomMatrixComparison",
    "RateCrossSpectrum",
    "RateExtremum",
    "RateSpectrumPeak",
    "Regime",
    "RegimeMap",
    "ResponseQuantile",
    "Responses",
    "RunEnd",
    "RunawayTrial",
    "SampledProbability",
    "SampledUncertainty",
    "Sampling",
    "SchurBlockLink",
    "SchurDecomposition",
    "SchurLink",
    "SchurModes",
    "SchurShares",
    "SignChange",
    "SignVerdict",
    "SlowCourse",
    "SlowStateBlock",
    "SlowStates",
    "SlowestMode",
    "SpikingMode",
    "SpikingPopulation",
    "StationaryFluctuations",
    "Structure",
    "SubsetVerdict",
    "SumDifferenceWeights",
    "TheoryAssumption",
    "TimeCourses",
    "TransferDescription",
    "TransferFunctions",
    "TransferPoint",
    "Trials",
    "Twin",
    "UncertainParameter",
    "UncertaintyCause",
    "UnchangedSide",
    "UndecidedSide",
    "UnitNames",
    "UnitParadox",
    "Verdict",
    "VerdictCertainty",
    "WeightBlock",
]


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class Amplification(Answer):
    """The largest transient of the linearization `dx/dt = A x`: how large a pattern of norm one becomes before it
    decays."""

    between: ChosenAmplification | None
    """Amplification from the inputs to the outputs that were chosen; None if neither were."""

    between_populations: PopulationAmplification | None
    """The largest amplification from each population to each. Of two to six populations with up to 60 units together:
    it takes as many searches as there are pairs. None also of an unstable operating point."""

    bound: float
    """No norm at any time is larger: at most 1e-6 (relative) above `max`. Infinite (null in JSON) with `max`, or if
    the bound could not be closed. Rigorous but for the rounding of the exponentials."""

    energy: PatternEnergies | None
    """Energy of what follows initial patterns; None at an operating point that is not stable, and above 1,500 units."""

    input: NDArray[np.float64]
    """The initial pattern over units, of norm one, that is amplified most; empty where `max` is infinite."""

    max: float
    """`max ‖exp(At)‖` over all times; 1 without amplification, infinite (null in JSON) at an unstable operating point.
    Accurate to about 1e-9."""

    norms: NDArray[np.float64]
    """`‖exp(At)‖` at each of them."""

    numerical_abscissa: float
    """Numerical abscissa, the initial growth rate, per unit of time: if not positive, no pattern is amplified."""

    output: NDArray[np.float64]
    """The pattern over units, of norm one, that it has become at the maximum."""

    spectral_abscissa: float
    """Spectral abscissa, the long-term growth rate, per unit of time."""

    time: float
    """When the maximum is reached, in the unit of time; accurate to about 1e-4 (relative). Infinite (null in JSON)
    with `max`."""

    times: NDArray[np.float64]
    """Times of the curve, in the unit of time."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class Bounds(Answer):
    """Two numbers with a value between them."""

    lower: float
    """Not above the value; null if it is infinite."""

    upper: float
    """Not below it; null if it is infinite."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class BranchEnd(Answer):
    """Where a fixed point that is followed ends."""

    at: float
    """Input near which it does; null where it lasts to the end of the range."""

    how: BranchEndKind
    """How it ends."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class ChosenAmplification(Answer):
    """The largest transient from chosen inputs to chosen outputs: of `‖C exp(At) B‖`."""

    bound: float
    """No norm at any time is larger."""

    from_: list[str]
    """Names of the inputs, the columns of `B`."""

    input: NDArray[np.float64]
    """The combination of inputs, of norm one, that reaches it."""

    max: float
    """The largest norm over all times; it may lie at time 0 and below 1."""

    norms: NDArray[np.float64]
    """`‖C exp(At) B‖` at each of them."""

    output: NDArray[np.float64]
    """The direction over outputs, of norm one, that it becomes."""

    time: float
    """When the maximum is reached, in the unit of time."""

    times: NDArray[np.float64]
    """Times of the curve, in the unit of time."""

    to: list[str]
    """Names of the outputs, the rows of `C`."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class CircuitComponent(Answer):
    """A strongly connected component of the effective weights: its units act on each other, directly or through others
    of the component. Links to and from other components are feedforward and change none of these numbers."""

    amplification: ComponentAmplification | None
    """Its largest transient amplification. Null also where it is not stable."""

    driven_by: list[int]
    """Numbers of the components that act on it directly."""

    eigenvalues: NDArray[np.complex128]
    """Its eigenvalues λ, dimensionless, of `1 + tau_0 A`, rightmost first; `A` is the component's block of the
    Jacobian, `tau_0` the geometric mean of its time constants. Empty where `kind` is null."""

    feedforward_share: float
    """Share of the squared norm of its effective weights that is feedforward, from 0 to 1."""

    isn: InhibitionStabilization | None
    """Whether inhibition stabilizes its excitatory units. Null with slow states or delays, unless the whole circuit is
    one component, and above 600 units."""

    isn_index: float
    """The ISN index of its excitatory units: the largest real part of the eigenvalues of their effective weights, less
    one. Null as `isn` is, and without excitatory units."""

    kind: ComponentKind | None
    """What it does. Null with slow states or delays, where no norm over units measures patterns, and above 600 units
    unless the whole circuit is one component; so are its slowest mode, its amplification and the feedforward share."""

    number: int
    """Its number, from 1; senders come before receivers."""

    populations: list[str]
    """Names of the populations of its units."""

    slowest: SlowestMode | None
    """Its slowest mode."""

    units: list[int]
    """Its units, by their positions in the circuit, from 0."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class ClippedEnd(Answer):
    """An end of a range at a rule of the circuit."""

    asked: float
    """What was asked for."""

    used: float
    """Where the range ends."""

    why: str
    """The rule."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class ComponentAmplification(Answer):
    """The largest transient amplification of a component, in the Euclidean norm over its units."""

    input: NDArray[np.float64]
    """The initial pattern over the component's units, of norm one, that is amplified most."""

    max: float
    """`max ‖exp(At)‖` over all times, `A` the component's block of the Jacobian; 1 without amplification."""

    norms: NDArray[np.float64]
    """`‖exp(At)‖` at each of them."""

    output: NDArray[np.float64]
    """The pattern of norm one that it has become."""

    time: float
    """When it is reached, in the unit of time."""

    times: NDArray[np.float64]
    """Times of the curve, in the unit of time."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class ConditionVerdict(Answer):
    """The circuit under another condition that its file describes."""

    isn: InhibitionStabilization | None
    """Whether inhibition stabilizes the circuit there; null as `rates`."""

    name: str
    """Name of the condition."""

    rates: NDArray[np.float64] | None
    """Mean rate of each population there; null without an operating point."""

    response_matrix: NDArray[np.float64] | None
    """Response matrix there: row responds, column is driven; null unless stable."""

    stable: bool
    """Whether its operating point is stable; false also where there is none."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class CycleFamilyEnd(Answer):
    """The end of a branch of limit cycles."""

    error: float
    """The error of this value, where it was extrapolated."""

    kind: CycleEndKind
    """How it ends."""

    p: float
    """At which value of the parameter; of a homoclinic orbit extrapolated."""

    point: int | None
    """The special point at which it ends: position in `points`."""

    saddle_quantity: float
    """Sum of the real parts of the saddle's smallest unstable and smallest stable eigenvalue, of a homoclinic orbit,
    per unit of time: where it is negative, a stable cycle is born."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class CycleSearch(Answer):
    """How limit cycles were looked for."""

    hopf_without_cycle: list[int]
    """Hopf points from which no cycle could be followed: positions in `points`."""

    runaway: NDArray[np.float64]
    """Values at which some runs pass the ceiling of the circuit's runs: the initial state decides there."""

    runaway_from_rest: NDArray[np.float64]
    """Values at which the run from rest does; one is made at each value beside the others."""

    runs: int
    """How many runs at each."""

    unexplained: NDArray[np.float64]
    """Values of the parameter at which runs neither rest nor lie on a cycle that was solved: long transients, tori,
    chaos."""

    values: int
    """At how many values of the parameter runs were made."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class DaleVerdict(Answer):
    """Whether every unit's outgoing weights have one sign."""

    both_signs: int
    """Number of units that send weights of both signs."""

    excitatory: int
    """Number of units that send positive weights only."""

    inhibitory: int
    """Number of units that send negative weights only."""

    obeyed: bool
    """Whether they do."""

    silent: int
    """Number of units that send nothing."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class Description(Answer):
    """The circuit as built."""

    both_signs: list[int] | None
    """Units that send weights of both signs, against Dale's principle; None for conductances, which have no sign, and
    above 2,000 units."""

    form: str
    """Its equation: `rate`, `voltage`, `conductance`."""

    nonzero_weights: int
    """Number of weights that are not zero."""

    population_weights: NDArray[np.float64]
    """The total weight that one unit of a population (row) gets from the whole of another (column), on average over
    receivers; in the unit of weight."""

    populations: list[PopulationDescription]
    """Its populations, in the order of their units."""

    seed: int | None
    """Seed of what was drawn, if something was."""

    unit_count: int
    """Number of units."""

    units: UnitNames
    """Units of its quantities."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class Diagram(Answer):
    """The diagram along one parameter: every steady state and limit cycle found between two values of it, every
    bifurcation, the regimes between them, and how complete each list is. Of the circuit without noise and stimuli."""

    branches: list[DiagramBranch]
    """Branches of steady states."""

    clipped: list[ClippedEnd]
    """Ends of the range that were asked for and are not allowed, at a rule of the circuit; the range ends just inside."""

    complete: DiagramCompleteness
    """How complete the lists are."""

    cycles: list[DiagramCycles] | None
    """Branches of limit cycles; None if they were not asked for, or are not available."""

    early_stops: list[EarlyStop]
    """Branches that go on inside the range and were not followed."""

    isn: list[ParameterInterval] | None
    """Where a stable steady state needs inhibition: the excitatory units alone, all others held fixed, are unstable
    there. None where there are not both excitatory and inhibitory units."""

    looked: NDArray[np.float64] | None
    """The widest range that was looked at while the range was grown: the lower end, the upper. None where it was
    given."""

    parameter: DiagramParameter
    """The parameter."""

    points: list[DiagramPoint]
    """Bifurcations and other special points, by rising parameter."""

    range: NDArray[np.float64]
    """The values between which it was looked at: the lower, the upper."""

    range_origin: RangeOrigin
    """Where this range comes from."""

    regimes: list[Regime]
    """The regimes, by rising parameter: neighbors differ in a number."""

    remarks: list[DiagramRemark]
    """What a reader should know about the circuit."""

    show: str
    """The population whose state is shown first."""

    states: list[str]
    """Names of the states: units, then slow states."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class DiagramBranch(Answer):
    """A branch of steady states: points in their order along it, special points included."""

    drift: float
    """In a ring in which the state can stand anywhere, or nearly: how fast it drifts at most, the largest modulus of
    the eigenvalue of a turn on this branch, per unit of time. None elsewhere."""

    eigenvalues: NDArray[np.complex128] | None
    """Eigenvalues, rightmost first, per unit of time: one row a point. None above 60 states."""

    ends: list[DiagramEnd]
    """How it ends at its first and at its last point."""

    excitatory: NDArray[np.float64] | None
    """The largest real part of the eigenvalues of the excitatory units alone, all others held fixed, per unit of time.
    None where there are not both excitatory and inhibitory units."""

    images: int
    """In a ring: how many branches are turns of this one, itself included; 1 elsewhere, and where the state can stand
    anywhere."""

    p: NDArray[np.float64]
    """The parameter."""

    r: NDArray[np.float64]
    """Rates: one row a point, one column a unit."""

    special: list[int]
    """Positions of its special points along it."""

    special_points: list[int]
    """Which points of the diagram these are."""

    states: NDArray[np.float64]
    """States: one row a point, slow states included."""

    unstable: NDArray[np.float64]
    """Number of eigenvalues with a positive real part; at a special point, those that have it on both sides."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class DiagramCompleteness(Answer):
    """How complete the lists of a diagram are."""

    agree: int
    """At how many of them they agree."""

    cycle_search: CycleSearch | None
    """How limit cycles were looked for."""

    cycles: CompletenessWord | None
    """Limit cycles; None if they were not looked for."""

    equilibria: CompletenessWord
    """Steady states."""

    exhaustive: int
    """At how many of them the search excludes further steady states."""

    index_sum_right: bool | None
    """Whether the sum of the indices over the branches is 1 at each of them; None where rates are not bounded, or
    rounding hides an index."""

    largest_cycle_residual: float
    """The largest one of those of limit cycles: of the function whose zero they are."""

    largest_residual: float
    """The largest residual of the special points of steady states."""

    open: NDArray[np.float64]
    """Intervals of the parameter that a proof leaves open: one row each."""

    special: CompletenessWord
    """Their bifurcations."""

    values: int
    """Values of the parameter at which a search and the branches were compared."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class DiagramCycles(Answer):
    """A branch of limit cycles, in their order along it."""

    ends: list[CycleFamilyEnd]
    """How it ends at its first and at its last cycle."""

    from_hopf: int | None
    """The Hopf point at which it was found: position in `points`. None where a run led to it."""

    max: NDArray[np.float64]
    """Maximum of each state over the cycle: one row a cycle."""

    mean: NDArray[np.float64]
    """Mean of each state."""

    min: NDArray[np.float64]
    """Minimum of each state."""

    multipliers: NDArray[np.complex128]
    """Floquet multipliers without the one that is 1 on every cycle, largest modulus first: one row a cycle."""

    orbits: NDArray[np.float64]
    """Orbits: cycle, time as a share of the period (0, 0.005 ... 1), state."""

    p: NDArray[np.float64]
    """The parameter."""

    period: NDArray[np.float64]
    """The period of each cycle, in the unit of time."""

    residual: NDArray[np.float64]
    """The largest defect of the equation, in units of the state over its time constant."""

    special: list[int]
    """Positions of its special points along it."""

    special_points: list[int]
    """Which points of the diagram these are."""

    trivial_error: NDArray[np.float64]
    """How far from 1 the multiplier that is 1 on every cycle was found: an error of all of them."""

    unstable: NDArray[np.float64]
    """Number of multipliers outside the unit circle."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class DiagramEnd(Answer):
    """The end of a branch."""

    kind: DiagramEndKind
    """How it ends."""

    p: float
    """At which value of the parameter."""

    points: int | None
    """How many points were made; where that was the limit."""

    step: float
    """The last step that was tried, as a share of the range; of unfinished branches."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class DiagramParameter(Answer):
    """The parameter of a diagram."""

    joint: list[JointPart]
    """What a joint parameter moves; empty for an address."""

    name: str
    """Its name: an address, or that of a joint parameter."""

    own: float
    """Its value in the file; 0 for a joint parameter. None where the file does not give it."""

    unit: str
    """Unit of its values; empty: a pure number."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class DiagramPoint(Answer):
    """A special point of a branch."""

    a: float
    """The normal form's coefficient of a fold, `<w, B(q, q)>/2` with `q.q = w.q = 1`."""

    amplitude: NDArray[np.float64] | None
    """Half of the distance between maximum and minimum of each state on the small cycle is this times the square root
    of the distance of the parameter from the Hopf point."""

    angle: float
    """The angle of the critical pair of multipliers of a torus, in radians."""

    branches: list[int]
    """Positions of its branches in `branches`; of a point of cycles in `cycles`."""

    criticality: DiagramCriticality | None
    """Whether what is born at a Hopf point, a pitchfork or a period doubling takes over (super) or not."""

    crossing: float
    """How the real part of the critical pair moves with the parameter, per unit of time and of the parameter."""

    cycle_exists: DiagramSide | None
    """On which side of a Hopf point the small cycle exists."""

    eigenvalues: NDArray[np.complex128] | None
    """Eigenvalues, rightmost first, per unit of time; None of points of cycles, and above 60 states."""

    exist: DiagramSide | None
    """On which side of a fold the two steady states or cycles exist."""

    frequency: float
    """Frequency of the oscillation, in the unit of rates."""

    kernel: int | None
    """How many eigenvalues vanish where several do."""

    kind: DiagramPointKind
    """What it is."""

    l1: float
    """The first Lyapunov coefficient of a Hopf point (Kuznetsov, `<q, q> = <p, q> = 1`): its value scales with the
    unit of the states, its sign does not."""

    multipliers: NDArray[np.complex128] | None
    """Floquet multipliers of a point of cycles, without the one that is 1 on every cycle; largest modulus first."""

    omega: float
    """Angular frequency at a Hopf point, per unit of time."""

    p: float
    """The parameter."""

    period: float
    """Its period, in the unit of time."""

    residual: float
    """What is left of its own equations, scaled."""

    snic: bool
    """Whether cycles end at this fold, with a period that grows as 1 over the square root of the distance (SNIC)."""

    state: NDArray[np.float64]
    """The state, slow states included; of a point of cycles the cycle's first state."""

    units: list[str]
    """Units that stand at a kink of their transfer function."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class DrivenPlane(Answer):
    """The plane while stimuli add to the inputs."""

    added: NDArray[np.float64]
    """What they add to the input of each of the two, in the unit of drive."""

    nullclines: list[Nullcline]
    """Nullclines under this input, held."""

    points: list[PlaneFixedPoint]
    """Fixed points under this input, held."""

    time: float
    """When: where the stimuli together are largest."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class EarlyStop(Answer):
    """A branch that goes on inside the range and was not followed."""

    branch: int
    """Its position in `branches` or `cycles`."""

    cycles: bool
    """Whether it is one of limit cycles."""

    p: float
    """Where it was left."""

    period: float
    """The period of the last cycle, where it grew too long."""

    points: int | None
    """How many points were made; where that was the limit."""

    step: float
    """The last step that was tried, as a share of the range."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class Eigenmode(Answer):
    """One eigenmode."""

    condition: float
    """`‖l‖ ‖e‖`: the largest shift of the eigenvalue per change of M in norm; null (infinite) in a defective cluster."""

    frequency: float
    """Frequency of its oscillation, in the circuit's unit of rate (Hz where rates are in Hz); 0 of a real mode,
    negative of the second of a pair."""

    lambda_: builtins.complex
    """Eigenvalue `λ` of the modes' matrix, dimensionless; zero or one where it differs from that by rounding. Its
    error is about `condition` times `1e-15 ‖M‖`."""

    left: NDArray[np.complex128] | None
    """Left eigenvector `l` over the same, `l · e = 1` without conjugation; null where an expansion is refused."""

    right: NDArray[np.complex128]
    """Right eigenvector `e` over units, then slow states: unit norm, largest component real and positive."""

    rotation: ModeRotation | None
    """What a complex pair is in real numbers; null of a real mode."""

    static_gain: float
    """`1 / |1 − λ|`: its response to a constant input along it, per input; null (infinite) if it integrates. Null as
    well where time constants differ or with slow states, since `λ` is none of the weights there."""

    tau: float
    """`τ₀ / (1 − Re λ)`: the time in which the mode decays, in the circuit's unit of time; negative if it grows, null
    (infinite) if it integrates."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class Eigenmodes(Answer):
    """Eigenmodes of the modes' matrix `M = 1 + τ₀A`, where A is the Jacobian and `τ₀` the linearization's unit of
    time."""

    basis_condition: float
    """Condition number of the basis of unit-norm eigenvectors: 1 of a normal matrix; null if it is infinite, where
    eigenvectors are missing."""

    clusters: list[ModeCluster]
    """Eigenvalues that cannot be distinguished because of rounding."""

    expandable: bool
    """Whether activity may be expanded in these modes: the condition is at most 1e8."""

    modes: list[Eigenmode]
    """The modes: by falling real part of the eigenvalue, then by falling imaginary part. In JSON only the first twelve
    have their vectors if there are more than 100 modes."""

    random_matrix: RandomMatrixComparison | None
    """What a random matrix with the same block statistics would have for a spectrum; null below 50 units, with slow
    states, and where time constants differ."""

    refusal: str | None
    """Why an expansion is refused; null if it is not."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class FedMode(Answer):
    """The time course of a Schur mode, or of the two of a complex pair, and the parts that it is the sum of."""

    coordinate: NDArray[np.float64]
    """The coordinate at each time."""

    modes: list[int]
    """The mode, or the two of a pair, counted from 1."""

    parts: list[FeedingPart]
    """Its parts: initial value, input, feeding modes (the largest contribution first), others. They add up to the time
    course at every time, to rounding."""

    peak: float
    """Its coordinate at its peak, in the unit of the state; of a pair the component along its direction there."""

    peak_time: float
    """When that is, in the unit of time."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class FeedforwardLinks(Answer):
    """How many links carry the feedforward weight."""

    carry_90_percent: int
    """How many of the strongest of them carry 90 % of the squared feedforward weight."""

    links: int
    """Links between blocks of the real Schur form, and inside those of complex pairs, that are not zero to rounding."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class FeedingPart(Answer):
    """What a mode's activity has from one source."""

    at: float
    """When that is, in the unit of time."""

    coordinate: NDArray[np.float64]
    """Its value at each time."""

    from_: FeedingSource
    """Where it came from."""

    largest: float
    """Its value of largest modulus, in the unit of the state."""

    share: float
    """Its share of the mode's coordinate at the mode's peak."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class FiniteInputResponse(Answer):
    """The operating point, followed while a constant input to every unit of one population is added or taken away."""

    extrema: list[RateExtremum]
    """Local extrema of mean rates."""

    inputs: NDArray[np.float64]
    """What is added to its input, rising through 0. The range ends where linear theory predicts that some rate has
    changed by one and a half times the largest, or where the fixed point ends."""

    isn_boundaries: NDArray[np.float64]
    """Inputs at which the ISN index changes its sign."""

    isn_index: NDArray[np.float64]
    """ISN index at each input (see the responses); null without excitatory units."""

    lower_end: BranchEnd
    """How the fixed point ends towards lower inputs."""

    population: str
    """Name of the population that is stimulated."""

    rates: NDArray[np.float64]
    """Mean rates at the stable fixed point: one row for each population of the circuit, one column for each input."""

    upper_end: BranchEnd
    """How it ends towards higher inputs."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class FixedPoints(Answer):
    """The fixed points of the circuit under its constant input."""

    completeness: ListCompleteness
    """What is known of the completeness of the list."""

    exhaustive: bool
    """Whether it is known that there are no others."""

    index_sum: int | None
    """Sum of the indices of the points found, `sign det(-J)` each: +1, or −1 with an odd number of real growing modes.
    Where all rates are bounded that of all fixed points is 1 (Brouwer's degree), and another sum proves that one is
    missing. None where rates are not bounded, an index is not decided, or the search did not sample."""

    operating_point: int | None
    """Number of the point that is analyzed, from 1; None if none is stable and none was chosen."""

    points: list[FoundFixedPoint]
    """The points, by rising total rate."""

    remarks: list[str]
    """Remarks: lines of fixed points, a run from rest that ran away."""

    sampling: Sampling | None
    """How the points were sampled; None where nothing was."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class FluctuationPattern(Answer):
    """A principal component of the fluctuations."""

    pattern: NDArray[np.float64]
    """The pattern over the units, of norm one; its largest component is positive."""

    share: float
    """Its share of the variance of all units, from 0 to 1; null if no noise comes through."""

    variance: float
    """Variance along the pattern."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class FoundFixedPoint(Answer):
    """A fixed point, and how far it can be trusted."""

    at_kink: list[str]
    """Names of the units at a kink of their transfer function, where the Jacobian is one-sided."""

    eigenvalue_error: float
    """Eigenvalues smaller than this are zero to rounding, per unit of time; None where there are none."""

    eigenvalues: NDArray[np.complex128]
    """Eigenvalues of the Jacobian, slow states included, per unit of time, rightmost first; with delays the rightmost
    roots of the characteristic equation. Empty where a gain is infinite: there is no Jacobian."""

    error: float
    """Length of the last Newton step over `1 + |x|`: an estimate of the error of the state."""

    gains: NDArray[np.float64]
    """Slope of each unit's transfer function, rate per input; at a kink that from the right. It may be infinite."""

    multiplicity: FixedPointMultiplicity
    """How many fixed points there are here: at a fold, a pitchfork or along a line, rounding hides it."""

    population_rates: NDArray[np.float64]
    """Mean rate of each population."""

    rates: NDArray[np.float64]
    """Rate of each unit, in the circuit's unit of rate."""

    reached_from_rest: bool
    """Whether a run from rest settles here."""

    residual: float
    """The largest `|target − x| / (1 + |x|)` over units."""

    stability: FixedPointStability
    """Whether the point attracts."""

    state: NDArray[np.float64]
    """State of each unit: its rate in rate form, otherwise its voltage; in the circuit's unit of state."""

    within: float
    """Of a double or triple root how near several fixed points would be to each other, as a share of `1 + |x|`; None
    otherwise."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class FourierAxis(Answer):
    """One axis of the space."""

    name: str
    """Name of the feature: `orientation`."""

    period: float
    """Length of the circle, in the user's unit."""

    points: int
    """Number of evenly spaced points."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class FourierMode(Answer):
    """Waves of one wave number over all populations."""

    amplification: float
    """Largest norm of the propagator `exp(At)` over all times; null if the mode grows."""

    block: NDArray[np.complex128]
    """Block of the modes' matrix, to population (row) from population (column)."""

    copies: int
    """How often the block occurs in the whole matrix: 2 for cosine and sine, 1 for the uniform wave, the fastest
    alternating one, and a complex block, which stands for both."""

    eigenvalues: NDArray[np.complex128]
    """Eigenvalues of the block, rightmost first; of a complex block with their conjugates."""

    feedforward_squared: float
    """Sum of the squared feedforward weights of the block (of a complex one, of its real form, which is twice as
    large)."""

    wave: list[int]
    """Cycles per period along each axis, from `−points/2` to `points/2`; the first that is not zero is positive."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class FourierModes(Answer):
    """The modes' matrix of a translation-invariant circuit, taken apart into blocks between populations, one for each
    wave (Ben-Yishai, Bar-Or & Sompolinsky 1995; Rubin, Van Hooser & Miller 2015). Exact: with their copies the
    blocks have the eigenvalues and the feedforward weight of the whole matrix."""

    axes: list[FourierAxis]
    """The axes of the space."""

    feedforward_squared: float
    """Sum of the squared feedforward weights of all modes with their copies: that of the whole matrix. Null without
    modes."""

    invariant: bool
    """Whether there are such modes: the linearization is translation-invariant to 1e-10 of its largest entry, and
    every population stands on the points of the space."""

    modes: list[FourierMode]
    """All modes, slowest first; of a wave and the opposite one the first. Empty if the circuit is not invariant."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class FrequencyResponses(Answer):
    """Responses of the populations' mean rates to a sinusoidal input to every unit of a population."""

    frequencies: NDArray[np.float64]
    """Frequencies, rising, in the unit of a rate."""

    largest_gain: GainBound
    """Largest gain over all frequencies and all patterns of input over the populations."""

    resonances: list[PairResonance]
    """Largest responses. Of every pair of populations, row by row, up to four populations; above, each population's to
    its own input: a pair takes a few hundred substitutions in a triangle of the circuit's size."""

    responses: list[PairResponse]
    """Responses at these frequencies, of every population to every other, row by row of the response matrix."""

    sign_changes: list[InPhaseSignChanges]
    """Where each population's in-phase response to its own input changes its sign."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class GainBound(Answer):
    """The largest gain over frequencies, root sum of squares over populations (the H∞ norm; Bruinsma & Steinbuch
    1990)."""

    frequency: float
    """In the unit of a rate; 0 for constant inputs."""

    lower: float
    """Reached at `frequency`."""

    upper: float
    """Not reached at any frequency; null above 300 units."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class GramSchmidtSteps(Answer):
    """Gram-Schmidt on the eigenvectors in the order of the Schur modes, as in the lecture, beside the stable Schur
    form. It fails where eigenvectors coincide: it divides by what is left of each."""

    T: NDArray[np.complex128]
    """`Q†MQ`: to mode (row) from mode (column)."""

    below_diagonal: float
    """Largest modulus below the diagonal of `T`, over `‖M‖`: 0 of a Schur form."""

    condition: float
    """Condition number of the eigenbasis; null (infinite) if eigenvectors are missing."""

    difference: float
    """Largest difference of moduli, on and above the diagonal, between `T` and that of the stable complex Schur form."""

    fails_at: int | None
    """The first mode, from 1, of whose eigenvector less than 1e-8 is left: the procedure fails there. Null if it does
    not."""

    left_over: NDArray[np.float64]
    """Length that is left of each unit-norm eigenvector when its parts along the earlier ones are taken away, from 0
    to 1."""

    orthogonality: float
    """Lost orthogonality, `‖Q†Q − 1‖` of the vectors Q."""

    vectors: NDArray[np.complex128]
    """The vectors Q as columns, over units (rows)."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class HeldState(Answer):
    """A state that is held."""

    name: str
    """Its name."""

    value: float
    """Its value."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class InPhaseSignChanges(Answer):
    """Where a population's in-phase response to its own input changes its sign."""

    all: bool
    """Whether none can be missing: they are the roots of a polynomial. Else those that a grid of frequencies shows."""

    frequencies: NDArray[np.float64]
    """Frequencies, rising, in the unit of a rate."""

    population: str
    """Name of the population."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class IsnBoundary(Answer):
    """A change of a population's input at which the ISN index changes its sign."""

    change: float
    """What is added to its input, in the unit of input."""

    population: str
    """Name of the population."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class JointPart(Answer):
    """One address of a joint parameter: the parameter's value times the gain is added to the file's own value."""

    address: str
    """The address."""

    gain: float
    """The gain."""

    own: float
    """The file's own value."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class LaggedCovariance(Answer):
    """The covariance of one population's mean with that of another at an earlier time."""

    earlier: str
    """Name of the population that is earlier."""

    later: str
    """Name of the population that is later by the lag."""

    values: NDArray[np.float64]
    """Covariance at each lag."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class LimitCycle(Answer):
    """What a run from rest, under the constant input, repeats again and again."""

    highest: NDArray[np.float64]
    """The highest one."""

    lowest: NDArray[np.float64]
    """The lowest mean rate of each population along it."""

    period: float
    """Its period, in the unit of time."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class Linearized(Answer):
    """The circuit for small deviations from its operating point: `T dx/dt = −x + M x + input`."""

    effective_weights: NDArray[np.float64]
    """Effective weights `M`, to (row) from (column), dimensionless, for constant inputs: slow states are at their
    steady values."""

    gains: NDArray[np.float64]
    """Slope of each unit's transfer function, rate per input; at a kink that from the right."""

    jacobian: NDArray[np.float64]
    """Jacobian `A`, to (row) from (column), per unit of time: over units, or over all `states` where these are given.
    With delays it is the sum of its parts, each of which acts after its delay."""

    states: list[str] | None
    """Names of the states, units first, where the circuit has slow states or delays; None in a circuit of units alone."""

    tau: NDArray[np.float64]
    """Effective time constant of each unit, the diagonal of `T`, in the circuit's unit of time."""

    tau_0: float
    """The common time constant of all units, or the geometric mean of different ones: the unit of time in which the
    modes' matrix `1 + tau_0 A` is written."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class MapCompleteness(Answer):
    """How complete a map is."""

    agree: int
    """On how many of them they agree."""

    counts: CompletenessWord
    """The numbers of steady states at the cells at which they were searched."""

    curves: CompletenessWord
    """The curves. Closed curves that none of the lines meets are not excluded."""

    early_stops: int
    """Curves that go on inside the ranges and were not followed."""

    largest_residual: float
    """The largest residual of the special points."""

    lines: int
    """Lines through the plane at which a diagram along one parameter and the curves were compared."""

    not_followed: int
    """How many points lie on these lines whose curves are not followed: crossings of branches, kinks, unresolved ones."""

    runs: int
    """Runs at the inner point of each region."""

    searched: int
    """Cells of the grid at which steady states were searched; no curve separates the others from one of these."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class MapCurve(Answer):
    """A curve: points in their order along it."""

    ends: list[MapCurveEnd]
    """How it ends at its first and at its last point."""

    kind: MapCurveKind
    """What it consists of."""

    l1: NDArray[np.float64] | None
    """The first Lyapunov coefficient of Hopf points: negative where a stable cycle is born. NaN where there is none."""

    omega: NDArray[np.float64] | None
    """Angular frequency of Hopf points, per unit of time; 0 where a Hopf curve ends on a fold curve."""

    p: NDArray[np.float64]
    """Both parameters: one row a point."""

    special: list[int]
    """Positions of its special points along it."""

    special_points: list[int]
    """Which points of the map these are."""

    states: NDArray[np.float64]
    """States: one row a point, slow states included."""

    unstable: NDArray[np.float64]
    """Number of eigenvalues with a positive real part beside those on the axis."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class MapPoint(Answer):
    """A point of codimension 2."""

    a: float
    """The normal form's first coefficient of a Bogdanov-Takens point, `<p1, B(q0, q0)>/2` (Kuznetsov)."""

    b: float
    """Its second one, `<p0, B(q0, q0)> + <p1, B(q0, q1)>`; the sign of `a b` decides whether the cycle born there is
    stable."""

    c: float
    """The coefficient of the cube at a cusp."""

    curves: list[int]
    """Positions of its curves in `curves`."""

    eigenvalues: NDArray[np.complex128]
    """Eigenvalues, rightmost first, per unit of time."""

    kind: MapPointKind
    """What it is."""

    omega: NDArray[np.float64]
    """Angular frequencies, the larger one first, per unit of time."""

    p: NDArray[np.float64]
    """Both parameters."""

    residual: float
    """What is left of its own equations, scaled."""

    state: NDArray[np.float64]
    """The state, slow states included."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class MapRegion(Answer):
    """A connected area in which the number of steady states, and that of stable ones, do not change. Crumbs of a strip
    that is narrower than a cell are part of the next region that is alike."""

    beside_subcritical: bool
    """Whether a stable steady state of it loses stability on a part of its limits to an unstable cycle: next to that
    part, cycles exist beside the steady state."""

    beyond_curves: bool
    """Whether it ends somewhere without a curve: what happens there is none of the curves' kinds, or a curve is
    missing."""

    elsewhere: list[MapSample]
    """What happens at some other points of the region, which lie far apart. It may differ: folds of cycles and the
    like are no limits of regions here."""

    inner: NDArray[np.float64]
    """An inner point, far from the region's limits: both parameters."""

    kind: MapRegionKind
    """What happens at its inner point."""

    left: int
    """How many left every bound."""

    moved: int
    """How many runs kept moving."""

    reached: int
    """At how many different ones."""

    rested: int
    """Runs at the inner point, from states spread over all that was found: how many came to rest at a stable steady
    state."""

    share: float
    """Its share of the plane."""

    stable: int
    """Number of stable ones."""

    steady: int
    """Number of steady states."""

    undecided: int
    """How many had not come to either within 120 slowest time constants."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class MapSample(Answer):
    """What runs at a point of a region say."""

    at: NDArray[np.float64]
    """Both parameters."""

    kind: MapRegionKind
    """What happens there."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class MeanField(Answer):
    """The neurons' input and irregularity at the operating point, and whether mean-field theory may be trusted there."""

    assumptions: list[TheoryAssumption]
    """Each assumption of mean-field theory; empty without an operating point."""

    populations: list[SpikingPopulation]
    """Each population of neurons; empty without an operating point."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class MeasuredSpectrum(Answer):
    """What of the eigenvalues of `M` has a prediction from random matrices."""

    beyond: int
    """Number of eigenvalues beyond 1.1 times the predicted radius."""

    feedforward_share: float
    """Share of `‖M‖²` that is feedforward, from 0 to 1."""

    half_axes: NDArray[np.float64]
    """Largest real and imaginary part in absolute value, without them."""

    largest: float
    """Largest modulus of an eigenvalue, without the outliers that were predicted."""

    within_half: float
    """Share of eigenvalues within half the predicted radius or ellipse, from 0 to 1."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class Membranes(Answer):
    """A conductance-based circuit reduced to weights: every total conductance held at its value at the operating point
    (Dayan & Abbott 2001, section 7.2; Destexhe, Rudolph & Paré 2003). At the operating point the reduced circuit
    has the full one's Jacobian exactly; away from it the error is of second order in the change of total
    conductance. It is measured by integrating both, with tolerances 1e-9: along the circuit's own stimuli, from the
    operating point; without any, under a step of current to the first population."""

    conductance_change: float
    """Largest relative change of a total conductance."""

    jacobian_difference: float
    """Largest difference of an entry of the two Jacobians at the operating point, in 1 per unit of time: rounding."""

    largest_deviation: float
    """Largest deviation of the full voltages from the operating point, in the unit of state."""

    reduction_error: float
    """Largest difference of full and reduced voltages, in the unit of state."""

    tau: NDArray[np.float64]
    """Time constant of each unit there, capacitance over total conductance, in the unit of time."""

    tau_at_rest: NDArray[np.float64]
    """The same without synapses."""

    total_conductance: NDArray[np.float64]
    """Total conductance of each unit there, leak, background and synapses, in the circuit's unit of conductance."""

    voltage: NDArray[np.float64]
    """Voltage of each unit at the operating point, in the unit of state."""

    weights: NDArray[np.float64]
    """Weights of the reduced circuit, in the unit of input per that of rate: `ĝ (E_sender − V_receiver) / G_receiver`;
    rows receive."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class ModeCluster(Answer):
    """Eigenvalues that a change of the matrix at the level of rounding can make equal."""

    coupling: float
    """Root of the summed squares of the feedforward links inside the cluster."""

    defective: bool
    """Whether there are fewer of these than members. Else the eigenvalue is merely repeated."""

    eigenvectors: int
    """Number of independent eigenvectors, to rounding."""

    error: float
    """Expected error of the mean."""

    mean: builtins.complex
    """Mean of their eigenvalues, the one number that is well known."""

    members: list[int]
    """Numbers of the modes, from 1."""

    single_error: float
    """Expected error of a single member's eigenvalue."""

    spread: float
    """Largest distance of a member's eigenvalue from the mean."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class ModeRotation(Answer):
    """A complex pair as a rotation in a plane of patterns: activity goes round an ellipse, from `long` to `short` to
    `−long`, while it decays or grows."""

    long: NDArray[np.float64]
    """Long half-axis of the ellipse, over units and slow states. The squared norms of both half-axes add up to 1."""

    ratio: float
    """Length of the long half-axis over that of the short one: 1 of a circle, as in every normal matrix."""

    short: NDArray[np.float64]
    """Short half-axis."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class MostEnergy(Answer):
    """The initial pattern that evokes most activity (Hennequin, Vogels & Gerstner 2014)."""

    over_isolated_unit: float
    """Energy that follows it (squared norm of the activity, over all time) over that of an isolated unit."""

    pattern: NDArray[np.float64]
    """The pattern over the units, of norm one."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class NearestChange(Answer):
    """A change of the operating point over one parameter."""

    at: float
    """Where the operating point changes."""

    criticality: DiagramCriticality | None
    """Whether what is born there takes over: of Hopf points and pitchforks; None where it is not known."""

    distance: float
    """How far it is, as a share of `relative_to`."""

    frequency: float
    """Frequency of the oscillation at a Hopf point, in the unit of rates."""

    kind: NearestChangeKind
    """What happens there."""

    parameter: str
    """The parameter's address."""

    relative_to: ChangeDistance
    """What the distance is measured in."""

    residual: float
    """What is left of the equations of this point, scaled; None where it was extrapolated."""

    side: DiagramSide
    """Whether that is below or above the parameter's value."""

    state: NDArray[np.float64] | None
    """The state there; None where it grows beyond every bound."""

    unit: str
    """Unit of its values; empty: a pure number."""

    value: float
    """Its value in the circuit."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class NearestChanges(Answer):
    """The nearest values of each parameter at which the operating point changes: where it disappears, loses its
    stability, or meets another steady state. Every parameter is moved by itself, the others as in the file, from a
    quarter of its value to four times it; inputs by four times the input over which the transfer function changes.
    Only this steady state is followed: other steady states, and limit cycles that arise beside it, are not looked
    for. Not available above 200 states."""

    changes: list[NearestChange]
    """The changes, by rising distance: at most one below and one above the value of each parameter."""

    state: NDArray[np.float64]
    """The operating point."""

    states: list[str]
    """Names of the states: units, then slow states."""

    unchanged: list[UnchangedSide]
    """Sides of parameters on which nothing changes as far as they were followed."""

    undecided: list[UndecidedSide]
    """Sides of parameters on which it is not known what happens."""

    unstable: int
    """Number of its eigenvalues with a positive real part: 0 where it is stable."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class NoFluctuations(Answer):
    """There is no stationary covariance, or it is not computed."""

    stationary: bool | None
    """False: the operating point is not stable. Null: not computed, above 1,500 units."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class NoVerdicts(Answer):
    """There are no verdicts to be sure of, since the operating point is not stable."""

    stable: bool
    """False."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class NoiseInput(Answer):
    """A source of noise in the inputs."""

    amplitudes: NDArray[np.float64]
    """Amplitude in each unit's input: the standard deviation, or of white noise the root of the intensity."""

    kind: NoiseKind
    """Its color."""

    name: str
    """Its name."""

    private: bool
    """Whether it is independent in every unit."""

    time: float
    """Correlation time; null of white noise."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class NoisePairs(Answer):
    """The means of two populations beside each other, by frequency and by lag."""

    covariances: list[LaggedCovariance] | None
    """Covariances at these lags, of every population with every one; null where the lags are."""

    lags: NDArray[np.float64] | None
    """Lags from 0, in the unit of time. Null with delays, and above 400 units: they take exponentials of matrices of
    up to twice the circuit's size."""

    spectra: list[PairSpectrum]
    """Of every two different populations, at the frequencies of the power spectra."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class Normality(Answer):
    """How far the modes' matrix `M` is from normal (`M Mᵀ = Mᵀ M`, orthogonal eigenmodes), in the Frobenius norm."""

    departure: float
    """Henrici's departure from normality `√(‖M‖² − Σ|λ|²)`: the root of `Σ|W_FF|²` in every Schur basis."""

    feedforward_share: float
    """Share of `‖M‖²` that is feedforward, from 0 to 1."""

    lower_bound: float
    """A lower bound of the departure from the commutator (Elsner & Paardekooper 1987)."""

    normal: bool
    """Whether `nu` is no larger than that."""

    nu: float
    """`‖M Mᵀ − Mᵀ M‖ / ‖M‖²`, from 0 to √2."""

    tolerance: float
    """What `nu` may be by rounding alone."""

    upper_bound: float
    """An upper bound (Henrici 1962)."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class Nullcline(Answer):
    """Where one unit does not move."""

    branches: list[PlaneCurve]
    """Its pieces inside the window; a closed one ends where it began."""

    name: str
    """The unit or population."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class Oscillations(Answer):
    """Stability of the operating point with the spiking neurons' own dynamics and the delays of the synapses; and, if
    it is stable as far as known, the spectra of the population rates at finite size."""

    cross: list[RateCrossSpectrum] | None
    """Cross-spectra of all pairs of populations; None where a mode grows, and null in JSON above 12 populations."""

    frequencies: NDArray[np.float64] | None
    """Frequencies of the spectra, in the circuit's unit of rate; None where a mode grows."""

    modes: list[SpikingMode]
    """Modes found by Newton's method, rightmost first; of a conjugate pair the one with the positive frequency."""

    peaks: list[RateSpectrumPeak]
    """The highest peak of each population's power spectrum that has one; empty where a mode grows. For the report
    alone: not in JSON."""

    power: NDArray[np.float64] | None
    """Power spectrum of each population (row) at each frequency (column): two-sided, of the spikes per neuron, rate
    squared per frequency, in the circuit's unit of rate. None where a mode grows."""

    stable: bool | None
    """Whether no mode grows; None if that could not be decided."""

    unstable_modes: int | None
    """Number of growing modes, by Nyquist's criterion, each of a conjugate pair; None if they could not be counted."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class PairResonance(Answer):
    """The largest amplitude of a response over all frequencies."""

    frequency: float
    """Frequency of the largest amplitude, in the unit of a rate; 0 if no frequency evokes more than a constant input."""

    height: float
    """Amplitude there."""

    input: str
    """Name of the population that is stimulated."""

    over_static: float
    """That amplitude over the response to a constant input; null where that is zero."""

    to: str
    """Name of the population that responds."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class PairResponse(Answer):
    """The complex response of one population to a sinusoidal input to another, convention `exp(+iωt)`."""

    im: NDArray[np.float64]
    """Imaginary part at each frequency; negative where the rate lags."""

    input: str
    """Name of the population that is stimulated."""

    re: NDArray[np.float64]
    """Real part at each frequency: the in-phase response."""

    to: str
    """Name of the population that responds."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class PairSpectrum(Answer):
    """The cross-spectrum of the means of two populations."""

    a: str
    """Name of the first population."""

    b: str
    """Name of the second population."""

    coherence: NDArray[np.float64]
    """Coherence `|S_ab|² / (S_aa S_bb)` at each frequency, from 0 to 1; null where one has no power."""

    im: NDArray[np.float64]
    """Its imaginary part."""

    phase: NDArray[np.float64]
    """Phase of the cross-spectrum in degrees; positive where `a` is ahead. Null where one has no power."""

    re: NDArray[np.float64]
    """Real part of the cross-spectrum `S_ab = ⟨a b*⟩`."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class ParadoxicalPopulation(Answer):
    """A population that responds paradoxically."""

    critical_fraction: float
    """The fraction of its units that must be stimulated for those to respond paradoxically, in a large homogeneous
    population; null where it has none."""

    population: str
    """Its name."""

    self_response: float
    """Change of its mean rate per constant input to all its units."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class ParameterInterval(Answer):
    """An interval of the parameter."""

    from_: float
    """Its lower end."""

    to: float
    """Its upper end."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class PartCurve(Answer):
    """How the mean response of stimulated units depends on the fraction that is stimulated, on average over all parts
    of a size. A stimulated unit responds with `alone + share (whole − alone)`, where `share` is the stimulated
    share of the other units."""

    alone: float
    """Mean response of a unit to its own input alone."""

    critical_fraction: float
    """Fraction above which stimulated units respond paradoxically, on average; null if they do at no fraction."""

    population: str
    """Name of the population."""

    units: int | None
    """Its number of units; null: one unit that stands for a large homogeneous population."""

    whole: float
    """Response of the population's mean to an input to all of it."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class PartResponse(Answer):
    """The response to an input to one part of a population."""

    paradoxical_units: int | None
    """Number of stimulated units that respond against their input; null where `units` is."""

    part: str
    """The part: `I:0.3`, a fraction, or `I[0],I[4]`, units."""

    population: str
    """Name of its population."""

    population_means: NDArray[np.float64] | None
    """Mean response of every population; null where `units` is."""

    stimulated: float
    """Mean response of the stimulated units."""

    units: list[int] | None
    """Indices in the circuit of the stimulated units, rising; null: a fraction of the population behind one unit."""

    unstimulated: float
    """Mean response of the other units of the population; null if there are none."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class PartialResponses(Answer):
    """Responses to one unit of input to every unit of a part of a population (Sadeh et al. 2017)."""

    asked: list[PartResponse]
    """Of the parts that were asked for, in their order."""

    curves: list[PartCurve]
    """By the size of the part, for each inhibitory population."""

    units: list[UnitParadox]
    """Single units that respond against their input, of populations of eight units or more."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class PatternEnergies(Answer):
    """The energy `∫|x|² dt` of all that follows an initial pattern of norm one, by the observability Gramian."""

    mean: float
    """Mean of `over_isolated_unit`."""

    over_isolated_unit: NDArray[np.float64]
    """Energy of each pattern over that of the slowest isolated unit (half its time constant), largest first."""

    patterns: NDArray[np.float64]
    """The orthonormal initial patterns, one a row, over units; the largest entry of each is positive."""

    patterns_above_one: int
    """How many patterns have more energy than that unit."""

    residual: float
    """Relative residual of the Lyapunov equation."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class PhasePlane(Answer):
    """The phase plane: two states against each other. Of two units, of two populations whose units are alike, and of
    every circuit of two states it is the whole circuit; of others a slice, with all other states held. States are
    rates in rate form, otherwise voltages, in the unit of state; slow states have units of their own."""

    cycles: list[PlaneCycle]
    """Limit cycles under the constant input: those that orbits from beside fixed points, along manifolds and from rest
    come to, forward or backward in time; others may exist. None of a slice."""

    driven: DrivenPlane | None
    """The plane under the stimuli at their strongest; None without stimuli, where units of a population get different
    ones, and of impulses."""

    flow: PlaneFlow
    """How states move."""

    from_rest: PlaneCourse | None
    """The trajectory from rest under the constant input; None if the circuit rests at a fixed point."""

    held: list[HeldState]
    """The states that are held, at their steady state; empty where the plane is the whole circuit."""

    manifolds: list[PlaneManifold]
    """The manifolds of all saddles under the constant input: of each two stable and two unstable ones. None of a
    slice."""

    names: list[str]
    """Names of the two populations, units or states: the horizontal axis, the vertical one."""

    nullclines: list[Nullcline]
    """The nullcline of each, in the order of the names."""

    outside: int
    """Number of fixed points that are not in the plane: units of one population differ there. Of a slice all but the
    one at which the other states are held."""

    points: list[PlaneFixedPoint]
    """The fixed points in the plane, in the order of the answer `fixed_points`."""

    run: PlaneCourse | None
    """The trajectory of the circuit's run, without noise; None without stimuli, and where units of a population get
    different ones."""

    window: NDArray[np.float64]
    """The part of the plane that is shown: one row an axis, its lower and its upper end."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class PlaneCourse(Answer):
    """A trajectory through the plane."""

    times: NDArray[np.float64]
    """Times."""

    x: NDArray[np.float64]
    """Horizontal coordinate at each."""

    y: NDArray[np.float64]
    """Vertical coordinate at each."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class PlaneCurve(Answer):
    """A curve in the plane."""

    x: NDArray[np.float64]
    """Horizontal coordinates."""

    y: NDArray[np.float64]
    """Vertical ones, as many."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class PlaneCycle(Answer):
    """A limit cycle in the plane: one turn in the order of the flow, whose last point is the first."""

    period: float
    """Its period, in the unit of time; to about 1e-5 of it."""

    stable: bool
    """Whether it attracts."""

    times: NDArray[np.float64]
    """Times since the first point."""

    x: NDArray[np.float64]
    """Horizontal coordinates."""

    y: NDArray[np.float64]
    """Vertical ones."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class PlaneFixedPoint(Answer):
    """A fixed point in the plane."""

    kind: PlanePointKind
    """What it is, for deviations in the plane."""

    number: int
    """Its number in the answer `fixed_points`, from 1; under stimuli its own number."""

    stable: bool
    """Whether it attracts, deviations of single units included."""

    x: float
    """Horizontal coordinate."""

    y: float
    """Vertical coordinate."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class PlaneFlow(Answer):
    """The flow on a grid."""

    dx: NDArray[np.float64]
    """Horizontal velocity, unit of state per unit of time: one row for each `y`, one column for each `x`."""

    dy: NDArray[np.float64]
    """Vertical velocity."""

    x: NDArray[np.float64]
    """Horizontal coordinates of the grid."""

    y: NDArray[np.float64]
    """Vertical ones."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class PlaneManifold(Answer):
    """A manifold of a saddle: a curve in the order of the flow."""

    other_end: ManifoldEnd
    """Where it goes to, or comes from."""

    point: int | None
    """The number of the fixed point there, if it is one."""

    saddle: int
    """The number of the saddle."""

    stable: bool
    """Whether it is a stable one, which leads to the saddle; the unstable ones lead away from it."""

    x: NDArray[np.float64]
    """Horizontal coordinates."""

    y: NDArray[np.float64]
    """Vertical ones, as many."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class PopulationAmplification(Answer):
    """The largest amplification from any pattern in one population to any in another."""

    max: NDArray[np.float64]
    """The largest norm: to the population of the row, from that of the column."""

    populations: list[str]
    """Names of the populations: of rows and columns."""

    time: NDArray[np.float64]
    """When it is reached, in the unit of time."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class PopulationDescription(Answer):
    """A population of the circuit."""

    h: NDArray[np.float64]
    """Constant input of each unit, in the unit of drive."""

    kind: str
    """Sign of its outgoing weights: `excitatory`, `inhibitory`, `unconstrained`."""

    label: str | None
    """What people read in the place of its name; null where that is its name."""

    name: str
    """Its name."""

    neurons: int | None
    """Number of spiking neurons that its one unit stands for; null where there are none behind it."""

    sigma: float
    """Standard deviation of the input's fluctuations, in Brunel's convention; used by transfer functions with noise."""

    size: int
    """Number of units."""

    tau: NDArray[np.float64]
    """Time constant of each unit, in the unit of time. For conductances: capacitance over the conductance of leak and
    background."""

    transfer: TransferDescription
    """Its transfer function."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class PopulationFluctuations(Answer):
    """The fluctuations of one population."""

    mean_correlation: float
    """Mean correlation between its units; null for fewer than two that fluctuate."""

    population: str
    """Name of the population."""

    sd: float
    """Standard deviation of a unit's state, root mean square over the population."""

    sd_isolated: float
    """The same of isolated units, without slow states."""

    sd_of_mean: float
    """Standard deviation of the population's mean."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class PopulationResponse(Answer):
    """A population's response to its own input."""

    critical_fraction: float
    """Fraction of its units that must be stimulated for those to respond paradoxically, in a large homogeneous
    population: `1/(1 − R)`, R in units of the gain. Null unless the response is paradoxical."""

    paradoxical: bool | None
    """Whether that is negative; null where the circuit is not stable, or the response is zero to rounding."""

    population: str
    """Name of the population."""

    self_response: float
    """Change of its mean rate per constant input to all its units."""

    without: SubsetVerdict
    """The circuit with this population clamped. An odd number of real unstable eigenvalues there makes the response
    paradoxical, where a population is one unit."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class PredictedOutlier(Answer):
    """An eigenvalue that the mean part of a random matrix makes (O'Rourke & Renfrew 2014; Mastrogiuseppe & Ostojic
    2018)."""

    measured: builtins.complex
    """The eigenvalue of `M` nearest to it."""

    predicted: builtins.complex
    """The prediction."""

    sd: float
    """Its standard deviation over matrices with the same mean part; null if it is not finite."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class ProbabilityOfParadox(Answer):
    """How sure a population's paradoxical response is."""

    population: str
    """Name of the population."""

    probability: SampledProbability
    """That the operating point is stable and its response to its own input negative."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class Pseudospectra(Answer):
    """How far small changes of the modes' matrix M move its eigenvalues, all dimensionless unless a unit is named
    (Trefethen & Embree 2005). Not available above 2,000 units, which take half a minute."""

    distance_to_instability: Bounds
    """Bounds of the distance to instability: norm of the smallest complex change of M that destabilizes the circuit, 0
    if it is not stable. Certified by eigenvalues of a Hamiltonian matrix (Burke, Lewis & Overton 2003), to about
    `1e-13 ‖M‖`."""

    frequency: float
    """Frequency of that input, in the circuit's unit of rate (Hz where rates are in Hz)."""

    h_infinity: Bounds
    """Bounds of its reciprocal, the largest gain of a sinusoidal input (H∞ norm of the resolvent; Boyd & Balakrishnan
    1990; Bruinsma & Steinbuch 1990)."""

    kreiss: Bounds | None
    """Bounds of the Kreiss constant, a lower bound of the largest amplification (Kreiss 1962): the lower bound is
    reached at a point, the upper one holds everywhere. Null above 600 units, where it would take long."""

    levels: NDArray[np.float64]
    """Round levels of ε, ascending, whose contours of `s_min` close within the grid."""

    numerical_abscissa: float
    """Right edge of the numerical range: something grows at first if and only if it is above 1."""

    numerical_range: NDArray[np.complex128]
    """Boundary of the numerical range, counterclockwise from the rightmost point, the last equal to the first."""

    s_min: NDArray[np.float64]
    """Smallest singular value of `x + iy − M`: rows by y, columns by x. A matrix within ε of M has an eigenvalue there
    if and only if it is at most ε. Good to 1e-6 of itself, and no better than rounding, about `1e-15 n ‖M‖`."""

    spectral_abscissa: float
    """Right edge of the spectrum: 1 is the boundary of stability."""

    x: NDArray[np.float64]
    """Real parts of the grid's points, ascending."""

    y: NDArray[np.float64]
    """Imaginary parts, from 0 upwards: the lower half of the plane is the mirror image."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class RandomMatrixComparison(Answer):
    """The spectrum of the modes' matrix `M` beside that of a random matrix with its block statistics, a limit of many
    units. Entries are taken for independent of each other, but for those of opposite direction, with the mean and
    the variance of their block; ranges hold nine of ten matrices of this size with normal entries."""

    applies: bool
    """Whether the prediction may be believed: there is no obstacle."""

    expected_beyond: float
    """Expected number of eigenvalues beyond 1.1 times the radius."""

    feedforward_share: float
    """Expected share of `‖M‖²` that is feedforward, from 0 to 1."""

    half_axes: NDArray[np.float64] | None
    """Half axes of the ellipse that holds the eigenvalues, real and imaginary; null where it is a disc: the
    correlation is not beyond five standard errors, or variances differ between blocks."""

    mean_size: float
    """`‖mean part‖ / √n`, to be compared with the radius."""

    measured: MeasuredSpectrum
    """The same quantities of `M` itself."""

    obstacles: list[str]
    """Why it may not, in words."""

    outliers: list[PredictedOutlier]
    """Outliers that the mean part makes, the largest first."""

    patterns: int
    """Number of patterns beyond the block means that the mean part holds."""

    radius: float
    """Radius of the disc that holds the eigenvalues but for outliers (Girko 1984; Rajan & Abbott 2006; Aljadeff et al.
    2015)."""

    radius_range: NDArray[np.float64]
    """Smallest and largest radius to expect at this size."""

    reciprocity: float
    """Correlation of an entry with that of the opposite direction, block means taken off (Sommers et al. 1988)."""

    row_sums: float
    """Size of the random parts of the rows' sums over that of independent entries, in the pattern that the mean part
    produces: 0 if the zero-row-sum condition holds, 1 by chance."""

    within_half: float
    """Expected share of eigenvalues within half the radius, or half the ellipse (Cook et al. 2018), from 0 to 1."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class RateCrossSpectrum(Answer):
    """The cross-spectrum `<r_a conj(r_b)>` of the rates of two populations."""

    a: str
    """Name of the first population."""

    b: str
    """Name of the second one."""

    im: NDArray[np.float64]
    """Imaginary part."""

    re: NDArray[np.float64]
    """Real part at each frequency, in the unit of the power spectra."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class RateExtremum(Answer):
    """A local extremum of a population's mean rate over the input."""

    input: float
    """Input there."""

    minimum: bool
    """Whether it is a minimum, or else a maximum."""

    population: str
    """Name of the population whose rate it is."""

    rate: float
    """Rate there."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class RateSpectrumPeak(Answer):
    """The highest point of a population's power spectrum that is a peak."""

    frequency: float
    """Where it is, in the circuit's unit of rate."""

    over_independent: float
    """Over the power of as many independent Poisson processes."""

    population: int
    """Position of the population."""

    power: float
    """Its power, in the unit of the power spectra."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class Regime(Answer):
    """An interval of the parameter in which the numbers of steady states and limit cycles do not change."""

    anywhere: bool
    """Whether one of the stable ones can stand anywhere on a ring."""

    from_: float
    """Its lower end."""

    kind: RegimeKind
    """In one word."""

    oscillates: OscillationEvidence | None
    """Why the circuit oscillates here; None where it is not known to."""

    shapes: int
    """Number of stable ones of which none is a turn of another."""

    stable: int
    """Number of stable steady states; in a ring with all images, those that can stand anywhere as one."""

    stable_cycles: int
    """Number of stable limit cycles found."""

    to: float
    """Its upper end."""

    unstable: int
    """Number of unstable ones, alike."""

    unstable_cycles: int
    """Number of unstable ones found."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class RegimeMap(Answer):
    """The regime map over two parameters: how many steady states there are and how many are stable, what runs do, the
    curves at which this changes, and the points at which curves meet or change their kind. Of the circuit without
    noise and stimuli."""

    cells: NDArray[np.float64]
    """Which region each cell of a grid belongs to: one row for each value of the second parameter, rising, one column
    for each of the first. Cells are equally wide; what counts next to a curve is the side of it."""

    clipped: list[ClippedEnd]
    """Ends of the ranges that were asked for and are not allowed, at a rule of the circuit."""

    complete: MapCompleteness
    """How complete the map is."""

    curves: list[MapCurve]
    """The curves."""

    own_region: int | None
    """The region of the file's own values; None where it has none, or they lie outside."""

    parameters: list[DiagramParameter]
    """Both parameters: the horizontal one, the vertical one."""

    points: list[MapPoint]
    """Points at which curves meet or change their kind (codimension 2)."""

    range_origins: list[RangeOrigin]
    """Where these ranges come from."""

    ranges: NDArray[np.float64]
    """The values between which each was looked at: one row each, the lower and the upper."""

    regions: list[MapRegion]
    """The regions, the largest first."""

    remarks: list[DiagramRemark]
    """What a reader should know about the circuit."""

    states: list[str]
    """Names of the states: units, then slow states."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class ResponseQuantile(Answer):
    """One quantile of every response."""

    response_matrix: NDArray[np.float64]
    """The quantile of each entry; null where no sample is stable."""

    share: float
    """Share of the stable samples below it."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class Responses(Answer):
    """How rates respond to inputs at the operating point. The unit of every response is that of a rate over that of an
    input. Verdicts are given only where the circuit is stable."""

    every_subset: bool
    """Whether `subsets` are all there are."""

    finite_inputs: list[FiniteInputResponse]
    """Responses to inputs that are not small, to at most two populations: those that respond paradoxically, then the
    inhibitory ones, else the first. Empty where the circuit is linear or not stable, and above 120 units: each of a
    hundred steps solves the circuit again."""

    frequency: FrequencyResponses | None
    """Responses to sinusoidal inputs. Null where the circuit is not stable or has delays, and above 1,500 units or 12
    populations: a frequency costs a substitution for every population."""

    isn: InhibitionStabilization
    """Whether the circuit is an inhibition-stabilized network (Tsodyks et al. 1997; Ozeki et al. 2009)."""

    isn_index: float
    """ISN index: the largest real part of the eigenvalues of the excitatory units' effective weights, less one (`g_E
    W_EE − 1` for one population). Null without excitatory units."""

    minimal_stabilizers: list[list[str]]
    """Names of the smallest sets of other populations with which excitation is stable. In an inhibition-stabilized
    network only, and among `subsets`."""

    partial: PartialResponses | None
    """Responses to inputs to a part of a population. Null where the circuit is not stable."""

    populations: list[PopulationResponse]
    """Each population's response to its own input; empty where a direction integrates."""

    response_matrix: NDArray[np.float64] | None
    """Change of the mean rate of the population in the row per constant input to every unit of the population in the
    column. Null where a direction integrates: the response then grows without bound."""

    stable: bool
    """Whether the operating point is stable."""

    subsets: list[SubsetVerdict]
    """Parts of the circuit with all excitatory populations and some of the others, smaller parts first. Every part, up
    to six other populations; above, none of these, each one alone, all but one, and all."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class RunEnd(Answer):
    """How a run ended."""

    status: RunStatus
    """Which way."""

    time: float | None = None
    """When it was steady, or ran away; absent of a run that reached its end."""

    unit: str | None = None
    """The state that ran away: its name; absent otherwise."""

    value: float | None = None
    """The value of that state, in its unit; absent otherwise."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class RunawayTrial(Answer):
    """A run that ran away."""

    time: float
    """When it passed the ceiling, to a step, in the unit of time."""

    trial: int
    """Which run, counted from 0."""

    unit: str
    """Name of the state that did."""

    value: float
    """Its value there."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class SampledProbability(Answer):
    """A share of samples."""

    se: float
    """Its standard error of sampling, `√(p (1 − p) / n)`; `1/n` where all or none of n samples agree."""

    value: float
    """The share, from 0 to 1."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class SampledUncertainty(Answer):
    """How sure the verdicts on a stable operating point are: propagation of errors by sampling, and to first order.
    Uncertain parameters are independent. Weights of excitatory and inhibitory senders, time constants and
    refractory fractions are log-normal with the given mean and standard error, others normal. The operating point
    is followed to every sample. Matrices are over populations, the responding one in the row, with the unit of the
    response matrix."""

    first_order_se: NDArray[np.float64] | None
    """First-order standard errors of the response matrix; null where the operating point does not survive a thousandth
    of a standard error."""

    lost: int
    """Number of samples to which the operating point could not be followed."""

    parameters: list[UncertainParameter]
    """Uncertain parameters, in the order of the circuit's `[se]`."""

    probability_isn: SampledProbability
    """That it is stable and inhibition-stabilized."""

    probability_negative: NDArray[np.float64]
    """Share of the stable samples in which a response is negative; null where no sample is stable."""

    probability_paradoxical: list[ProbabilityOfParadox]
    """That it is stable and a population responds paradoxically to its own input, for each population."""

    probability_stable: SampledProbability
    """That the operating point is there and stable."""

    quantiles: list[ResponseQuantile]
    """Quantiles of the response matrix over the stable samples."""

    samples: int
    """Number of samples."""

    stable: bool
    """Whether the operating point is stable: true."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class Sampling(Answer):
    """How fixed points were sampled."""

    boxes: int
    """Boxes that were looked at to prove that there are no others; 0 if that was not tried."""

    estimated_missing: float
    """Points that are missing by capture and recapture: a lower estimate (Chao 1984)."""

    failures: int
    """Starts that led to no fixed point."""

    fewest_starts: int
    """The smallest number of starts that led to a point; 0 if one was found otherwise only. Points that are alike by a
    symmetry of the circuit count as one."""

    found_at_most_once: int
    """Number of points that at most one start led to."""

    starts: int
    """Number of starts: Newton's method from random states, and from where short runs from such states end."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class SchurBlockLink(Answer):
    """A feedforward link between blocks: single modes, or complex pairs."""

    from_: list[int]
    """The modes that send; the same as `to` for what lies inside a complex pair."""

    share: float
    """Its share of `Σ|W_FF|²`, from 0 to 1."""

    to: list[int]
    """The one or two modes that receive, from 1."""

    weight: builtins.complex
    """The weight, dimensionless: into, out of or inside a pair the norm, which no rotation inside the pair changes."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class SchurDecomposition(Answer):
    """One Schur form."""

    T: NDArray[np.complex128]
    """`T`: eigenvalues (blocks) on the diagonal, feedforward weights above it, to mode (row) from mode (column)."""

    feedforward_squared: float
    """`Σ|W_FF|²`, the sum of squared feedforward weights; in the real form with `(|b| − |c|)²` of each block `[[a, b],
    [c, a]]`."""

    henrici_squared: float
    """`‖M‖² − Σ|λ|²`: the same number by another way, which loses digits by cancellation."""

    lambda_: NDArray[np.complex128]
    """Eigenvalues in the modes' order, dimensionless; in the real form zero or one where they differ from that by
    rounding."""

    orthogonality: float
    """`‖U†U − 1‖`."""

    residual: float
    """`‖M − U T U†‖ / ‖M‖`."""

    strongest_links: list[SchurLink]
    """The ten strongest links between single modes, strongest first."""

    vectors: NDArray[np.complex128]
    """Modes as columns of unit norm, over units (rows)."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class SchurLink(Answer):
    """A feedforward link between two modes."""

    from_: int
    """The mode that sends."""

    to: int
    """The mode that receives, from 1."""

    weight: builtins.complex
    """The weight, dimensionless."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class SchurModes(Answer):
    """Orthogonal modes `M = U T U†` of the modes' matrix, and the feedforward weights between them (Murphy & Miller
    2009; Goldman 2009; Ganguli, Huh & Sompolinsky 2008). Modes count from 1; mode 1 only receives. The sign (phase)
    of each mode is free, and with it that of its links: here the largest component is positive."""

    block_links: list[SchurBlockLink]
    """The ten strongest links between blocks of the real form, and inside those of complex pairs, strongest first;
    without those that are zero to rounding."""

    clusters: list[list[int]]
    """Modes of the real form that share an eigenvalue to rounding: one list for each of the eigenmodes' clusters."""

    complex: SchurDecomposition | None
    """The complex form: unitary vectors, triangular. Null if all eigenvalues are real: then both forms are one."""

    gram_schmidt: GramSchmidtSteps | None
    """The way by Gram-Schmidt on the eigenvectors; null of one unit, and above 200 units, where it would take long."""

    links_for_90_percent: int
    """How many of the strongest links between blocks carry 90 % of `Σ|W_FF|²`."""

    order: str
    """The order of the modes, in words. The sum of squared links is the same in every order, single links are not."""

    overlaps: NDArray[np.float64] | None
    """Overlap `|u · p| / ‖p‖` of each mode of the real form with the pattern p of the order; null where the order is
    by something else."""

    real: SchurDecomposition
    """The real form: orthogonal vectors, a complex pair as a 2 × 2 block on the diagonal."""

    shares: list[SchurShares]
    """The part of each block of the real form in `Σ|W_FF|²`, in the blocks' order."""

    unswapped: list[list[builtins.complex]]
    """Eigenvalues (first, second) that stand in the other order than was asked for: too close to be swapped without
    losing digits (Bai & Demmel 1993)."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class SchurShares(Answer):
    """The part of a block in `Σ|W_FF|²`."""

    receives: float
    """Share of the links into it, from 0 to 1; what lies inside a pair counts as both."""

    sends: float
    """Share of the links out of it."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class SignChange(Answer):
    """A response whose sign differs between this operating point and that of another condition."""

    condition: str
    """Name of the condition."""

    from_: str
    """Name of the population that is driven."""

    here: float
    """The response here."""

    there: float
    """The response there."""

    to: str
    """Name of the population that responds."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class SignVerdict(Answer):
    """Common inputs and targets of excitatory and inhibitory units: `W Wᵀ` and `Wᵀ W` differ between them in sign, so
    that `W` is normal only if both vanish."""

    common_input: float
    """Frobenius norm of the E-I block of `W Wᵀ`, over `‖W‖²`: common input."""

    common_targets: float
    """Frobenius norm of the E-I block of `Wᵀ W`, over `‖W‖²`: common targets."""

    excludes_normality: bool
    """Whether the signs alone exclude that `W` is normal."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class SlowCourse(Answer):
    """A slow state of a population over the run."""

    kind: SlowStateKind
    """Which slow state."""

    mean: NDArray[np.float64]
    """Its mean over the population's units at each time: a rate, or a share of resources."""

    population: str
    """Name of the population."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class SlowStateBlock(Answer):
    """One kind of slow state of one population: a state for each unit."""

    equation: str
    """Its equation, in plain text."""

    kind: SlowStateKind
    """What the states are."""

    letter: str
    """The letter of the state in its equation."""

    population: str
    """Name of the population."""

    steady: NDArray[np.float64] | None
    """Steady value for each unit: a rate for adaptation and synapses, a share otherwise. None without a fixed point."""

    tau: float
    """Time constant, in the circuit's unit of time."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class SlowStates(Answer):
    """Adaptation, filters of synapses, short-term plasticity and delays, at the operating point; without a stable
    fixed point, at the one of lowest total rate."""

    delays: NDArray[np.float64] | None
    """Delays to the row's population from the column's, in the circuit's unit of time; None without delays."""

    roots: NDArray[np.complex128] | None
    """Rightmost modes `s` of `exp(s t)`, rates and slow states together, per unit of time, rightmost first: all
    eigenvalues, or with delays the rightmost roots of the characteristic equation. None without a fixed point."""

    stable_at_once: bool | None
    """Whether the point would be stable if slow states followed at once and nothing had a delay; None without a fixed
    point. For the report alone: not in JSON."""

    states: list[SlowStateBlock]
    """Each kind of slow state of each population."""

    unstable_modes: int | None
    """How many modes grow; None at a marginal point, and without a fixed point."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class SlowestMode(Answer):
    """The slowest mode of a component."""

    frequency: float
    """Frequency of its oscillation, cycles per unit of time; 0 of a real mode."""

    lambda_: builtins.complex
    """Its eigenvalue λ, the first of the component's; 0 and 1 where it differs from that by rounding."""

    pattern: NDArray[np.float64]
    """Its pattern over the component's units, of unit norm; of a pair the real part."""

    slowdown: float
    """`tau` over the largest time constant of the component's isolated units."""

    static_gain: float
    """The norm of its response to constant input of norm one that drives it alone: along its pattern, each unit's part
    times the unit's time constant. `1/|1 − λ|` where time constants are the same."""

    tau: float
    """Its time constant; negative if it grows, null if it integrates."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class SpikingMode(Answer):
    """A mode `exp(s t)` of the spiking circuit, a zero of `det(1 − P(s))`."""

    frequency: float
    """Its frequency, in the circuit's unit of rate."""

    growth_rate: float
    """Its growth rate, the real part of `s`, per unit of time."""

    s: builtins.complex
    """The root `s`, per unit of time."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class SpikingPopulation(Answer):
    """A population of integrate-and-fire neurons at the operating point."""

    cv: float
    """Coefficient of variation of the intervals between spikes."""

    gain_mu: float
    """`∂f/∂μ`, rate per input."""

    gain_sigma: float
    """`∂f/∂σ`, rate per input."""

    largest_jump: float
    """Largest jump of the potential by one spike, over the way from reset to threshold."""

    mu: float
    """Mean of the input, `h + τ Σ K J r`, in the circuit's unit of input."""

    name: str
    """Name of the population."""

    neurons: int
    """Number of neurons."""

    rate: float
    """Firing rate by Ricciardi's function, in the circuit's unit of rate."""

    recurrent_share: float
    """Share of the input's variance that comes from the circuit's own spikes, from 0 to 1."""

    shared: float
    """Largest share of a population that one neuron receives input from, from 0 to 1: what two neurons have in common."""

    sigma: float
    """Standard deviation of the input in Brunel's convention, `σ² = σ₀² + τ Σ K J² r`: without threshold the potential
    has the variance `σ²/2`. In the circuit's unit of input."""

    spikes_per_tau: float
    """Input spikes in one membrane time constant, from the circuit and from outside."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class StationaryFluctuations(Answer):
    """The stationary fluctuations about a stable operating point: exact for small noise. Covariances and spectra are
    of the units' states (rates, voltages), not of slow states. Spectra are two-sided: the integral over all
    frequencies, in cycles per unit of time, is the variance."""

    correlations: NDArray[np.float64]
    """Correlations between the populations' means; null where a population does not fluctuate."""

    covariance: NDArray[np.float64]
    """Covariance C of the units' states."""

    dimensionality: float
    """Effective dimensionality of the fluctuations: the participation ratio `(tr C)² / tr C²`, from 1 to the number of
    units. Null if no noise comes through."""

    energy: MostEnergy | None
    """The initial pattern that evokes most activity. Null with slow states, which have scales of their own, and with
    delays, where an initial state is a time course."""

    frequencies: NDArray[np.float64]
    """Frequencies of the spectra, rising, in the unit of a rate."""

    intensity: float
    """Intensity of the independent white noise in every input, where the circuit has no noise of its own; else null.
    Unit of an input squared, times time."""

    pairs: NoisePairs | None
    """Pairs of populations by frequency and lag. Null above 12 populations."""

    patterns: list[FluctuationPattern]
    """The three strongest principal components, strongest first."""

    populations: list[PopulationFluctuations]
    """Each population's fluctuations."""

    power: NDArray[np.float64]
    """Power of each population's mean at these frequencies, one row for each population."""

    residual: float
    """Relative residual of the Lyapunov equation `A C + C Aᵀ + B Q Bᵀ = 0`; with delays the estimated error of the
    covariance, over the largest variance."""

    sources: list[NoiseInput]
    """The circuit's own sources of noise; empty where it has none."""

    stationary: bool
    """Whether there is a stationary covariance: true."""

    variance_ratio: float
    """Sum of the variances of all units over that of isolated units; null if no noise comes through."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class Structure(Answer):
    """What the weights `W` as they stand are like: sample statistics, exact. Of circuits of 2 to 4,000 units: the
    feedforward weights need a Schur form."""

    blocks: list[WeightBlock]
    """Statistics of the weights between each two populations: receiver by receiver, and in each sender by sender."""

    dale: DaleVerdict | None
    """Dale's principle; null for conductances, which have no sign."""

    sign_pattern: SignVerdict | None
    """Whether the signs exclude that `W` is normal; null unless every sender has one sign, and both signs occur."""

    sum_difference: SumDifferenceWeights | None
    """`W` between the sum and the difference of excitatory and inhibitory activity; null for conductances, without
    units of both kinds, and without weights."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class SubsetVerdict(Answer):
    """The stability of a part of the circuit, all other populations clamped."""

    abscissa: float
    """Largest real part of its eigenvalues, per unit of time. Null of a part without units."""

    populations: list[str]
    """Names of the populations that are not clamped."""

    stable: bool
    """Whether the part is stable."""

    unstable_complex: int
    """Number of complex unstable eigenvalues."""

    unstable_real: int
    """Number of real unstable eigenvalues."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class SumDifferenceWeights(Answer):
    """`W` between the uniform patterns sum `s = (e + i)/√2` and difference `d = (e − i)/√2`, `e` and `i` of unit norm
    over the excitatory and the inhibitory units (Murphy & Miller 2009). The link from `d` to `s` is one of a Schur
    basis only if that from `s` to `d` vanishes; elsewhere the sum of all squared feedforward weights is the
    measure."""

    feedforward_squared: float
    """Sum of all squared feedforward weights of a Schur form of `W`."""

    matrix: NDArray[np.float64]
    """`[[s W s, s W d], [d W s, d W d]]`: to row, from column, in the unit of weight; what is rounding is 0."""

    share_of_feedforward: float
    """Its share in all squared feedforward weight; 0 where there is none."""

    share_of_weight: float
    """Share of the squared link from `d` to `s` in all squared weight `‖W‖²`, from 0 to 1."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class TheoryAssumption(Answer):
    """An assumption of mean-field theory."""

    assumption: str
    """What is assumed."""

    here: str
    """What is the case, with numbers."""

    holds: bool
    """Whether that suffices, by a rule of thumb."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class TimeCourses(Answer):
    """The run that the circuit's `[run]` asks for, and the exact solution of the linearization beside it."""

    evaluations: int
    """Number of evaluations of the circuit's equations."""

    feeding: list[FedMode] | None
    """The largest modes of that deviation, taken apart by where their activity came from. None without
    `schur_coordinates`, above 400 units, and where nothing moves."""

    linear: NDArray[np.float64] | None
    """The exact solution of the linearization at the operating point, without noise, deviations added to that point:
    of the same shape. None without an operating point, with delays, and above 1,000 units."""

    outcome: RunEnd
    """How the run ended."""

    population_means: NDArray[np.float64]
    """Mean state of each population, in the unit of the state: one row a time, one column a population."""

    population_rates: NDArray[np.float64]
    """Mean rate of each population, of the same shape."""

    schur_coordinates: NDArray[np.float64] | None
    """Coordinates of the exact linear deviation on the Schur modes: one row a mode, one column a time. None without
    `linear`, with slow states, and for one unit."""

    seed: int | None
    """Seed of the noise; None for a run without."""

    slow_states: list[SlowCourse] | None
    """Each kind of slow state of each population; None without any."""

    states: NDArray[np.float64] | None
    """States of the units: one row a time. None above 20 million numbers (160 MB) of a circuit that is not compared
    with its linearization."""

    times: NDArray[np.float64]
    """Recorded times, in the unit of time; of a run that ran away those before."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class TransferDescription(Answer):
    """A transfer function as declared."""

    formula: str
    """Its formula."""

    kind: str
    """Its name in the circuit file."""

    parameters: dict[str, float]
    """Values of its parameters, in the circuit's units."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class TransferFunctions(Answer):
    """Where the operating point stands on the transfer functions."""

    populations: list[TransferPoint]
    """Each population's place."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class TransferPoint(Answer):
    """The operating point on a population's transfer function, as means over its units; null without one."""

    gain: float
    """Gain `f'(x)`, in the unit of rate per that of input: an analytical derivative. At a kink, the slope from the
    right."""

    input: float
    """Input `x`, in the unit of input."""

    population: str
    """Name of the population."""

    rate: float
    """Rate `f(x)`, in the unit of rate."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class Trials(Answer):
    """Moments over many runs that differ by their noise. A run that ran away counts up to then."""

    counts: list[int]
    """Number of runs that had not run away, at each time."""

    covariance: NDArray[np.float64] | None
    """Covariance over runs at the last time, in the squared unit of the state: units by units. None above 2,000 units,
    where it would have more than 32 MB."""

    mean: NDArray[np.float64]
    """Mean state over runs, in the unit of the state: one row a time, one column a unit."""

    runaways: list[RunawayTrial]
    """Runs that ran away, in their order."""

    sd: NDArray[np.float64]
    """Standard deviation over runs, of the same shape. Its own relative standard error is `1/√(2 (count − 1))`; not a
    number (null in JSON) for fewer than two runs."""

    sd_predicted: NDArray[np.float64] | None
    """Stationary standard deviation of each unit at the operating point by linear theory. None without a stable
    operating point, where a stimulus lasts to the end, and above 1,000 units, whose operating point is not sought."""

    seed: int
    """Seed of the noise: run `k` has the same noise in any number of runs."""

    times: NDArray[np.float64]
    """Recorded times, in the unit of time."""

    trials: int
    """Number of runs."""

    units: list[str]
    """Names of the units: of the columns of what follows."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class Twin(Answer):
    """The rate form of a voltage-form circuit, and both simulated along the circuit's run (Miller & Fumarola 2012)."""

    copies: int
    """Number of filtered copies of the rates that the exact twin keeps: one for each distinct time constant."""

    difference: float
    """Largest difference of the voltages of circuit and exact twin along the run, in the unit of state: the
    integrators' error, at tolerances of 1e-10."""

    naive_difference: float
    """The same for the naive twin; null where that is exact."""

    naive_twin_exists: bool
    """Whether the naive twin is exact: the rate form with the same `W`, its input low-passed. It is where connected
    units have one time constant."""

    states: int
    """Number of states of the exact twin."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class UncertainParameter(Answer):
    """A parameter with a standard error."""

    mean: float
    """Its mean."""

    parameter: str
    """What it is: `E <- I`, a weight; `tau of E`; `h of E`."""

    se: float
    """Its standard error."""

    variance_shares: NDArray[np.float64] | None
    """Its share of the first-order variance of every response, from 0 to 1; null where that variance is zero, and in
    all where first-order errors are undefined."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class UncertaintyCause(Answer):
    """A parameter that most of an uncertainty comes from."""

    parameter: str
    """The parameter: `E <- I`, a weight; `tau of E`; `h of E`."""

    population: str
    """Name of the population whose response to its own input is uncertain."""

    share: float
    """Its share of the first-order variance, from 0 to 1."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class UnchangedSide(Answer):
    """A side on which nothing changes."""

    parameter: str
    """The parameter's address."""

    unit: str
    """Unit of its values."""

    until: float
    """How far it was followed."""

    value: float
    """Its value in the circuit."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class UndecidedSide(Answer):
    """A side on which it is not known what happens."""

    parameter: str
    """The parameter's address."""

    reason: UndecidedReason
    """Why no further."""

    unit: str
    """Unit of its values."""

    until: float
    """How far it was followed."""

    value: float
    """Its value in the circuit."""

    why: str | None
    """The reason in words, of circuits that are not followed."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class UnitNames(Answer):
    """Names of the units of a circuit's quantities; empty for a pure number."""

    drive: str
    """Of `h` and of stimuli: as `input`, but a current in conductance-based circuits."""

    input: str
    """Of what a transfer function takes."""

    rate: str
    """Of rates."""

    state: str
    """Of the state: `rate` in rate form, `input` otherwise."""

    time: str
    """Of time."""

    weight: str
    """Of a weight: `input` per `rate`, or a conductance per rate."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class UnitParadox(Answer):
    """Shares of a population's units that respond against their input, from 0 to 1."""

    paradoxical: float
    """Where the whole population is stimulated."""

    paradoxical_alone: float
    """Where each unit is stimulated alone."""

    population: str
    """Name of the population."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class Verdict(Answer):
    """What the circuit does at its operating point, in a few numbers: whether it settles, what each strongly connected
    component amplifies and what it pays in time, inhibition stabilization and paradox, how certain that is, and
    what other conditions change of it."""

    certainty: VerdictCertainty | None
    """How certain this is; null without standard errors."""

    component_count: int
    """Number of strongly connected components of the effective weights; 0 without a linearization."""

    components: list[CircuitComponent]
    """The 24 with the most units, of single units those with the largest effective weight to themselves; senders
    before receivers."""

    conditions: list[ConditionVerdict]
    """The circuit under the other conditions of its file, up to eight of them. None above 200 units, with a fixed
    point chosen by its number, or where the circuit itself stands under one of them."""

    exhaustive: bool
    """Whether it is known that there are no others."""

    feedforward_links: FeedforwardLinks | None
    """How many links carry the feedforward weight. In a circuit of one component of 20 units or more, without slow
    states or delays, and up to 4,000 units."""

    fixed_points: int
    """Number of fixed points found."""

    isn: InhibitionStabilization | None
    """Whether the circuit is an inhibition-stabilized network; null without a linearization."""

    isn_boundaries: list[IsnBoundary]
    """Changes of a population's input, in the unit of input, at which the circuit leaves the ISN regime or enters it:
    the nearest on each side of every population whose input is followed (see the responses). Empty above 120 units."""

    isn_from_share: float
    """Of an ISN, the share of its constant input (all of `h` scaled together) from which on it is one, followed down
    from its operating point; null where it is one as far down as it could be followed, of a linear circuit, of
    spiking neurons, and above 120 units."""

    limit_cycle: LimitCycle | None
    """The limit cycle that a run from rest ends in. Sought only where there is no stable fixed point, and without
    delays."""

    minimal_stabilizers: list[list[str]]
    """Names of the smallest sets of populations that stabilize its excitatory ones, in an ISN only."""

    operating_point: int | None
    """Number of the fixed point that all else is about, from 1; null if none is stable and none was chosen."""

    paradoxical: list[ParadoxicalPopulation]
    """Populations whose response to their own input is negative."""

    response_matrix: NDArray[np.float64] | None
    """Response matrix over populations: row responds, column is driven; null without a linearization, and where a
    direction integrates."""

    runaway: float
    """When a run from rest ran away, in the unit of time; null if it did not."""

    sign_changes: list[SignChange]
    """Responses whose sign such a condition changes."""

    stable_fixed_points: int
    """Number of stable ones."""

    state: VerdictState
    """Whether there is an operating point to linearize about, and whether it is stable."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class VerdictCertainty(Answer):
    """How certain the verdict is, given the standard errors of the circuit's parameters; by sampling, see the question
    on uncertainty."""

    main_cause: UncertaintyCause | None
    """The parameter with most of the first-order variance of the first of these responses; null without one."""

    probability_isn: SampledProbability
    """That it is stable and the circuit an ISN."""

    probability_paradoxical: list[ProbabilityOfParadox]
    """That it is stable and the response paradoxical, for each population whose response is paradoxical at the
    parameters as given."""

    probability_stable: SampledProbability
    """That the operating point is there and stable."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class WeightBlock(Answer):
    """The weights to one population from another, in the unit of weight. Self-connections count in the totals only, if
    the population has several units."""

    density: float
    """Share of the possible connections that are there, from 0 to 1."""

    from_: str
    """Name of the sending population."""

    in_degree: float
    """Number of connections that one receiver has, on average."""

    in_degree_sd: float
    """Standard deviation of that over receivers."""

    mean: float
    """Mean of all entries, absent connections included."""

    strength: float
    """Mean of the connections that are there; 0 if there is none."""

    strength_sd: float
    """Standard deviation of those."""

    to: str
    """Name of the receiving population."""

    total: float
    """Total weight that one receiver gets from the population, on average."""

    total_sd: float
    """Standard deviation of that over receivers."""

    variance: float
    """Variance of all entries, absent connections included; in the unit of weight squared."""


BranchEndKind = Literal['reached', 'loses_stability', 'vanishes']
"""How a fixed point that is followed ends."""
ChangeDistance = Literal['value', 'input_width']
"""What the distance of a change is measured in."""
CompletenessWord = Literal['proved', 'exact', 'audited', 'sampled']
"""How complete a list is."""
ComponentKind = Literal['isolated', 'hebbian', 'balanced', 'oscillating', 'weak', 'integrating', 'unstable']
"""What a component does at the operating point."""
CycleEndKind = Literal['hopf', 'kink', 'snic', 'homoclinic', 'saddle_focus', 'lower_edge', 'upper_edge', 'closed', 'unfinished', 'budget', 'long_period']
"""How a branch of limit cycles ends."""
DiagramCriticality = Literal['supercritical', 'subcritical']
"""Whether what is born takes over."""
DiagramEndKind = Literal['lower_edge', 'upper_edge', 'closed', 'crossing', 'runaway', 'unfinished', 'budget']
"""How a branch ends."""
DiagramPointKind = Literal['fold', 'hopf', 'transcritical', 'pitchfork', 'degenerate', 'line', 'kink_fold', 'kink_hopf', 'kink_crossing', 'kink', 'unresolved', 'cycle_fold', 'period_doubling', 'torus', 'cycle_crossing', 'cycle_unresolved']
"""Kinds of special points."""
DiagramRemark = Literal['noise_ignored', 'stimuli_ignored', 'weights_drawn', 'linear', 'stability_only', 'no_cycles', 'no_steady_state', 'ring']
"""What a reader should know about the circuit of a diagram."""
DiagramSide = Literal['below', 'above']
"""A side of a value of the parameter."""
NonModeSource = Literal['initial', 'input', 'others']
"""A source of a mode's activity that is no single mode."""
FeedingSource = list[int] | NonModeSource
"""Where a part of a mode's activity came from."""
FixedPointMultiplicity = Literal['one', 'double', 'triple', 'line']
"""How many fixed points there are where one is listed."""
FixedPointStability = Literal['stable', 'unstable', 'marginal']
"""Whether a fixed point attracts."""
Fluctuations = StationaryFluctuations | NoFluctuations
"""What noise in the inputs becomes, in the linearized circuit."""
InhibitionStabilization = Literal['stabilized', 'not_needed', 'marginal', 'circuit_unstable', 'circuit_marginal', 'no_such_cells']
"""Whether inhibition stabilizes excitation."""
ListCompleteness = Literal['sampled', 'index_fails', 'all_but', 'proved', 'exact']
"""What is known of the completeness of a list of fixed points."""
ManifoldEnd = Literal['window', 'fixed_point', 'cycle', 'unfinished']
"""What is at the other end of a manifold."""
MapCurveEnd = Literal['edge', 'closed', 'bogdanov_takens', 'kink', 'runaway', 'unfinished', 'budget']
"""How a curve ends."""
MapCurveKind = Literal['fold', 'hopf']
"""Kinds of curves."""
MapPointKind = Literal['bogdanov_takens', 'cusp', 'generalized_hopf', 'zero_hopf', 'hopf_hopf']
"""Kinds of points of codimension 2."""
MapRegionKind = Literal['steady', 'bistable', 'multistable', 'oscillating', 'oscillating_or_steady', 'runs_away', 'steady_or_runs_away', 'undecided']
"""What a circuit does in a region."""
NearestChangeKind = Literal['fold', 'hopf', 'transcritical', 'pitchfork', 'degenerate', 'kink', 'runaway', 'unresolved']
"""What happens to an operating point."""
NoiseKind = Literal['white', 'ou']
"""The color of noise."""
OscillationEvidence = Literal['cycle', 'no_other_way']
"""Why a circuit oscillates."""
PlanePointKind = Literal['stable_node', 'stable_focus', 'saddle', 'unstable_node', 'unstable_focus', 'stable', 'unstable', 'undecided']
"""Kinds of fixed points of two equations."""
RangeOrigin = Literal['given', 'grown', 'grown_to_limit']
"""Where a range comes from."""
RegimeKind = Literal['steady', 'bistable', 'multistable', 'oscillating', 'oscillating_or_steady', 'no_stable_state', 'no_steady_state']
"""What a circuit does in a regime."""
RunStatus = Literal['completed', 'settled', 'ran_away']
"""The way in which a run ended."""
SlowStateKind = Literal['adaptation', 'facilitation', 'depression', 'synapse']
"""What a slow state is."""
Uncertainty = SampledUncertainty | NoVerdicts
"""How sure the verdicts on responses are, given the standard errors of `[se]`."""
UndecidedReason = Literal['step_too_short', 'budget', 'not_followed']
"""Why a parameter was followed no further."""
VerdictState = Literal['stable', 'unstable', 'marginal', 'not_linear', 'no_stable_point']
"""Whether there is an operating point, and whether it is stable."""
