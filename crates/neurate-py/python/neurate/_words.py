"""Words that have become others: the old one is an error that names the new one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

RENAMED = {
    "analyse": "analyze",
    "course": "time_course",
    "growth": "amplification",
    "linearise": "linearize",
    "stabilise": "stabilize",
}


class Renamed:
    """A class whose methods were renamed."""

    if not TYPE_CHECKING:  # a type checker knows what there is

        def __getattr__(self, name: str) -> Any:
            message = f"{type(self).__name__!r} object has no attribute {name!r}"
            new = RENAMED.get(name)
            if new is not None and hasattr(type(self), new):
                message += f"; it is called {new!r} now"
            raise AttributeError(message)


def missing(module: str, name: str, public: dict[str, Any]) -> AttributeError:
    """The error for a name that a module does not have."""
    new = RENAMED.get(name)
    hint = f"; it is called {new!r} now" if new in public else ""
    return AttributeError(f"module {module!r} has no attribute {name!r}{hint}")
