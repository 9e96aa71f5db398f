import matplotlib

matplotlib.use("Agg")

import neurate
import numpy as np
import pytest


@pytest.fixture(autouse=True)
def names_of_examples(doctest_namespace):
    """What the examples in docstrings take for granted."""
    doctest_namespace.update({name: getattr(neurate, name) for name in neurate.__all__}, nr=neurate, np=np)
