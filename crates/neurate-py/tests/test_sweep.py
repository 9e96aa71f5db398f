"""Sweeps: killed and resumed, shared out, read by others."""

import concurrent.futures
import filecmp
import multiprocessing
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import neurate as nr
import numpy as np
import pytest
import xarray as xr

AXES = {"W.E<-E": (0.4, 1.6, 12), "h": (2.0, 30.0, 10)}
FIND = ["fixed points", "isn", "paradoxical", "response", "amplification", "normality", "stability"]
OPTIONS = dict(find=FIND, chunk=[3, 2], starts=10)


@pytest.fixture(scope="module")
def ssn():
    return nr.loads(nr.template("ssn"))


@pytest.fixture(scope="module")
def whole(ssn, tmp_path_factory):
    path = tmp_path_factory.mktemp("sweep") / "whole.zarr"
    ssn.sweep(AXES, out=path, threads=2, **OPTIONS)
    return path


def files(root):
    return {str(p.relative_to(root)) for p in Path(root).rglob("*") if p.is_file()}


def assert_same_store(a, b):
    assert files(a) == files(b)
    _, different, errors = filecmp.cmpfiles(a, b, files(a), shallow=False)
    assert not different and not errors


def test_cells_are_what_circuits_give(ssn, whole):
    sw = nr.open_sweep(whole)
    assert dict(sw.sizes) == {"W_E_from_E": 12, "h": 10, "population": 2, "point": 5, "input_to": 2}
    assert sw["r"].attrs["units"] == "Hz" and sw["amplification_time"].attrs["units"] == "ms"
    assert set(np.unique(sw.nr.status())) <= {"stable", "several stable", "none stable", "ran away"}
    rng = np.random.default_rng(0)
    for i, j in zip(rng.integers(0, 12, 6), rng.integers(0, 10, 6)):
        cell = sw.isel(W_E_from_E=i, h=j)
        net = ssn.set({"W.E<-E": float(cell.W_E_from_E), "h": float(cell.h)})
        point = net.fixed_points(starts=10).operating
        if point is None:
            assert np.isnan(cell["r"]).all()
            continue
        np.testing.assert_array_equal(cell["r"].values, point.r)
        lin = point.linearize()
        assert {1: True, 0: False, -1: None}[int(cell["isn"])] == lin.isn
        assert {1: True, 0: False, -1: None}[int(cell["paradoxical"].sel(population="I"))] == lin.paradoxical("I")
        if point.stable:
            np.testing.assert_array_equal(cell["response"].values, lin.verdicts["response"])
            assert float(cell["amplification"]) == lin.amplification.max


def test_axes_are_attributes_and_keywords(whole):
    sw = nr.open_sweep(whole)
    np.testing.assert_allclose(sw.W_E_from_E, np.linspace(0.4, 1.6, 12))
    np.testing.assert_allclose(sw.h, np.linspace(2, 30, 10))
    assert sw.W_E_from_E.attrs["address"] == "W.E<-E"
    assert sw.isn.sel(W_E_from_E=1.6, h=30).item() == sw.isn[-1, -1].item()
    # Names and values are those that xarray alone finds.
    assert xr.open_zarr(whole)["r"].dims == sw["r"].dims


def test_xarray_alone_reads_it(whole):
    ds = xr.open_zarr(whole)
    assert ds["isn"].dims == ("W_E_from_E", "h")
    assert ds["W_E_from_E"].attrs["address"] == "W.E<-E"
    np.testing.assert_allclose(ds["h"].values, np.linspace(2, 30, 10))
    assert "[populations" in ds.attrs["neurate"]["circuit"]
    ds.load()


WORKER = """
import sys, neurate as nr
net = nr.loads(nr.template("ssn"))
net.sweep({axes!r}, out=sys.argv[1], threads=2, **{options!r})
"""


def test_killed_ten_times_it_loses_nothing(whole, tmp_path):
    path = tmp_path / "killed.zarr"
    code = WORKER.format(axes=AXES, options=OPTIONS)
    rng = random.Random(4)
    finished = set()
    for _ in range(10):
        process = subprocess.Popen([sys.executable, "-c", code, path])
        time.sleep(0.25 + 0.5 * rng.random())
        process.send_signal(signal.SIGKILL)
        process.wait()
        status = path / "status" / "c"
        now = files(status) if status.exists() else set()
        now = {f for f in now if ".part-" not in f}
        assert finished <= now, "a finished chunk is lost"
        for f in finished:
            assert (status / f).read_bytes() == (whole / "status" / "c" / f).read_bytes()
        finished = now
    subprocess.run([sys.executable, "-c", code, path], check=True)
    # What was being written when the process was killed is gone, too.
    assert_same_store(whole, path)


def test_shards_are_the_same_store(ssn, whole, tmp_path):
    for k in (2, 1):
        ssn.sweep(AXES, out=tmp_path / "s.zarr", shard=(k, 2), threads=1, **OPTIONS)
    assert_same_store(whole, tmp_path / "s.zarr")


def test_shards_of_another_number_are_refused(ssn, whole, tmp_path):
    ssn.sweep(AXES, out=tmp_path / "s.zarr", shard=(1, 3), threads=1, **OPTIONS)
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        for executor in (None, pool):
            with pytest.raises(ValueError, match="in 3 parts, and this is one of 2(.|\n)*2/3"):
                ssn.sweep(AXES, out=tmp_path / "s.zarr", shard=(2, 2), executor=executor, **OPTIONS)
        ssn.sweep(AXES, out=tmp_path / "s.zarr", shard=(2, 3), executor=pool, **OPTIONS)
        ssn.sweep(AXES, out=tmp_path / "s.zarr", shard=(3, 3), executor=pool, **OPTIONS)
    assert_same_store(whole, tmp_path / "s.zarr")


@pytest.mark.parametrize("wrong", [dict(shard=(7, 2)), dict(find=["isnt"]), dict(chunk=[1]), dict(axes={"W.E<-X": [1.0]})])
def test_a_mistake_leaves_no_store(ssn, tmp_path, wrong):
    with pytest.raises(ValueError):
        ssn.sweep(**{"axes": AXES, "out": tmp_path / "s.zarr", **OPTIONS, **wrong})
    assert not any(tmp_path.iterdir())


def test_what_killed_workers_did_not_finish_is_computed_again(ssn, whole, tmp_path):
    path = tmp_path / "pool.zarr"
    spawn = multiprocessing.get_context("spawn")
    workers = []

    def kill(done, of):
        if done == 2:
            os.kill(workers[0], signal.SIGKILL)

    with concurrent.futures.ProcessPoolExecutor(2, mp_context=spawn) as pool:
        workers += {pool.submit(os.getpid).result() for _ in range(4)}
        with pytest.raises(concurrent.futures.process.BrokenProcessPool):
            ssn.sweep(AXES, out=path, executor=pool, progress=kill, **OPTIONS)
    (path / "r" / ".part-0-00ff").write_bytes(b"half")
    with concurrent.futures.ProcessPoolExecutor(2, mp_context=spawn) as pool:
        ssn.sweep(AXES, out=path, executor=pool, **OPTIONS)
    assert_same_store(whole, path)


def test_executors_are_the_same_store(ssn, whole, tmp_path):
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        ssn.sweep(AXES, out=tmp_path / "threads.zarr", executor=pool, **OPTIONS)
    assert_same_store(whole, tmp_path / "threads.zarr")


@pytest.mark.parametrize("by_executor", [False, True])
def test_lost_chunks_are_computed_again(ssn, whole, tmp_path, by_executor):
    path = tmp_path / "lost.zarr"
    shutil.copytree(whole, path)
    chunks = [p for p in sorted(path.glob("*/c/**/*")) if p.is_file()]
    status = [p for p in chunks if "status" in p.parts]
    for p in (status[0], status[-1]):
        p.unlink()
    residual = [p for p in chunks if "residual" in p.parts]
    residual[3].unlink()
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        with pytest.warns(nr.NeurateWarning, match="residual.* is missing: the chunk was computed again"):
            ssn.sweep(AXES, out=path, executor=pool if by_executor else None, **OPTIONS)
    assert_same_store(whole, path)


@pytest.mark.parametrize("by_executor", [False, True])
def test_altered_chunks_are_computed_again(ssn, whole, tmp_path, by_executor):
    path = tmp_path / "altered.zarr"
    shutil.copytree(whole, path)
    chunk = next(p for p in sorted((path / "residual" / "c").rglob("*")) if p.is_file())
    altered = bytearray(chunk.read_bytes())
    altered[3] ^= 1
    chunk.write_bytes(altered)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        with pytest.warns(nr.NeurateWarning, match="residual.*checksum does not fit: the chunk was computed again"):
            ssn.sweep(AXES, out=path, executor=pool if by_executor else None, **OPTIONS)
    assert_same_store(whole, path)


def test_a_dask_cluster_is_the_same_store(ssn, whole, tmp_path):
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    ) as cluster, distributed.Client(cluster) as client:
        ssn.sweep(AXES, out=tmp_path / "dask.zarr", executor=client, **OPTIONS)
    assert_same_store(whole, tmp_path / "dask.zarr")


def test_another_circuit_is_refused(ssn, whole):
    with pytest.raises(ValueError, match="the changes by set"):
        ssn.set({"tau": 15}).sweep(AXES, out=whole, **OPTIONS)


def test_arrays_too(tmp_path):
    w = np.array([[1.25, -0.65], [1.2, -0.5]])
    make = lambda w: nr.Circuit(W=w, tau=[20, 10], f=nr.Power(k=0.04, n=2), h=5.0, kinds="EI")  # noqa: E731
    sw = make(w).sweep({"populations.E.h": [2.0, 5.0]}, find=["fixed points"], out=tmp_path / "a.zarr")
    np.testing.assert_array_equal(sw["r"][1], make(w).fixed_points().operating.r)
    with pytest.raises(ValueError, match="array"):
        make(w * 1.1).sweep({"populations.E.h": [2.0, 5.0]}, find=["fixed points"], out=tmp_path / "a.zarr")


def test_bad_cells_say_why(ssn):
    sw = ssn.sweep({"populations.I.tau": [0.0, 10.0]}, find=["isn"], starts=5)
    assert sw.nr.status().values.tolist() == ["error", "stable"]


def test_bad_cells_say_why_on_disk(ssn, tmp_path):
    sw = ssn.sweep({"populations.I.tau": [0.0, 10.0]}, find=["isn"], starts=5, out=tmp_path / "b.zarr")
    errors = sw.nr.errors()
    assert list(errors) == [(0.0,)] and "tau" in errors[(0.0,)]


def test_progress_may_stop_it(ssn, tmp_path):
    def stop(done, of):
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ssn.sweep(AXES, out=tmp_path / "p.zarr", threads=1, progress=stop, **OPTIONS)
    sw = nr.open_sweep(tmp_path / "p.zarr")
    assert 0 < int((sw["status"] > 0).sum()) < 120


def test_pictures(whole):
    sw = nr.open_sweep(whole)
    ax = sw.nr.plot("r", contour="isn", population="E")
    # The first axis to the right.
    assert "W.E<-E" in ax.get_xlabel() and "h" in ax.get_ylabel()
    line = sw.isel({"h": 3}).nr.plot("isn_index")
    assert line.get_ylabel().startswith("isn_index")
    # A value of an axis is picked by its name or by its address.
    # The nearest cell is taken, and named.
    for choice in ({"W_E_from_E": 1.6}, {"W.E<-E": 1.6}, {"W_E_from_E": 1.57}):
        ax = sw.nr.plot("isn_index", **choice)
        assert ax.get_xlabel() == "h" and ax.get_ylabel() == "isn_index (W.E<-E 1.6)"
    with pytest.raises(ValueError, match="no dimension 'tau'.*W_E_from_E"):
        sw.nr.plot("isn_index", tau=3)
    with pytest.raises(ValueError, match="W.E<-E runs from 0.4 to 1.6; 2 lies outside"):
        sw.nr.plot("isn_index", W_E_from_E=2)


def test_colors_of_a_map_show_most_of_it():
    from neurate._plots import color_scale

    _, _, extend = color_scale(np.linspace(1, 10, 100), False)
    assert extend == "neither"
    # A few runaway values of 450,000 Hz among tens.
    norm, _, extend = color_scale(np.r_[np.linspace(0, 60, 200), 4.5e5], False)
    assert norm(30) > 0.5 and extend == "both"
    norm, cmap, _ = color_scale(np.linspace(-1, 2, 50), False)
    assert norm(0) == 0.5 and cmap == "RdBu_r"


def test_no_line_crosses_a_jump():
    import matplotlib.pyplot as plt
    from neurate._plots import line_of_sweep

    _, ax = plt.subplots()
    y = np.r_[np.linspace(0, 1, 10), np.linspace(5, 6, 10)]
    states = np.full((5, 20), np.nan)
    states[0] = y
    states[1, 8:10] = 4.8
    line_of_sweep(ax, np.arange(20.0), y, states)
    lines = [line for line in ax.lines if line.get_linestyle() == "-"]
    assert [len(line.get_xdata()) for line in lines] == [10, 10]
    hollow = [line for line in ax.lines if line.get_markerfacecolor() == "white" and np.isfinite(line.get_ydata()).any()]
    assert len(hollow) == 1 and np.isfinite(hollow[0].get_ydata()).sum() == 2
    plt.close("all")


def test_axes_as_people_write_them(ssn):
    sw = ssn.sweep({"populations.E.tau": (10, 20, 3, "ms")}, find=["stability"], starts=5)
    assert sw["populations_E_tau"].values.tolist() == [10, 15, 20]
    for bad in ({"h": []}, {"h": [np.nan]}, {"W.E<-X": [1.0]}, {}):
        with pytest.raises(ValueError):
            ssn.sweep(bad, find=["isn"])


def test_the_command_line_goes_on_with_it(ssn, whole, tmp_path):
    """One store, two faces: what Python began, the command ends."""
    binary = os.environ.get("NEURATE")
    if not binary:
        pytest.skip("NEURATE does not name the binary")
    path = tmp_path / "both.zarr"
    ssn.sweep(AXES, out=path, shard=(1, 2), **OPTIONS)
    file = tmp_path / "text"
    file.write_text(nr.template("ssn"))
    axes = ["--axis", f"W.E<-E=0.4:1.6:12", "--axis", "h=2:30:10"]
    find = [a for f in FIND for a in ("--find", f)]
    subprocess.run([binary, "sweep", str(file), *axes, *find, "--chunk", "3x2", "--starts", "10", "-o", path, "-q"], check=True)
    assert_same_store(whole, path)
