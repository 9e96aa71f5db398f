"""Packages that are needed only where they are used."""

from __future__ import annotations

import importlib
from typing import Any


def need(module: str, why: str) -> Any:
    """The module, or an error that says how to get it."""
    try:
        return importlib.import_module(module)
    except ImportError as e:
        package = module.split(".")[0]
        raise ImportError(f"{why}, which needs {package}: pip install {package}") from e
