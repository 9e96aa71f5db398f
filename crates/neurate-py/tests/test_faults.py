"""Every operation on the disk fails in turn: files are old or new, recordings and sweeps go on."""

import os
import subprocess
import sys

import pytest

REPORT = """
import sys, neurate as nr
nr.loads(nr.template("ei")).report().save(sys.argv[1])
"""
RECORD = """
import sys, neurate as nr
nr.loads(nr.template("ei")).record(sys.argv[1], "50 ms", every=1)
"""


def run(code, path, fault=None):
    """Whether the fault came, and how the program ended."""
    env = dict(os.environ, **({"NEURATE_DISK_FAULT": fault} if fault else {}))
    done = subprocess.run([sys.executable, "-c", code, str(path)], env=env, capture_output=True, text=True, timeout=300)
    return "fault on purpose" in done.stderr, done


@pytest.fixture(scope="module", autouse=True)
def faults(tmp_path_factory):
    path = tmp_path_factory.mktemp("faults") / "ei.json"
    if not run(REPORT, path, "error@1")[0]:
        pytest.skip("this build makes no faults on purpose: it has no debug assertions")


@pytest.mark.parametrize("kind", ["full", "kill"])
def test_a_report_is_the_old_one_or_the_new_one(tmp_path, kind):
    path = tmp_path / "ei.json"
    assert run(REPORT, path)[1].returncode == 0
    new = path.read_bytes()
    for k in range(1, 100):
        path.write_bytes(b"old")
        fired, done = run(REPORT, path, f"{kind}@{k}")
        assert path.read_bytes() in (b"old", new)
        if not fired:
            assert done.returncode == 0 and k == 7
            break
        assert done.returncode != 0
        if kind == "full":
            assert "OSError" in done.stderr and "ei.json cannot be written" in done.stderr
            assert os.listdir(tmp_path) == ["ei.json"]


def test_a_recording_goes_on(tmp_path):
    def contents(root):
        return {p.relative_to(root): p.read_bytes() for p in root.rglob("*") if p.is_file() and ".part-" not in p.name}

    whole = tmp_path / "whole.zarr"
    assert run(RECORD, whole)[1].returncode == 0
    # Each left where another kind of operation comes.
    for k in [2, 9, 16, 23, 30]:
        path = tmp_path / f"{k}.zarr"
        fired, done = run(RECORD, path, f"kill@{k}")
        assert fired and done.returncode != 0
        assert run(RECORD, path)[1].returncode == 0
        assert contents(path) == contents(whole)
