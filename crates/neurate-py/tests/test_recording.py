"""Long runs on disk."""

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

import neurate as nr

pytest.importorskip("zarr")

TEXT = nr.template("ei") + '[noise]\nx = { to = "*", kind = "ou", sd = 1, time = 5 }\n'
RUN = dict(duration=10000, every=0.02, dt=0.02, seed=3, record=["E", "mean *"])


def test_a_recording_is_the_run(tmp_path):
    net = nr.loads(TEXT)
    seen = []
    ds = net.record(tmp_path / "run.zarr", 200, every=0.5, dt=0.1, seed=3, progress=lambda k, n: seen.append((k, n)))
    run = net.simulate(200, every=0.5, dt=0.1, seed=3)
    assert ds["state"].dims == ("time", "readout")
    assert np.array_equal(ds["state"].sel(readout="E"), run["r"].sel(unit="E"))
    assert np.array_equal(ds["time"], run["time"])
    assert ds["state"].attrs["units"] == "Hz" and ds["time"].attrs["units"] == "ms"
    assert seen[-1] == (401, 401)
    with pytest.raises(ValueError, match="another run"):
        net.record(tmp_path / "run.zarr", 200, every=0.5, dt=0.1, seed=4)
    net.sweep({"h": [0.0, 1.0]}, ["fixed points"], tmp_path / "sweep.zarr")
    with pytest.raises(ValueError, match="no recording"):
        nr.open_recording(tmp_path / "sweep.zarr")


def test_what_raises_stops_it_and_keeps_what_is_there(tmp_path):
    class Stop(Exception):
        pass

    def stop(row, rows):
        if row > 0.3 * rows:
            raise Stop

    net = nr.loads(TEXT)
    with pytest.raises(Stop):
        net.record(tmp_path / "run.zarr", **RUN, progress=stop)
    part = nr.open_recording(tmp_path / "run.zarr")["state"].values
    there = np.isfinite(part[:, 0]).sum()
    assert 0 < there < len(part)
    whole = net.record(tmp_path / "run.zarr", **RUN)["state"].values
    assert np.array_equal(whole[:there], part[:there]) and np.isfinite(whole).all()


def test_a_killed_recording_goes_on_to_the_same_bytes(tmp_path):
    def files(root):
        names = sorted(os.path.join(d, f) for d, _, fs in os.walk(root) for f in fs)
        return {os.path.relpath(n, root): open(n, "rb").read() for n in names}

    nr.loads(TEXT).record(tmp_path / "whole.zarr", **RUN)
    script = f"import neurate as nr\nnr.loads({TEXT!r}).record({str(tmp_path / 'cut.zarr')!r}, **{RUN!r})\n"
    for wait in (0.35, 0.5, 0.65, 0.8, 1.0):
        process = subprocess.Popen([sys.executable, "-c", script])
        time.sleep(wait)
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
    cut = {k: v for k, v in files(tmp_path / "cut.zarr").items() if ".part-" not in k}
    assert cut == files(tmp_path / "whole.zarr")


def test_a_runaway_ends_it(tmp_path):
    net = nr.loads('neurate = 1\n[populations]\nE = { tau = 10, h = 1 }\n[W]\n"E <- E" = 2\n')
    ds = net.record(tmp_path / "run.zarr", 1000, start="rest", every=1, method="exponential-euler")
    assert "passed" in ds.attrs["stopped"] and len(ds["time"]) < 1001 and np.isfinite(ds["state"]).all()
