"""Arrays as they come: what stands in them is checked, and labels of rows and columns are aligned by name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._warnings import warn

SENDERS = {"from", "pre", "source", "sender", "senders", "presynaptic", "pre_id", "source_id"}
RECEIVERS = {"to", "post", "target", "receiver", "receivers", "postsynaptic", "post_id", "target_id"}
MAX_LISTED = 8


class Triplets:
    """A matrix of which most entries are 0: row, column and value of the others."""

    def __init__(self, shape: tuple[int, int], rows: Any, columns: Any, values: NDArray[np.float64]) -> None:
        self.shape = shape
        self.rows = np.ascontiguousarray(rows, dtype=np.uint64)
        self.columns = np.ascontiguousarray(columns, dtype=np.uint64)
        self.values = np.ascontiguousarray(values, dtype=np.float64)

    @staticmethod
    def of(x: Any, name: str) -> Triplets:
        """Of an array or matrix of ``scipy.sparse``, in any format; entries that are given twice add up."""
        coo = x.tocoo(copy=True)
        coo.data = numbers(coo.data, name)
        if len(coo.shape) != 2:
            raise ValueError(f"{name} has shape {coo.shape}; a matrix has two axes")
        coo.sum_duplicates()
        return Triplets(coo.shape, coo.row, coo.col, coo.data)

    @property
    def T(self) -> Triplets:
        """Rows as columns."""
        return Triplets(self.shape[::-1], self.columns, self.rows, self.values)

    def taken(self, order: list[int], axis: int) -> Triplets:
        """With the lines of an axis in another order."""
        position = np.empty(len(order), dtype=np.uint64)
        position[order] = np.arange(len(order), dtype=np.uint64)
        if axis == 0:
            return Triplets(self.shape, position[self.rows], self.columns, self.values)
        return Triplets(self.shape, self.rows, position[self.columns], self.values)

    def toarray(self) -> NDArray[np.float64]:
        """All entries."""
        dense = np.zeros(self.shape)
        np.add.at(dense, (self.rows.astype(np.intp), self.columns.astype(np.intp)), self.values)
        return dense


class Labeled:
    """An array with names of its rows and columns, where it has any."""

    def __init__(self, values: Any, rows: list[Any] | None, columns: list[Any] | None, axes: tuple[Any, Any] = (None, None)):
        self.values = values
        self.rows = rows
        self.columns = columns
        self.axes = axes
        """What the axes are called."""


def are_numbers(names: Sequence[Any]) -> bool:
    """Whether all names are numbers: those distinguish lines, and name no population."""
    try:
        return all(np.isfinite(float(n)) for n in names)
    except (TypeError, ValueError):
        return False


def is_sparse(x: Any) -> bool:
    """Whether it is an array or a matrix of ``scipy.sparse``."""
    return hasattr(x, "tocoo") and hasattr(x, "nnz")


def _hides(x: Any) -> bool:
    """Whether a list, or a list of lists, holds masked cells: NumPy forgets the mask where it makes one array of them."""
    if isinstance(x, (list, tuple)):
        return any(map(_hides, x))
    return np.ma.isMaskedArray(x) and bool(np.ma.getmaskarray(x).any())


def numbers(x: Any, name: str) -> NDArray[np.float64]:
    """Real numbers as floats, of any shape; or an error that says what they are instead. Every array that a user gives comes
    in here."""
    if isinstance(x, (list, tuple)) and _hides(x):
        raise ValueError(f"cells are masked in {name}: their values are unknown\nhelp: fill them, for example with 0")
    if np.ma.isMaskedArray(x):
        masked = np.ma.getmaskarray(x)
        if masked.any():
            where = ", ".join(str(int(k)) for k in np.argwhere(masked)[0])
            count = int(masked.sum())
            cells = "1 cell is" if count == 1 else f"{count} cells are"
            raise ValueError(
                f"{cells} masked in {name}, the first {name}[{where}]: their values are unknown\n"
                f"help: fill them, for example {name}.filled(0)"
            )
        x = np.ma.getdata(x)
    try:
        array = np.asarray(x)
    except ValueError as e:
        raise TypeError(f"{name} must be an array of real numbers: {e}") from None
    kind = array.dtype.kind
    if kind in "fiu":
        return array.astype(np.float64, copy=False)
    if kind == "c":
        raise TypeError(f"{name} is complex; it takes real numbers\nhelp: {name}.real, if the imaginary part is 0")
    if kind == "b":
        raise TypeError(f"{name} holds truth values, and takes real numbers\nhelp: {name}.astype(float) is 1 for each connection")
    if kind in "US":
        where, word = _first(array)
        raise TypeError(f"{name} holds text, and takes real numbers: {name}{where} is {word!r}\nhelp: {name}.astype(float)")
    if kind == "O":
        place, odd = _first_odd(array)
        if place is not None:
            raise TypeError(f"{name} holds objects that are no real numbers: {name}{place} is {odd!r} ({type(odd).__name__})")
        raise TypeError(f"{name} is an array of objects (dtype object), not of numbers\nhelp: {name}.astype(float)")
    raise TypeError(f"{name} has dtype {array.dtype}, and takes real numbers")


def _first(array: NDArray[Any]) -> tuple[str, Any]:
    where = [0] * array.ndim
    return (str(where) if where else ""), array[tuple(where)].item() if array.size else ""


def _first_odd(array: NDArray[Any]) -> tuple[str | None, Any]:
    for where, x in np.ndenumerate(array):
        if isinstance(x, (bool, np.bool_)) or not isinstance(x, (int, float, np.integer, np.floating)):
            return (str(list(where)) if where else ""), x
    return None, None


def labeled(x: Any, name: str = "W") -> Labeled:
    """What a DataFrame, a DataArray or an AnnData object holds; other arrays as they are, without labels."""
    if is_sparse(x):
        return Labeled(Triplets.of(x, name), None, None)
    if hasattr(x, "obs_names") and hasattr(x, "var_names") and hasattr(x, "X"):
        return Labeled(labeled(x.X, name).values, list(x.obs_names), list(x.var_names))
    if hasattr(x, "columns") and hasattr(x, "index") and hasattr(x, "to_numpy"):
        axes = (getattr(x.index, "name", None), getattr(x.columns, "name", None))
        # The corner of a table in a file: "pre\\post".
        corner = re.fullmatch(r"\s*(\w+)\s*[\\/|]\s*(\w+)\s*", axes[0]) if isinstance(axes[0], str) else None
        axes = (corner[1], corner[2]) if corner and axes[1] is None else axes
        return Labeled(x.to_numpy(), _names(x.index), _names(x.columns), axes)
    if hasattr(x, "dims") and hasattr(x, "coords") and hasattr(x, "values") and np.ndim(x.values) in (1, 2):
        given = [_names(x.coords[d].values) if d in x.coords else None for d in x.dims]
        rows, columns = given if len(given) == 2 else (given[0], None)
        return Labeled(x.values, rows, columns, (*x.dims, None)[:2])
    if hasattr(x, "index") and hasattr(x, "to_numpy") and not callable(x.index):
        return Labeled(x.to_numpy(), _names(x.index), None)
    return Labeled(x, None, None)


def _names(index: Any) -> list[Any] | None:
    """The labels of an axis; None for those that pandas makes by itself, 0 to n - 1."""
    names = list(index.tolist())
    if all(isinstance(n, int) for n in names) and names == list(range(len(names))):
        return None
    return names


def word(label: Any) -> str:
    """A label as text; one of several levels has blanks between them."""
    return " ".join(map(str, label)) if isinstance(label, tuple) else str(label)


def listed(names: Sequence[Any]) -> str:
    """Names for a message, the first of many."""
    shown = ", ".join(word(n) for n in list(names)[:MAX_LISTED])
    return shown if len(names) <= MAX_LISTED else f"{shown}, ... ({len(names)} in all)"


def twice(names: Sequence[Any]) -> tuple[Any, int, int] | None:
    """The first name that stands twice, and where."""
    seen: dict[Any, int] = {}
    for k, name in enumerate(names):
        if name in seen:
            return name, seen[name], k
        seen[name] = k
    return None


def square(table: Labeled, name: str) -> tuple[Any, list[str] | None]:
    """The values with rows in the order of the columns, and their names: rows receive."""
    rows = None if table.rows is None else [word(n) for n in table.rows]
    columns = None if table.columns is None else [word(n) for n in table.columns]
    values = table.values if isinstance(table.values, Triplets) else numbers(table.values, name)
    if len(values.shape) != 2 or values.shape[0] != values.shape[1]:
        return values, None
    if rows is not None and columns is not None and rows != columns:
        values = taken(values, _alignment(rows, columns, name), 0)
        warn(
            f"the rows of {name} stand in another order than its columns: they were aligned by name, in the order of the "
            f"columns ({listed(columns)})"
        )
    first, second = (str(axis).lower() for axis in table.axes)
    if first in SENDERS and second in RECEIVERS:
        values = values.T
        warn(f"the axes of {name} are called {first!r} and {second!r}: it was transposed, so that rows receive")
    return values, columns if columns is not None else rows


def _alignment(rows: list[str], columns: list[str], name: str) -> list[int]:
    """For each column the row of the same name."""
    row_names, column_names = dict.fromkeys(rows), dict.fromkeys(columns)
    only_rows = [n for n in row_names if n not in column_names]
    only_columns = [n for n in column_names if n not in row_names]
    if only_rows or only_columns:
        parts = [f"only rows have {listed(only_rows)}"] if only_rows else []
        parts += [f"only columns have {listed(only_columns)}"] if only_columns else []
        raise ValueError(
            f"rows and columns of {name} have different names: {'; '.join(parts)}\n"
            f"help: give both the same names, or {name}.to_numpy() if the names mean nothing"
        )
    for axis, names in (("row", rows), ("column", columns)):
        found = twice(names)
        if found:
            raise ValueError(
                f"{axis}s {found[1]} and {found[2]} of {name} have the same name, {found[0]!r}, and the rows stand in another "
                "order than the columns: they cannot be aligned\nhelp: give every unit a name of its own"
            )
    return _places(rows, columns)


def _places(labels: Sequence[str], names: Sequence[str]) -> list[int]:
    """For each name where it stands among the labels."""
    position = {n: k for k, n in enumerate(labels)}
    return [position[n] for n in names]


def arranged(values: Any, labels: Sequence[str], names: Sequence[str]) -> Any:
    """A square array whose lines are called ``labels``, with both axes in the order of ``names``."""
    order = _places(labels, names)
    return taken(taken(values, order, 0), order, 1)


def taken(values: Any, order: list[int], axis: int) -> Any:
    """The lines of an axis in another order."""
    if isinstance(values, Triplets):
        return values.taken(order, axis)
    return values[order] if axis == 0 else values[:, order]


def reordered(values: Any, labels: list[str], names: Sequence[str], name: str) -> Any:
    """A square array whose lines are called ``labels``, in the order of ``names``."""
    wanted = [str(n) for n in names]
    if wanted == labels:
        return values
    if sorted(wanted) != sorted(labels):
        raise ValueError(
            f"names and the labels of {name} differ: names are {listed(wanted)}; {name} has {listed(labels)}\n"
            f"help: leave names out, or pass {name}.to_numpy() to give its units other names"
        )
    warn(f"{name} was put into the order of names ({listed(wanted)})")
    return arranged(values, labels, wanted)


def of_units(value: Any, names: list[str] | None, populations: Sequence[str], what: str) -> Any:
    """Values of units or populations with labels of their own (a Series, a DataArray of one axis): a dict by population, or an
    array in the order of the units; anything else as it is."""
    if isinstance(value, (Mapping, str)) or not (hasattr(value, "index") or hasattr(value, "coords")) or np.ndim(value) != 1:
        return value
    table = labeled(value)
    if table.rows is None:
        return table.values
    rows = [word(n) for n in table.rows]
    found = twice(rows)
    if found:
        raise ValueError(f"{what} has two values for {found[0]!r}\nhelp: give one for each")
    given = dict(zip(rows, table.values.tolist()))
    for known in (list(populations), names):
        if known is not None and len(set(known)) == len(known) and set(given) == set(known):
            return np.array([given[n] for n in known]) if known is names else {n: given[n] for n in known}
    known = names if names is not None and len(given) == len(names) else list(populations)
    missing, unknown = [n for n in known if n not in given], [n for n in given if n not in known]
    parts = [f"it has no value for {listed(missing)}"] if missing else []
    parts += [f"there is no {listed(unknown)} in W"] if unknown else []
    raise ValueError(f"the labels of {what} do not fit: {'; '.join(parts)}\nhelp: label it with {listed(known)}, or pass an array")
