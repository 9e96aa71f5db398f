"""Rate models of neural circuits: what does this circuit do, and why.

>>> import neurate as nr
>>> net = nr.Circuit(W=[[30/7, -33/7], [30/7, -33/7]], tau=20, kinds="EI")
>>> lin = net.fixed_points().stable[0].linearize()
>>> float(lin.schur().W_FF[0, 1].round(9)), round(lin.amplification.max, 6), lin.isn, lin.paradoxical("I")
(9.0, 2.79328, True, True)
"""

import importlib

from ._circuit import Circuit, Population, load, loads, template
from ._diagram import Branch, Cycles, Diagram, DiagramAt
from ._ensemble import Ensemble
from ._fixed_points import FixedPoint, FixedPoints
from ._linear import (
    Amplification,
    Eigenmodes,
    Linearization,
    Normality,
    SchurModes,
    amplification,
    distance_to_instability,
    expm,
    kreiss_constant,
    lyapunov,
    modes,
    normality,
    numerical_range,
    pseudospectra,
    response,
    schur,
)
from ._neurate import ConvergenceError, NotSupportedError, __version__, sweep_quantities
from ._neurons import ricciardi
from ._phase_diagram import PhaseDiagram
from ._plane import PhasePlane
from ._report import Report, Section, questions
from ._recording import open_recording
from ._run import Run
from ._sweep import open_sweep
from ._transfer import LIF, Expression, Linear, Logistic, NakaRushton, Power, Tanh, ThresholdLinear, Transfer
from ._warnings import NeurateWarning

__all__ = [
    "Amplification",
    "Branch",
    "Circuit",
    "ConvergenceError",
    "Cycles",
    "Diagram",
    "DiagramAt",
    "Eigenmodes",
    "Ensemble",
    "Expression",
    "FixedPoint",
    "FixedPoints",
    "LIF",
    "Linear",
    "Linearization",
    "Logistic",
    "NakaRushton",
    "NeurateWarning",
    "Normality",
    "NotSupportedError",
    "PhaseDiagram",
    "PhasePlane",
    "Population",
    "Power",
    "Report",
    "Run",
    "SchurModes",
    "Section",
    "Tanh",
    "ThresholdLinear",
    "Transfer",
    "__version__",
    "amplification",
    "distance_to_instability",
    "expm",
    "kreiss_constant",
    "load",
    "loads",
    "lyapunov",
    "modes",
    "normality",
    "numerical_range",
    "open_recording",
    "open_sweep",
    "pseudospectra",
    "questions",
    "response",
    "ricciardi",
    "schur",
    "sweep_quantities",
    "template",
]


def __getattr__(name: str) -> object:
    if name == "answers":
        # Many classes, and few who name them.
        return importlib.import_module("neurate.answers")
    from ._words import missing

    raise missing(__name__, name, globals())
