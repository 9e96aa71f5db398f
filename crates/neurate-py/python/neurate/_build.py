"""Descriptions of circuits from arrays: one way in, so that arrays are checked as files are."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _labels, _neurate
from ._labels import Triplets, listed, numbers
from ._transfer import Linear, Transfer, transfer
from ._warnings import warn

MAX_NAMED = 200
"""From more labels than this no populations are made."""
KINDS = {"E": "excitatory", "I": "inhibitory", "U": "unconstrained"}


def read_only(a: NDArray[Any]) -> NDArray[Any]:
    """An array that a circuit hands out: to change it would change nothing, so that is an error."""
    a.flags.writeable = False
    return a


@dataclass
class Weights:
    """Weights among units: ``W[to, from]``, and the units' names if the array has labels."""

    values: NDArray[np.float64] | Triplets
    labels: list[str] | None
    shown: dict[str, str] = field(default_factory=dict)
    """What people read for the populations that were named after labels, where the label is no name."""

    @property
    def n(self) -> int:
        """The number of units."""
        return self.values.shape[0]

    def put_in_order(self, names: Sequence[str]) -> None:
        """With the units in the order of these names."""
        if self.labels is not None:
            self.values = _labels.reordered(self.values, self.labels, names, "W")
            self.labels = [str(n) for n in names]

    def kinds(self, groups: list[list[int]] | None) -> list[str]:
        """The letter of the kind of each unit, or of each group of units, by the signs of the columns."""
        if isinstance(self.values, Triplets):
            w = self.values
            found = _neurate.kinds_of_triplets(self.n, w.rows, w.columns, w.values, groups)
        else:
            found = _neurate.kinds_of_signs(self.values, groups)
        return [word[0].upper() for word in found]

    def first_against(self, sign: NDArray[np.float64], transposed: bool = False) -> tuple[int, int, float] | None:
        """The first weight, as to, from and value, of another sign than its sender's (0: any)."""
        w = self.values
        if isinstance(w, Triplets):
            senders = w.rows if transposed else w.columns
            against = np.flatnonzero(w.values * sign[senders] < 0)
            if not len(against):
                return None
            k = against[np.lexsort((w.columns[against], w.rows[against]))[0]]
            return int(w.rows[k]), int(w.columns[k]), float(w.values[k])
        lines = sign[:, None] if transposed else sign[None, :]
        # By rows, so that no second matrix is made.
        step = max(1, 1_000_000 // len(w))
        for first in range(0, len(w), step):
            part = slice(first, first + step)
            wrong = np.argwhere(w[part] * (lines[part] if transposed else lines) < 0)
            if len(wrong):
                i, j = first + int(wrong[0][0]), int(wrong[0][1])
                return i, j, float(w[i, j])
        return None


def weights(W: Any, array: str | None = None) -> Weights:
    """Weights from an array of any kind, or from a file; checked, with rows in the order of the columns."""
    if isinstance(W, (str, os.PathLike)):
        table = _of_file(W, array)
    elif array is not None:
        raise ValueError("array names one of several in a file, and W is no file")
    else:
        table = _labels.labeled(W)
    values, labels = _labels.square(table, "W")
    return Weights(_checked(values, "W"), labels)


def _of_file(path: str | os.PathLike[str], array: str | None) -> _labels.Labeled:
    rows, columns, dense, triplets, row_names, column_names = _neurate.read_table(os.fspath(path), array)
    sparse = None if triplets is None else Triplets((rows, columns), *triplets)
    return _labels.Labeled(sparse if dense is None else dense, row_names, column_names)


def square(W: ArrayLike, name: str = "W") -> NDArray[np.float64]:
    """A square matrix of finite floats, or an error that says what is wrong with it."""
    values, _ = _labels.square(_labels.labeled(W, name), name)
    return _checked(values.toarray() if isinstance(values, Triplets) else values, name)


def _checked(values: Any, name: str) -> Any:
    """Numbers or triplets, which must be a square matrix and finite."""
    shape = values.shape
    if len(shape) != 2 or shape[0] != shape[1] or shape[0] == 0:
        words = " x ".join(map(str, shape)) or "a single number"
        raise ValueError(f"{name} is {words}; weights among n units are a square matrix, {name}[to, from]")

    sparse = isinstance(values, Triplets)
    given = values.values if sparse else values
    bad = np.flatnonzero(~np.isfinite(given))
    if len(bad):
        k = int(bad[0])
        i, j = (values.rows[k], values.columns[k]) if sparse else divmod(k, shape[1])
        raise ValueError(f"{name}[{i}, {j}] is {given.flat[k]}: every weight must be finite ({len(bad)} are not)")
    return values


Row = tuple[str, str, int]
"""Name, kind and size of a population."""


def of_pairs(value: Any, names: Sequence[str], shown: Mapping[str, str], what: str) -> Any:
    """Numbers for pairs of populations, as a description takes them: an array has rows that receive, and one with labels is put
    into the order of the populations ``names`` (or of what is ``shown`` for them). Tables, texts and numbers stay as they are.
    """
    if isinstance(value, Mapping):
        return {key: of_pairs(x, names, shown, what) for key, x in value.items()}
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if isinstance(value, str) or not (_labels.is_sparse(value) or hasattr(value, "obs_names") or np.ndim(value) == 2):
        return value
    values, labels = _labels.square(_labels.labeled(value, what), what)
    values = values.toarray() if isinstance(values, Triplets) else values
    if labels is None or _labels.are_numbers(labels):
        return values
    if not names:
        raise ValueError(f"{what} has labels, which are aligned with the populations of a circuit\nhelp: load it first, then net.set(...)")
    of = {text: name for name, text in shown.items()}
    own = [label if label in names else of.get(label, _neurate.identifier(label)) for label in labels]
    if sorted(own) != sorted(names):
        raise ValueError(
            f"{what} has labels {listed(labels)}; the populations are {listed(names)}\n"
            f"help: label its rows and columns with those, or pass {what}.to_numpy() in their order"
        )
    return _labels.arranged(values, own, names)


def populations(w: Weights, kinds: Any, names: Sequence[str] | None) -> list[Row]:
    """Name, kind and size of each population, in the order of the units.

    With ``names``, every unit is a population; labels of ``W`` are names, too. Otherwise neighbors of one kind are one, and
    without ``kinds`` the signs of the columns determine the kind.
    """
    sizes = isinstance(kinds, Mapping) and not all(isinstance(k, str) for k in kinds.values())
    if names is not None:
        names = [str(n) for n in names]
        if len(names) != w.n:
            raise ValueError(f"names has {len(names)} entries for {w.n} units")
        found = _labels.twice(names)
        if found:
            raise ValueError(
                f"names: {found[0]!r} stands twice, for units {found[1]} and {found[2]}; every unit has a name of its own\n"
                'help: give units of one population by kinds={"E": 80, "I": 20} instead of names'
            )
        w.put_in_order(names)
    elif not sizes:
        names = _names_of_labels(w)
    if sizes:
        rows = _by_sizes(w, kinds)
        if names is None:
            _check_signs(w, [kind[0].upper() for _, kind, size in rows for _ in range(size)])
            return rows
        kinds = [kind for _, kind, size in rows for _ in range(size)]
    if names is not None and kinds is None:
        return _named_by_signs(w, names)
    letters = w.kinds(None) if kinds is None else _letters(kinds, w)
    _check_signs(w, letters)
    if names is not None:
        return _rows(names, letters)
    result: list[Row] = []
    seen: dict[str, int] = {}
    for k, size in _runs(letters):
        seen[k] = seen.get(k, 0) + 1
        base = "unit" if k == "U" else k
        result.append((base if seen[k] == 1 else f"{base}{seen[k]}", KINDS[k], size))
    return result


def _by_sizes(w: Weights, kinds: Mapping[Any, Any]) -> list[Row]:
    """``{"E": 80, "I": 20}``"""
    sizes = [(str(name), int(size)) for name, size in kinds.items()]
    if sum(size for _, size in sizes) != w.n:
        raise ValueError(f"kinds gives {sum(s for _, s in sizes)} units, W has {w.n}")
    for name, _ in sizes:
        if name[:1] not in KINDS:
            raise ValueError(f"population {name!r}: its kind is read off its first letter, E, I or U")
    return [(name, KINDS[name[0]], size) for name, size in sizes]


def _runs(items: Sequence[str]) -> list[tuple[str, int]]:
    """Neighbors that are equal, and how many."""
    runs: list[tuple[str, int]] = []
    for k in items:
        if runs and runs[-1][0] == k:
            runs[-1] = (k, runs[-1][1] + 1)
        else:
            runs.append((k, 1))
    return runs


def _names_of_labels(w: Weights) -> list[str] | None:
    """The name of the population of each unit, from the labels of ``W``: ``E[3]`` is a unit of ``E``."""
    if w.labels is None or _labels.are_numbers(w.labels):
        return None
    members = [_member(label) for label in w.labels]
    distinct = list(dict.fromkeys(name for name, _ in members))
    if len(distinct) > MAX_NAMED:
        warn(f"W has labels of {len(distinct)} units: they are populations by kind; names= makes each a population of its own")
        return None
    order = sorted(range(w.n), key=lambda k: (distinct.index(members[k][0]), members[k][1]))
    if order != list(range(w.n)):
        k = next(i for i, place in enumerate(order) if place != i)
        raise ValueError(
            f"units of one population stand side by side, in the order of their numbers; in W, {w.labels[k]} stands in place {k} (from "
            f"0), where {w.labels[order[k]]} is expected\nhelp: order = np.argsort(labels, kind=\"stable\"); W.iloc[order, order]"
        )
    names: dict[str, str] = {}
    for name in distinct:
        identifier = _neurate.identifier(name)
        while identifier in names.values():
            identifier += "_"
        names[name] = identifier
        label = _neurate.label_of(name)
        if label is not None:
            w.shown[identifier] = label
    return [names[name] for name, _ in members]


def _member(label: str) -> tuple[str, int]:
    """Population and number of a unit called ``E[3]``; of any other name, 0."""
    name, bracket, number = label.removesuffix("]").partition("[")
    return (name, int(number)) if bracket and number.isdecimal() and label.endswith("]") else (label, 0)


def _named_by_signs(w: Weights, names: list[str]) -> list[Row]:
    """A population for each name, of the kind that its columns show."""
    first, groups = 0, []
    runs = _runs(names)
    for _, size in runs:
        groups.append(list(range(first, first + size)))
        first += size
    return [(name, KINDS[k], size) for (name, size), k in zip(runs, w.kinds(groups))]


def _rows(names: list[str], letters: Sequence[str]) -> list[Row]:
    """A population for each name, of kinds that are given."""
    rows, first = [], 0
    for name, size in _runs(names):
        kinds = set(letters[first : first + size])
        if len(kinds) > 1:
            raise ValueError(f"kinds: units of {name} have several kinds, {listed(sorted(kinds))}; a population has one")
        rows.append((name, KINDS[letters[first]], size))
        first += size
    return rows


def _letters(kinds: Any, w: Weights) -> list[str]:
    """The letter of each unit's kind."""
    given = _labels.of_units(kinds, w.labels, [], "kinds")
    if isinstance(given, Mapping):
        if w.labels is None:
            raise ValueError("kinds names units, and W has no labels\nhelp: kinds=\"EI\", a letter for each unit")
        missing = [n for n in w.labels if n not in given]
        if missing or len(given) != w.n:
            unknown = [n for n in given if n not in w.labels]
            raise ValueError(f"kinds does not fit the labels of W: it lacks {listed(missing)}; unknown: {listed(unknown)}")
        given = [given[n] for n in w.labels]
    letters = [_letter(str(k)) for k in given]
    if len(letters) != w.n:
        raise ValueError(f"kinds has {len(letters)} entries for {w.n} units; write \"EI\", or {{\"E\": 80, \"I\": 20}}")
    return letters


def _letter(kind: str) -> str:
    for letter, word in KINDS.items():
        if kind in (letter, word):
            return letter
    raise ValueError(f"there is no kind {kind!r}: \"E\" (excitatory), \"I\" (inhibitory), \"U\" (unconstrained)")


def _check_signs(w: Weights, letters: Sequence[str]) -> None:
    sign = np.array([{"E": 1.0, "I": -1.0, "U": 0.0}[k] for k in letters])
    wrong = w.first_against(sign) if sign.any() else None
    if wrong is None:
        return
    i, j, value = wrong
    hint = f"change the weight, or give unit {j} the kind \"U\""
    if w.first_against(sign, transposed=True) is None:
        hint = "all signs are right in W.T: columns send here (W[to, from]); pass W.T if your rows send"
    raise ValueError(
        f"unit {j} is {KINDS[letters[j]]} but W[{i}, {j}], its weight onto unit {i}, is {value:+g}\nhelp: {hint}"
    )


def check_populations(given: Iterable[str], known: Sequence[str], what: str) -> None:
    """An error for a name that is no population's."""
    for name in given:
        if name not in known:
            raise ValueError(f"{what}: there is no population {name!r}; there are {', '.join(known)}")


def per_population(value: Any, rows: list[Row], what: str, labels: list[str] | None = None) -> list[Any]:
    """A value for each population: one for all, one by name, or one for each unit; ``labels`` are the units' in ``W``."""
    known = [name for name, _, _ in rows]
    value = _labels.of_units(value, labels, known, what)
    if isinstance(value, Mapping):
        if labels is not None and len(labels) == len(rows):
            # Names from data, of which those of populations were made.
            of = dict(zip(labels, known))
            value = {of.get(name, name): x for name, x in value.items()}
        check_populations(value, known, what)
        missing = [name for name in known if name not in value]
        if missing:
            raise ValueError(f"{what} lacks {', '.join(missing)}")
        return [value[name] for name in known]
    if isinstance(value, (str, Transfer)) or callable(value) or np.ndim(value) == 0:
        return [value] * len(rows)
    if len(value) and (isinstance(value[0], (str, Transfer)) or callable(value[0])):
        if len(value) != len(rows):
            raise ValueError(f"{what} has {len(value)} entries for {len(rows)} populations")
        return list(value)
    values = numbers(value, what)
    n = sum(size for _, _, size in rows)
    if values.shape != (n,):
        raise ValueError(f"{what} has shape {values.shape}; it takes one number, a dict by population, or {n} numbers")
    split = np.split(values, np.cumsum([size for _, _, size in rows])[:-1])
    return [float(v[0]) if len(v) == 1 else v for v in split]


def description(
    w: Weights,
    rows: list[Row],
    *,
    tau: Any,
    f: Any,
    h: Any,
    sigma: Any,
    form: str,
    title: str,
    labels: Mapping[str, str] | None = None,
    slow: Mapping[str, Mapping[str, Any]] | None = None,
    **tables: Any,
) -> dict[str, Any]:
    """The circuit with the keys of a circuit file; arrays stay arrays. ``tables`` are as there."""
    taus, hs = per_population(tau, rows, "tau", w.labels), per_population(h, rows, "h", w.labels)
    fs = [transfer(f_) for f_ in per_population(Linear() if f is None else f, rows, "f", w.labels)]
    sigmas = [None] * len(rows) if sigma is None else per_population(sigma, rows, "sigma", w.labels)
    shown = {**w.shown, **_labels_of(labels)}
    names = [name for name, _, _ in rows]
    check_populations(slow or {}, names, "slow")
    check_populations(shown, names, "labels")
    populations: dict[str, Any] = {}
    for (name, kind, size), tau_, f_, h_, sigma_ in zip(rows, taus, fs, hs, sigmas):
        label = {"label": shown[name]} if name in shown else {}
        table: dict[str, Any] = {**label, "kind": kind, "size": size, "tau": tau_, "f": f_, "h": h_}
        if sigma_ is not None:
            table["sigma"] = sigma_
        populations[name] = {**table, **(slow or {}).get(name, {})}
    if "delays" in tables:
        tables["delays"] = of_pairs(tables["delays"], names, shown, "delays")
    return {
        "neurate": 1,
        "title": title,
        "form": form,
        "populations": populations,
        # Triplets stand beside the description.
        "W": {"file": "W" if isinstance(w.values, Triplets) else w.values, "layout": "to_from"},
        **{key: table for key, table in tables.items() if not _is_nothing(table)},
    }


def _is_nothing(table: Any) -> bool:
    """Whether nothing was given: None, or an empty dict, list or array. A number is checked where it is read."""
    return table is None or (np.ndim(table) > 0 or isinstance(table, (Mapping, list, tuple))) and len(table) == 0


def _labels_of(labels: Any) -> dict[str, str]:
    """``labels`` as given: a dict by population."""
    if labels is None:
        return {}
    if not isinstance(labels, Mapping):
        raise TypeError('labels is a dict by population, such as {"L23E": "L2/3 E"}')
    wrong = next((name for name, text in labels.items() if not isinstance(text, str)), None)
    if wrong is not None:
        raise TypeError(f"labels: that of {wrong} is {labels[wrong]!r}; a label is a str")
    return {str(name): str(text) for name, text in labels.items()}


def order_text(order: str | Sequence[int]) -> str:
    """The order of Schur modes as the command line writes it."""
    return order if isinstance(order, str) else ",".join(str(int(i)) for i in order)
