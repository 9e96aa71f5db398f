"""What takes more memory than there is, is refused before it is taken."""

import subprocess
import sys

import pytest

import neurate as nr


def test_a_run_of_too_many_rows_or_steps_is_refused():
    net = nr.loads(nr.template("ei"))
    with pytest.raises(nr.NotSupportedError, match="1000000000000000 recorded times take 24 PB of memory"):
        net.simulate("1e12 ms", every=0.001)
    with pytest.raises(ValueError, match="at most 1e12"):
        net.simulate("100 ms", dt=1e-300, method="rk4")
    with pytest.raises(nr.NotSupportedError, match="cells of a chunk"):
        net.sweep({"h": (0, 1, 10**6), "W.E<-E": (0, 1, 10**6)}, chunk=[10**6, 10**6])


def test_what_is_allowed_holds_for_the_process():
    script = """
import neurate as nr
net = nr.loads(nr.template("ei"))
try:
    net.simulate("100 ms", memory="1kB")
except nr.NotSupportedError as e:
    assert "400 recorded times take 9.6 kB" in str(e), e
else:
    raise AssertionError("it is more than 1 kB")
try:
    net.simulate("100 ms", memory="lots")
except ValueError as e:
    assert "no amount of memory" in str(e), e
else:
    raise AssertionError("that is no size")
assert net.simulate("100 ms", memory="1GB").rates.shape[0] == 401
"""
    run = subprocess.run([sys.executable, "-c", script], check=False, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
