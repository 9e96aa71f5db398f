"""Descriptions of circuits from arrays: one way in, so that arrays are checked as files are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ._transfer import Linear, Transfer

def read_only(a: NDArray[Any]) -> NDArray[Any]:
    """An array that a circuit hands out: to change it would change nothing, so that is an error."""
    a.flags.writeable = False
    return a


KINDS = {"E": "excitatory", "I": "inhibitory", "U": "unconstrained"}


def square(W: ArrayLike, name: str = "W") -> NDArray[np.float64]:
    """A square matrix of finite floats, or an error that says what is wrong with it."""
    if np.iscomplexobj(W):
        raise TypeError(f"{name} is complex; weights are real")
    try:
        w = np.asarray(W, dtype=float)
    except (TypeError, ValueError) as e:
        raise TypeError(f"{name} must be an array of real numbers: {e}") from None
    if w.ndim != 2 or w.shape[0] != w.shape[1] or w.size == 0:
        shape = " x ".join(map(str, w.shape)) or "a single number"
        raise ValueError(f"{name} is {shape}; weights among n units are a square matrix, {name}[to, from]")
    bad = np.argwhere(~np.isfinite(w))
    if len(bad):
        i, j = bad[0]
        raise ValueError(f"{name}[{i}, {j}] is {w[i, j]}: every weight must be finite ({len(bad)} are not)")
    return w


def populations(
    w: NDArray[np.float64], kinds: Any, names: Sequence[str] | None
) -> list[tuple[str, str, int]]:
    """Name, kind and size of each population, in the order of the units.

    With ``names``, every unit is a population. Otherwise neighbors of one kind are one, and without ``kinds`` the
    signs of the columns tell the kind.
    """
    n = len(w)
    if kinds is None:
        letters = _kinds_of_signs(w)
    elif isinstance(kinds, Mapping):
        # {"E": 80, "I": 20}
        sizes = [(str(name), int(size)) for name, size in kinds.items()]
        if sum(size for _, size in sizes) != n:
            raise ValueError(f"kinds gives {sum(s for _, s in sizes)} units, W has {n}")
        for name, _ in sizes:
            if name[:1] not in KINDS:
                raise ValueError(f"population {name!r}: its kind is read off its first letter, E, I or U")
        return [(name, KINDS[name[0]], size) for name, size in sizes]
    else:
        letters = [_letter(k) for k in kinds]
        if len(letters) != n:
            raise ValueError(f"kinds has {len(letters)} entries for {n} units; write \"EI\", or {{\"E\": 80, \"I\": 20}}")
    _check_signs(w, letters)
    if names is not None:
        if len(names) != n:
            raise ValueError(f"names has {len(names)} entries for {n} units")
        return [(str(name), KINDS[k], 1) for name, k in zip(names, letters)]
    runs: list[tuple[str, int]] = []
    for k in letters:
        if runs and runs[-1][0] == k:
            runs[-1] = (k, runs[-1][1] + 1)
        else:
            runs.append((k, 1))
    seen: dict[str, int] = {}
    result = []
    for k, size in runs:
        seen[k] = seen.get(k, 0) + 1
        base = "unit" if k == "U" else k
        result.append((base if seen[k] == 1 else f"{base}{seen[k]}", KINDS[k], size))
    return result


def _letter(kind: str) -> str:
    for letter, word in KINDS.items():
        if kind in (letter, word):
            return letter
    raise ValueError(f"there is no kind {kind!r}: \"E\" (excitatory), \"I\" (inhibitory), \"U\" (unconstrained)")


def _kinds_of_signs(w: NDArray[np.float64]) -> list[str]:
    """Excitatory columns before inhibitory ones: E and I; anything else: no declared kind."""
    positive, negative = (w > 0).any(axis=0), (w < 0).any(axis=0)
    if (positive & negative).any():
        return ["U"] * len(w)
    inhibitory = np.flatnonzero(negative)
    first = int(inhibitory[0]) if len(inhibitory) else len(w)
    if np.any(np.atleast_1d(positive)[first:]):
        return ["U"] * len(w)
    return ["E"] * first + ["I"] * (len(w) - first)


def _check_signs(w: NDArray[np.float64], letters: Sequence[str]) -> None:
    sign = np.array([{"E": 1.0, "I": -1.0, "U": 0.0}[k] for k in letters])
    if not sign.any():
        return
    wrong = _first_negative(w, sign[None, :])
    if wrong is None:
        return
    i, j = wrong
    hint = f"change the weight, or give unit {j} the kind \"U\""
    if _first_negative(w.T, sign[None, :]) is None:
        hint = "all signs are right in W.T: columns send here (W[to, from]); pass W.T if your rows send"
    raise ValueError(
        f"unit {j} is {KINDS[letters[j]]} but W[{i}, {j}], its weight onto unit {i}, is {w[i, j]:+g}\nhelp: {hint}"
    )


def _first_negative(w: NDArray[np.float64], sign: NDArray[np.float64]) -> tuple[int, int] | None:
    """The first entry of ``w * sign`` below zero; by rows, so that no second matrix is made."""
    step = max(1, 1 << 20 >> max(1, w.shape[1]).bit_length())
    for first in range(0, len(w), step):
        wrong = np.argwhere(w[first : first + step] * sign < 0)
        if len(wrong):
            return first + int(wrong[0][0]), int(wrong[0][1])
    return None


def per_population(value: Any, rows: list[tuple[str, str, int]], what: str) -> list[Any]:
    """A value for each population: one for all, one by name, or one for each unit."""
    if isinstance(value, Mapping):
        known = [name for name, _, _ in rows]
        for name in value:
            if name not in known:
                raise ValueError(f"{what}: there is no population {name!r}; there are {', '.join(known)}")
        missing = [name for name in known if name not in value]
        if missing:
            raise ValueError(f"{what} lacks {', '.join(missing)}")
        return [value[name] for name in known]
    if isinstance(value, (str, Transfer)) or np.ndim(value) == 0:
        return [value] * len(rows)
    if len(value) and isinstance(value[0], (str, Transfer)):
        if len(value) != len(rows):
            raise ValueError(f"{what} has {len(value)} entries for {len(rows)} populations")
        return list(value)
    values = np.asarray(value, dtype=float)
    n = sum(size for _, _, size in rows)
    if values.shape != (n,):
        raise ValueError(f"{what} has shape {values.shape}; it takes one number, a dict by population, or {n} numbers")
    split = np.split(values, np.cumsum([size for _, _, size in rows])[:-1])
    return [float(v[0]) if len(v) == 1 else v for v in split]


def description(
    w: NDArray[np.float64],
    rows: list[tuple[str, str, int]],
    *,
    tau: Any,
    f: Any,
    h: Any,
    sigma: Any,
    form: str,
    title: str,
    slow: Mapping[str, Mapping[str, Any]] | None = None,
    **tables: Mapping[str, Any] | None,
) -> dict[str, Any]:
    """The circuit with the keys of a circuit file; arrays stay arrays. ``tables`` are as there."""
    taus, hs = per_population(tau, rows, "tau"), per_population(h, rows, "h")
    fs = per_population(Linear() if f is None else f, rows, "f")
    sigmas = [None] * len(rows) if sigma is None else per_population(sigma, rows, "sigma")
    for name in slow or {}:
        if name not in [row[0] for row in rows]:
            raise ValueError(f"slow: there is no population {name!r}; there are {', '.join(row[0] for row in rows)}")
    populations: dict[str, Any] = {}
    for (name, kind, size), tau_, f_, h_, sigma_ in zip(rows, taus, fs, hs, sigmas):
        table: dict[str, Any] = {"kind": kind, "size": size, "tau": tau_, "f": f_, "h": h_}
        if sigma_ is not None:
            table["sigma"] = sigma_
        populations[name] = {**table, **(slow or {}).get(name, {})}
    return {
        "neurate": 1,
        "title": title,
        "form": form,
        "populations": populations,
        "W": {"file": w, "layout": "to_from"},
        **{key: table for key, table in tables.items() if table},
    }


def order_text(order: str | Sequence[int]) -> str:
    """The order of Schur modes as the command line writes it."""
    return order if isinstance(order, str) else ",".join(str(int(i)) for i in order)
