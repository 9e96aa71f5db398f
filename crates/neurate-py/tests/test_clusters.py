"""The scripts for clusters, run under stand-ins for their schedulers; Snakemake runs itself where it is installed."""

import filecmp
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SCRIPTS = ROOT / "examples" / "clusters"
# The scripts' grids take minutes: here they are 12 x 12, in 16 chunks.
SMALL = {":400'": ":12'", "ssn.zarr": "ssn.zarr --chunk 3x3"}


@pytest.fixture
def site(tmp_path):
    """A folder as users have it: the examples in it, and ``neurate`` on the path."""
    binary = os.environ.get("NEURATE")
    if not binary:
        pytest.skip("NEURATE does not name the binary")
    if shutil.which("bash") is None:
        pytest.skip("there is no bash")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "neurate").symlink_to(binary)
    (tmp_path / "examples" / "clusters").mkdir(parents=True)
    shutil.copy(ROOT / "examples" / "ssn.toml", tmp_path / "examples")
    for script in SCRIPTS.iterdir():
        text = script.read_text(encoding="utf-8")
        for old, new in SMALL.items():
            # Comments show commands, too.
            lines = [line if line.startswith("#") else line.replace(old, new) for line in text.splitlines()]
            assert lines != text.splitlines(), f"{script.name} lacks {old}"
            text = "\n".join(lines) + "\n"
        copy = tmp_path / "examples" / "clusters" / script.name
        copy.write_text(text, encoding="utf-8")
        copy.chmod(0o755)
    return tmp_path


def environment(site, **variables):
    known = ("SLURM_", "OMPI_", "PMI_", "PBS_", "SGE_", "LSB_")
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(known)}
    return {**inherited, "PATH": f"{site / 'bin'}{os.pathsep}{os.environ['PATH']}", **variables}


def run(site, command, **variables):
    return subprocess.run(command, cwd=site, env=environment(site, **variables), capture_output=True, text=True)


def numbers(text):
    """``1-3,7`` as Slurm reads it."""
    spans = [part.split("-") for part in text.split(",")]
    return [k for span in spans for k in range(int(span[0]), int(span[-1]) + 1)]


def sbatch(site, script, array=None):
    """Runs the tasks of a job array one after another, with the variables that Slurm sets. The count is that of the tasks which
    were submitted."""
    text = (site / script).read_text(encoding="utf-8")
    tasks = numbers(array or re.search(r"^#SBATCH --array=(\S+)$", text, re.M).group(1))
    cpus = re.search(r"^#SBATCH --cpus-per-task=(\d+)$", text, re.M).group(1)
    variables = {
        "SLURM_JOB_ID": "100",
        "SLURM_ARRAY_JOB_ID": "100",
        "SLURM_ARRAY_TASK_COUNT": str(len(tasks)),
        "SLURM_ARRAY_TASK_MIN": str(min(tasks)),
        "SLURM_ARRAY_TASK_MAX": str(max(tasks)),
        "SLURM_CPUS_PER_TASK": cpus,
    }
    return [run(site, ["bash", script], SLURM_ARRAY_TASK_ID=str(task), **variables) for task in tasks]


LAUNCHERS = {
    "Open MPI": ("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"),
    "MPICH": ("PMI_RANK", "PMI_SIZE"),
    "srun": ("SLURM_PROCID", "SLURM_NTASKS"),
}


def mpirun(site, script, size, launcher="Open MPI", ranks=None):
    """Runs the ranks of a job one after another; of those that are not in ``ranks`` it is as if they had been killed."""
    rank, of = LAUNCHERS[launcher]
    ranks = range(size) if ranks is None else ranks
    return [run(site, [f"./{script}"], **{rank: str(k), of: str(size)}) for k in ranks]


def alone(site, name, find):
    """The same sweep in one piece."""
    command = ["neurate", "sweep", "examples/ssn.toml", "--axis", "W.E<-E=0.2:1.6:12", "--axis", "h=1:40:12", "--chunk", "3x3"]
    found = run(site, [*command, *(x for f in find for x in ("--find", f)), "-q", "-o", name])
    assert found.returncode == 0, found.stderr
    return site / name


def assert_same_store(a, b):
    files = {str(p.relative_to(a)) for p in a.rglob("*") if p.is_file()}
    assert files == {str(p.relative_to(b)) for p in b.rglob("*") if p.is_file()}
    _, different, errors = filecmp.cmpfiles(a, b, files, shallow=False)
    assert not different and not errors


def fine(runs):
    for r in runs:
        assert r.returncode == 0, r.stderr
    return runs


def fewer(site, script, shards, now):
    """The script with fewer shards than would take a minute."""
    path = site / script
    text = path.read_text(encoding="utf-8")
    for old, new in ((f"shards={shards}\n", f"shards={now}\n"), (f"--array=1-{shards}\n", f"--array=1-{now}\n")):
        text = text.replace(old, new)
    assert f"shards={now}\n" in text
    path.write_text(text, encoding="utf-8")


def test_tasks_of_a_slurm_array_are_started_again(site):
    script = "examples/clusters/slurm.sh"
    fewer(site, script, 64, 8)
    # Tasks 3 and 7 were killed, one of them while it wrote.
    fine(sbatch(site, script, "1-2,4-6,8"))
    (site / "ssn.zarr" / "r" / ".part-0-00ff").write_bytes(b"half")
    second = fine(sbatch(site, script, "3,7"))
    assert "16 of 16 chunks" in second[-1].stdout
    assert_same_store(alone(site, "whole.zarr", ["fixed points", "isn", "paradoxical"]), site / "ssn.zarr")
    # The whole array once more has nothing to do, and changes nothing.
    fine(sbatch(site, script))
    assert_same_store(site / "whole.zarr", site / "ssn.zarr")


def test_another_number_of_shards_is_refused_while_some_are_missing(site):
    script = "examples/clusters/slurm.sh"
    fewer(site, script, 64, 8)
    fine(sbatch(site, script, "1"))
    fewer(site, script, 8, 4)
    (refused,) = sbatch(site, script, "2")
    assert refused.returncode == 2
    assert "shared out in 8 parts, and this is one of 4" in refused.stderr and "2/8" in refused.stderr
    # Without parts all that is missing is computed; then there is nothing left to share out.
    alone(site, "ssn.zarr", ["fixed points", "isn", "paradoxical"])
    fine(sbatch(site, script, "2"))
    assert not (site / "ssn.zarr" / "shards.json").exists()


@pytest.mark.parametrize("launcher", LAUNCHERS)
def test_ranks_of_mpi_share_the_shards_whatever_their_number(site, launcher):
    script = "examples/clusters/mpi.sh"
    fewer(site, script, 128, 7)
    fine(mpirun(site, script, 3, launcher, ranks=[0, 2]))
    fine(mpirun(site, script, 2, launcher))
    assert_same_store(alone(site, "whole.zarr", ["fixed points", "isn"]), site / "ssn.zarr")


@pytest.mark.parametrize("mistake", ["an axis", "a number", "a missing file", "a task beyond the shards", "no scheduler"])
def test_a_failed_command_leaves_no_store(site, mistake):
    script = "examples/clusters/slurm.sh"
    path = site / script
    text = path.read_text(encoding="utf-8")
    if mistake == "an axis":
        path.write_text(text.replace("W.E<-E=", "W.E<-X="), encoding="utf-8")
    elif mistake == "a number":
        path.write_text(text.replace("h=1:40", "h=1:forty"), encoding="utf-8")
    elif mistake == "a missing file":
        (site / "examples" / "ssn.toml").unlink()
    before = sorted(site.iterdir())
    if mistake == "no scheduler":
        (failed,) = [run(site, ["bash", script])]
        assert "start it by sbatch" in failed.stderr
    else:
        (failed,) = sbatch(site, script, "65" if mistake == "a task beyond the shards" else "3")
    assert failed.returncode != 0 and failed.stderr
    assert sorted(site.iterdir()) == before


def test_snakemake_goes_on(site):
    snakemake = shutil.which("snakemake") or shutil.which("snakemake", path=str(Path(sys.executable).parent))
    if snakemake is None:
        pytest.skip("snakemake is not installed (pip install snakemake)")
    command = [snakemake, "-c", "2", "-s", "examples/clusters/Snakefile"]
    killed = "ssn-shards/3.done"
    first = run(site, [*command, "--", *(f"ssn-shards/{k}.done" for k in range(1, 17) if k != 3)])
    assert first.returncode == 0, first.stderr
    assert not (site / killed).exists()
    # A chunk that is lost after its shard was through is computed as well.
    lost = next(p for p in sorted((site / "ssn.zarr" / "status" / "c").rglob("*")) if p.is_file())
    lost.unlink()
    second = run(site, command)
    assert second.returncode == 0, second.stderr
    assert_same_store(alone(site, "whole.zarr", ["fixed points", "isn"]), site / "ssn.zarr")
    # A command that fails leaves neither marker nor store.
    shutil.rmtree(site / "ssn.zarr")
    shutil.rmtree(site / "ssn-shards")
    (site / "examples" / "ssn.toml").unlink()
    assert run(site, [*command, "ssn-shards/1.done"]).returncode != 0
    assert not (site / "ssn.zarr").exists() and not (site / "ssn-shards" / "1.done").exists()
