"""Warnings: what a careful reader would want to look at, as Python warns."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Iterable

_HERE = os.path.dirname(os.path.abspath(__file__))


class NeurateWarning(UserWarning):
    """Something in a circuit that is allowed and may be a slip: a time constant of 0.02 ms, rows that were reordered.

    ``warnings.filterwarnings("error", category=neurate.NeurateWarning)`` makes each an error; ``"ignore"`` silences them.
    """


def warn(message: str) -> None:
    """Warns on the line of the caller's own code, however deep it is called from within the package."""
    depth = 2
    frame = sys._getframe(1)
    while frame.f_back is not None and os.path.dirname(os.path.abspath(frame.f_code.co_filename)) == _HERE:
        frame = frame.f_back
        depth += 1
    warnings.warn(message, NeurateWarning, stacklevel=depth)


def warn_of(messages: Iterable[str], known: Iterable[str] = ()) -> None:
    """Warns of each that is not known yet."""
    already = set(known)
    for message in messages:
        if message not in already:
            warn(message)
