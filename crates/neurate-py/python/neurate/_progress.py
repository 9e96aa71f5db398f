"""Progress bars: in terminals and notebooks, for what takes longer than half a second."""

from __future__ import annotations

import contextlib
import importlib
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from typing import Any, TextIO

PATIENCE = 0.5
"""Seconds before a bar appears."""
PAUSE = 0.1
"""Seconds between two pictures of it."""
WIDTH = 30


def watched() -> bool:
    """Whether somebody looks at what is written to stderr: in a terminal or a notebook."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None and hasattr(ipython, "get_ipython") else None
    if shell is not None and hasattr(shell, "kernel"):
        return True
    return sys.stderr is not None and hasattr(sys.stderr, "isatty") and sys.stderr.isatty()


class Bar:
    """A bar of its own, where tqdm is not installed."""

    def __init__(self, label: str, file: TextIO) -> None:
        self._label = label
        self._file = file
        self._began = time.monotonic()
        self._length = 0

    def show(self, share: float) -> None:
        """Draws it."""
        done = round(share * WIDTH)
        spent = time.monotonic() - self._began
        left = f", {spent * (1.0 - share) / share:.0f} s left" if share > 0.01 else ""
        self._write(f"{self._label} [{'#' * done}{'.' * (WIDTH - done)}] {100 * share:.0f} %{left}")

    def close(self) -> None:
        """Takes it away."""
        self._write("")
        self._file.write("\r")
        self._file.flush()

    def _write(self, text: str) -> None:
        self._file.write("\r" + text.ljust(self._length))
        self._file.flush()
        self._length = len(text)


class TqdmBar:
    """A bar of tqdm."""

    def __init__(self, label: str, tqdm: Any) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self._bar = tqdm(total=1.0, desc=label, leave=False, bar_format="{l_bar}{bar}| {elapsed}<{remaining}")

    def show(self, share: float) -> None:
        """Draws it."""
        self._bar.update(share - self._bar.n)

    def close(self) -> None:
        """Takes it away."""
        self._bar.close()


def _bar(label: str) -> Bar | TqdmBar:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tqdm = importlib.import_module("tqdm.auto").tqdm
    except ImportError:
        return Bar(label, sys.stderr)
    return TqdmBar(label, tqdm)


class Listener:
    """What the library calls with how far it is: a share, or what is done and of how many."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._began = time.monotonic()
        self._last = 0.0
        self._bar: Bar | TqdmBar | None = None

    def __call__(self, *done: Any) -> None:
        share = float(done[0]) if len(done) == 1 else float(done[-2]) / max(float(done[-1]), 1.0)
        now = time.monotonic()
        if now - self._began < PATIENCE or now - self._last < PAUSE:
            return
        self._last = now
        if self._bar is None:
            self._bar = _bar(self._label)
        self._bar.show(min(max(share, 0.0), 1.0))

    def close(self) -> None:
        """Takes the bar away, if there is one."""
        if self._bar is not None:
            self._bar.close()


@contextlib.contextmanager
def bar(progress: Callable[..., object] | bool | None, label: str) -> Iterator[Callable[..., object] | None]:
    """Whom the library reports to: the user's own function; a bar for True, and for None where somebody looks; nobody for
    False."""
    if callable(progress):
        yield progress
        return
    if progress is False or (progress is None and not watched()):
        yield None
        return
    listener = Listener(label)
    try:
        yield listener
    finally:
        listener.close()
