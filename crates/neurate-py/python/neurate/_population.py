"""What a circuit says of its populations."""

from __future__ import annotations

from typing import NamedTuple


class Population(NamedTuple):
    """A population of a circuit."""

    name: str
    kind: str
    """``excitatory``, ``inhibitory`` or ``unconstrained``."""
    size: int
    tau: tuple[float, float]
    """Smallest and largest time constant of its units."""
    transfer: str
    """The word for its transfer function."""
    equation: str
    """The transfer function's equation."""
    label: str
    """What people read in the place of its name, where it is shown: the name, if it has no label."""
