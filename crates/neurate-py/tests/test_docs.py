"""Examples in docstrings run; stubs fit the module; notebooks of the guide run from top to bottom."""

import doctest
import importlib
import inspect
import pkgutil
import subprocess
import sys
from pathlib import Path

import neurate
import numpy as np
import pytest

ROOT = Path(__file__).parents[3]
MODULES = sorted(m.name for m in pkgutil.iter_modules(neurate.__path__) if m.name != "_neurate")
NAMES = {name: getattr(neurate, name) for name in neurate.__all__} | {"nr": neurate, "np": np}


@pytest.mark.parametrize("module", ["", *MODULES])
def test_examples(module):
    loaded = importlib.import_module(f"neurate.{module}" if module else "neurate")
    assert not doctest.testmod(loaded, extraglobs=NAMES).failed


def test_everything_public_is_documented_with_an_example():
    for name in neurate.__all__:
        thing = getattr(neurate, name)
        if name.startswith("__") or inspect.isclass(thing) and issubclass(thing, Exception):
            continue
        assert thing.__doc__, name
        # Results and parameters explain themselves field by field; what one calls shows how.
        if inspect.isfunction(thing) and name not in ("load", "open_sweep", "sweep_quantities"):
            assert ">>>" in thing.__doc__, name


@pytest.mark.parametrize(
    "command",
    [["mypy.stubtest", "neurate._neurate", "--ignore-disjoint-bases"], ["mypy", "--strict", "--no-warn-return-any", "-p", "neurate"]],
    ids=["stubs", "types"],
)
def test_types(command):
    pytest.importorskip("mypy")
    done = subprocess.run([sys.executable, "-m", *command], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


NOTEBOOKS = sorted((ROOT / "docs" / "guide" / "notebooks").glob("*.ipynb"))


def test_there_are_notebooks():
    assert len(NOTEBOOKS) >= 5


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_notebooks_run(path):
    nbformat = pytest.importorskip("nbformat")
    nbclient = pytest.importorskip("nbclient")
    notebook = nbformat.read(path, as_version=4)
    nbclient.NotebookClient(notebook, timeout=300, resources={"metadata": {"path": path.parent}}).execute()
