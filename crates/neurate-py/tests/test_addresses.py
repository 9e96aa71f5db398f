"""Parameters by address, seeds apart, arrays that are read-only, and computations that stop."""

import pathlib
import re
import subprocess
import sys
import textwrap
import time

import numpy as np
import pytest

import neurate as nr

W = np.array([[0.6, 0.2, -0.9], [0.3, 0.5, -0.7], [1.1, 0.9, -0.5]])


def net(**more):
    return nr.Circuit(W=W, tau=[20, 20, 10], h=5, kinds="EEI", f=nr.ThresholdLinear(), **more)


def test_circuits_from_arrays_have_addresses():
    params = net().params()
    assert float(params["W.E<-I"]) == pytest.approx(-0.8) and float(params["W.I<-E"]) == pytest.approx(2.0)
    # A block is scaled to its mean total; an entry is set.
    changed = net().set({"W.E<-E": 1.6, "W[2,1]": 0.25})
    np.testing.assert_allclose(changed.W[:2, :2], W[:2, :2] * 2)
    assert changed.W[2, 1] == 0.25 and net().W[2, 1] == 0.9
    for bad, why in (({"W.E<-I": 1}, "inhibitory"), ({"W[3,0]": 1}, "3 units"), ({"W.X<-E": 1}, "no such parameter")):
        with pytest.raises(ValueError, match=why):
            net().set(bad)


def test_sweeps_and_ensembles_vary_arrays(tmp_path):
    values = np.array([0.4, 0.8, 1.2])
    sw = net().sweep({"W.I<-E": values}, find=["fixed points"], out=tmp_path / "s.zarr", threads=1)
    settled = net().ensemble({"W.I<-E": values}).steady_states()
    for k, w in enumerate(values):
        alone = net().set({"W.I<-E": w}).fixed_points().stable[0]
        np.testing.assert_allclose(sw["r"].values[k], [alone.r[:2].mean(), alone.r[2]], rtol=1e-9)
        np.testing.assert_allclose(settled["r"].values[k], alone.r, rtol=1e-6)


def test_another_noise_leaves_drawn_weights():
    text = nr.template("random") + "\n[noise]\nx = { to = '*', kind = 'ou', time = 5, sd = 1 }\n"
    circuit = nr.loads(text)
    one, two = (circuit.simulate(20, seed=s, every=5) for s in (1, 2))
    assert one.attrs["seed"] == 1 and not one["r"].equals(two["r"])
    np.testing.assert_array_equal(circuit.set({"run.seed": 9}).W, circuit.W)
    assert not np.array_equal(circuit.set({"seed": 9}).W, circuit.W)
    assert circuit.set({"run.seed": 1}).simulate(20, every=5)["r"].equals(one["r"])


def test_a_start_that_is_not_possible_is_an_error():
    unstable = nr.Circuit(W=[[3.0]], tau=10, h=1, kinds="E")
    with pytest.raises(ValueError, match="no stable fixed point"):
        unstable.simulate(5, start="fixed point")
    with pytest.raises(ValueError, match="there is no fixed point 7"):
        net().simulate(5, start="fixed point", at=7)
    with pytest.raises(IndexError, match="none of the 1 fixed points found is stable"):
        unstable.fixed_points().stable[0]


def test_a_run_from_rest_searches_no_fixed_points():
    # Of 1,200 units the search takes minutes, a hundred steps do not.
    n = 1200
    w = np.random.default_rng(1).normal(0, 1.2 / np.sqrt(n), (n, n))
    big = nr.Circuit(W=w, tau=20, f="tanh", kinds="U" * n)
    begin = time.process_time()
    big.simulate(10, dt=0.1, every=5, method="exponential-euler", start="rest")
    assert time.process_time() - begin < 10


def test_what_a_circuit_hands_out_is_read_only():
    for array in (net().W, net().tau, net().h):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0
    free = net().W.copy()
    free[0, 0] = 99


def test_doors():
    a = W - np.eye(3)
    with pytest.raises(ValueError, match="output has shape"):
        nr.amplification(a, output=np.ones((2, 2)))
    for tau in (np.nan, -1, 0):
        with pytest.raises(ValueError, match="time constant"):
            nr.modes(W, tau=tau)
    assert net(title="bell \x07 and \x7f").title == "bell \x07 and \x7f"


def test_old_words_name_the_new_ones():
    with pytest.raises(AttributeError, match="analyze"):
        net().analyse("noise")
    with pytest.raises(AttributeError, match="time_course"):
        net().fixed_points().stable[0].linearize().course
    with pytest.raises(ValueError, match="amplification"):
        net().analyze("growth")
    with pytest.raises(AttributeError, match="amplification"):
        nr.growth


def test_ctrl_c_returns_at_once():
    script = textwrap.dedent(
        """
        import os, signal, threading, time, numpy as np, neurate as nr
        w = np.random.default_rng(1).normal(0, 0.9 / 22, (500, 500))
        net = nr.Circuit(W=w, tau=20, f="tanh", kinds="U" * 500)
        for f in (net.fixed_points, lambda: net.simulate(1e6, dt=0.05, every=1e5, method="rk4", start="rest")):
            threading.Timer(0.4, os.kill, (os.getpid(), signal.SIGINT)).start()
            begin = time.monotonic()
            try:
                f()
                print("finished", time.monotonic() - begin)
            except KeyboardInterrupt:
                print("stopped", time.monotonic() - begin - 0.4)
        """
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120, check=True)
    stops = [line.split() for line in done.stdout.splitlines()]
    assert len(stops) == 2 and all(word == "stopped" and float(late) < 1.0 for word, late in stops), done.stdout


def test_errors_speak_python():
    """What the library says to the command line's users is put into Python's words."""
    here = pathlib.Path(__file__).parents[2]
    phrases = re.findall(r'\(\s*"((?:[^"\\]|\\.)*)",\s*"(?:[^"\\]|\\.)*",?\s*\)', (here / "neurate-py/src/error.rs").read_text())
    assert len(phrases) >= 10
    missing = []
    for path in (here / "neurate/src").rglob("*.rs"):
        if {"narrate", "draw", "html"} & set(path.parts):
            continue
        code = path.read_text().split("#[cfg(test)]")[0]
        for line in code.splitlines():
            text = line.strip()
            spoken = re.findall(r'"((?:[^"\\]|\\.)*(?:--[a-z]|`neurate )(?:[^"\\]|\\.)*)"', text)
            if text.startswith("//") or not spoken or ".contains(" in text or "const CHANGE" in text:
                continue
            missing += [f"{path.name}: {s}" for s in spoken if not any(p in s for p in phrases)]
    assert not missing, missing
    unstable = nr.Circuit(W=[[2.0]], tau=20, h=1, kinds="E")
    net = nr.loads(nr.template("ei"))
    for wrong in (
        lambda: net.set({"W.E<-X": 1}),
        lambda: net.set({"populations.E.tua": 1}),
        lambda: unstable.ask("linearization"),
        lambda: net.ask("response", perturb=["X:0.3"]),
        lambda: net.ask("amplification", from_="X"),
        lambda: nr.loads(""),
        lambda: net.diagram("drive", (0, 1)),
        lambda: net.diagram("E.x", (0, 1)),
        lambda: net.ask("diagram"),
        lambda: net.ask("regime_map"),
        lambda: net.phase_diagram("E.h", (0, 1), "E.h", (0, 1)),
    ):
        with pytest.raises((ValueError, NotImplementedError)) as e:
            wrong()
        assert not re.search(r"--[a-z]|`neurate", str(e.value)), str(e.value)
