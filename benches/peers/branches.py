"""Diagrams along one parameter beside AUTO-07p, on circuits whose bifurcations are known to fourteen digits.

AUTO is given what it needs to succeed: the equations in Fortran, a start at a steady state, a step that resolves the
window in a hundred, and a run for the cycles of each Hopf point that it reports. It stands at `auto-07p` (Debian's package, or
one's own). Ours is given the circuit file and the parameter.
"""

import json
import os
import resource
import shutil
import subprocess
import time

from . import ABSENT, PLACE, ROOT, Absent, in_turns, say_absent

CASES = ROOT / "crates" / "neurate" / "tests" / "data" / "bifurcation" / "equilibria.json"
OURS = ROOT / "target" / "release" / "neurate"
ROUNDS = 5


def cases(chosen):
    """Those in rate form without a refractory factor: what AUTO gets from the same template."""
    for case in json.loads(CASES.read_text()):
        model = case["model"]
        short = case["id"].split("_")[0]
        if model["form"] == "rate" and (not chosen or short in chosen):
            yield short, case


def number(x):
    """A number in Fortran's double precision, in brackets if it is negative."""
    text = repr(float(x))
    text = text.replace("e", "D") if "e" in text else text + "D0"
    return f"({text})" if x < 0 else text


def law(model, i, u):
    """f of unit i, in Fortran, of the input u."""
    f = model["transfer"]
    if f["type"] == "logistic":
        return f"1.D0/(1.D0+EXP(-{number(f['gain'][i])}*({u}-{number(f['threshold'][i])})))"
    return f"{number(f['k'][i])}*MAX({u},0.D0)**{number(f['n'][i])}"


def inputs(case):
    """The constant input of each unit, as Fortran of the parameter P."""
    model, parameter = case["model"], case["parameter"]
    h = [number(x) for x in model["h"]]
    if parameter == "c":
        return [f"({x}+{number(g)}*PAR(1))" for x, g in zip(h, model["g"])]
    moved = int(parameter[2:-1])
    return ["PAR(1)" if i == moved else x for i, x in enumerate(h)]


def rates(case, p):
    """The steady state with the lowest rates at a value of the parameter."""
    lowest = min(case["equilibria"], key=lambda e: abs(e["p"] - p))
    return min(lowest["points"], key=lambda point: sum(point["x"]))["x"]


def fortran(case):
    model = case["model"]
    n = len(model["tau"])
    field = []
    for i, h in enumerate(inputs(case)):
        u = "+".join([f"{number(model['W'][i][j])}*U({j + 1})" for j in range(n)] + [h])
        field.append(f"  F({i + 1}) = (-U({i + 1})+{law(model, i, f'({u})')})/{number(model['tau'][i])}")
    start = [f"  U({i + 1}) = {number(x)}" for i, x in enumerate(rates(case, case["range"][0]))]
    text = ["SUBROUTINE FUNC(NDIM,U,ICP,PAR,IJAC,F,DFDU,DFDP)", "  IMPLICIT NONE",
            "  INTEGER, INTENT(IN) :: NDIM, ICP(*), IJAC", "  DOUBLE PRECISION, INTENT(IN) :: U(NDIM), PAR(*)",
            "  DOUBLE PRECISION, INTENT(OUT) :: F(NDIM)",
            "  DOUBLE PRECISION, INTENT(INOUT) :: DFDU(NDIM,NDIM), DFDP(NDIM,*)", *field, "END SUBROUTINE FUNC",
            "SUBROUTINE STPNT(NDIM,U,PAR,T)", "  IMPLICIT NONE", "  INTEGER, INTENT(IN) :: NDIM",
            "  DOUBLE PRECISION, INTENT(INOUT) :: U(NDIM),PAR(*)", "  DOUBLE PRECISION, INTENT(IN) :: T",
            f"  PAR(1) = {number(case['range'][0])}", *start, "END SUBROUTINE STPNT"]
    text += [f"SUBROUTINE {name}\nEND SUBROUTINE {name}" for name in ("BCND", "ICND", "FOPT", "PVLS")]
    # Lines of free form may be 132 characters long.
    return "\n".join(line.replace("+(", "&\n    +(") if len(line) > 120 else line for line in text) + "\n"


def constants(case):
    low, high = map(float, case["range"])
    step = (high - low) / 100
    n = len(case["model"]["tau"])
    return (f"NDIM={n}, IPS=1, IRS=0, ILP=1\nICP=[1]\nNTST=40, NCOL=4, IAD=3, ISP=2, ISW=1, IPLT=0, NBC=0, NINT=0\n"
            f"NMX=4000, NPR=4000, MXBF=10, IID=0, ITMX=9, ITNW=7, NWTN=3, JAC=0\nEPSL=1e-7, EPSU=1e-7, EPSS=1e-5\n"
            f"DS={step / 10}, DSMIN={step * 1e-5}, DSMAX={step}, IADS=1\nUZSTOP={{1:[{low - step},{high}]}}\n")


SCRIPT = """
run_ = run(load('circuit'))
for k, point in enumerate(run_('HB')):
    cycles = run(point, IPS=2, ICP=[1, 11], NMX=400, UZSTOP={{11: {longest}, 1: [{low}, {high}]}})
with open('points.txt', 'w') as out:
    for kind in ('LP', 'HB'):
        for point in run_(kind):
            print(kind, repr(float(point.PAR(1))), file=out)
"""


def auto(folder, case):
    """Seconds of processor time and of the clock of AUTO's whole run, compiling left out after the first."""
    if not shutil.which("auto-07p"):
        raise Absent("not installed")
    low, high = map(float, case["range"])
    if not folder.exists():
        folder.mkdir(parents=True)
        (folder / "circuit.f90").write_text(fortran(case))
        (folder / "c.circuit").write_text(constants(case))
        longest = 200 * max(case["model"]["tau"])
        (folder / "run.auto").write_text(SCRIPT.format(longest=longest, low=low, high=high))
        timed(["auto-07p", "run.auto"], folder)
        if not (folder / "points.txt").exists():
            raise Absent("it wrote no points: it needs a Fortran compiler (gfortran)")
    return timed(["auto-07p", "run.auto"], folder)


def timed(command, folder):
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          env={**os.environ, "OMP_NUM_THREADS": "1"})
    clock, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in (0, 1):
        raise Absent(done.stdout.strip().splitlines()[-1] if done.stdout.strip() else f"exit code {done.returncode}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, clock


def circuit(case):
    """The case as a circuit file."""
    model, f = case["model"], case["model"]["transfer"]
    names = model["populations"]
    lines = ['neurate = 1', 'units = { input = "", rate = "Hz" }', "[populations]"]
    for i, name in enumerate(names):
        kind = (f'kind = "logistic", max = 1, width = {1 / f["gain"][i]!r}, midpoint = {f["threshold"][i]!r}'
                if f["type"] == "logistic" else f'kind = "power", k = {f["k"][i]!r}, n = {f["n"][i]!r}')
        lines.append(f'{name} = {{ tau = {model["tau"][i]}, h = {model["h"][i]}, f = {{ {kind} }} }}')
    lines += ["[W]", "default = 0"]
    lines += [f'"{to} <- {by}" = {model["W"][i][j]}' for i, to in enumerate(names) for j, by in enumerate(names)
              if model["W"][i][j]]
    return "\n".join(lines) + "\n"


def neurate(folder, case):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "circuit.toml").write_text(circuit(case))
    low, high = case["range"]
    names = case["model"]["populations"]
    if case["parameter"] == "c":
        gains = ",".join(f"{name}.h={g}" for name, g in zip(names, case["model"]["g"]))
        along = ["--along", f"drive={low}:{high}", "--drive", gains]
    else:
        along = ["--along", f"{names[int(case['parameter'][2:-1])]}.h={low}:{high}"]
    return timed([str(OURS), "diagram", "circuit.toml", *along, "--quiet", "-o", "points.json"], folder)


def found_by_auto(folder):
    points = [line.split() for line in (folder / "points.txt").read_text().splitlines()]
    return {"fold": [float(p) for kind, p in points if kind == "LP"], "hopf": [float(p) for kind, p in points if kind == "HB"]}


def found_by_us(folder):
    sections = json.loads((folder / "points.json").read_text())["sections"]
    points = next(s for s in sections if s["name"] == "diagram")["data"]["points"]
    return {kind: [p["p"] for p in points if p["kind"] == kind] for kind in ("fold", "hopf")}


def error(found, case):
    """How many of the known points were found, and the largest distance of one of them from what was."""
    known = [(kind, point["p"]) for kind, points in (("fold", case["folds"]), ("hopf", case["hopf"])) for point in points]
    low, high = case["range"]
    near = 0.01 * (high - low)
    distances = [min((abs(q - p) for q in found[kind]), default=float("inf")) for kind, p in known]
    hits = [d for d in distances if d < near]
    return f"{len(hits)} of {len(known)}", max(hits, default=0.0)


def branches(chosen):
    subprocess.run(["cargo", "build", "--release", "--quiet", "--locked", "-p", "neurate-cli"], cwd=ROOT, check=True)
    place = PLACE / "branches"
    shutil.rmtree(place, ignore_errors=True)
    print("Seconds of processor time (and of the clock) of the whole command, median of five; folds and Hopf points found; the largest error.")
    for short, case in cases(chosen):
        runs = {"neurate": lambda: neurate(place / "ours" / short, case), "AUTO-07p": lambda: auto(place / "auto" / short, case)}
        given = in_turns(runs, ROUNDS)
        for name, seconds in given.items():
            cpu, clock = (sorted(s[k] for s in seconds)[len(seconds) // 2] for k in (0, 1))
            found = found_by_us(place / "ours" / short) if name == "neurate" else found_by_auto(place / "auto" / short)
            count, worst = error(found, case)
            print(f"{short:4} {name:9} {cpu:7.3f} s ({clock:.3f})   {count}   {worst:.1e}")
        if ABSENT:
            say_absent()
