"""Writes ``neurate/answers.py`` from the JSON Schema of the answers: ``python answers_of_schema.py PATH``."""

from __future__ import annotations

import json
import keyword
import sys
import textwrap
from typing import Any

from neurate import _neurate

HEAD = '''"""Answers to the questions that can be asked of a circuit (:meth:`neurate.Circuit.ask`): classes with arrays.

Written from the JSON Schema by ``tests/answers_of_schema.py``.
"""

# ruff: noqa: E501

from __future__ import annotations

import builtins
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ._answer import Answer

'''

ARRAYS = {"Array": "NDArray[np.float64]", "ComplexArray": "NDArray[np.complex128]", "ComplexList": "NDArray[np.complex128]", "Complex": "builtins.complex"}
SIMPLE = {"number": "float", "integer": "int", "boolean": "bool", "string": "str", "null": "None"}


def kind(schema: Any) -> str:
    """The type hint of a schema."""
    if not isinstance(schema, dict):
        return "Any"
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        return ARRAYS.get(name, name)
    for union in ("anyOf", "oneOf"):
        if union in schema:
            words = [s["const"] for s in schema[union] if "const" in s]
            if len(words) == len(schema[union]):
                return f"Literal[{', '.join(map(repr, words))}]"
            return " | ".join(dict.fromkeys(kind(s) for s in schema[union]))
    if "enum" in schema:
        return f"Literal[{', '.join(map(repr, schema['enum']))}]"
    if "const" in schema:
        return f"Literal[{schema['const']!r}]"
    names = schema.get("type", [])
    names = [names] if isinstance(names, str) else names
    if "array" in names:
        if "prefixItems" in schema:
            item = f"tuple[{', '.join(kind(s) for s in schema['prefixItems'])}]"
        else:
            item = f"list[{kind(schema.get('items'))}]"
        return item + (" | None" if "null" in names else "")
    if names == ["number", "null"] or names == "number":
        return "float"
    if "object" in names:
        return f"dict[str, {kind(schema.get('additionalProperties'))}]"
    return " | ".join(SIMPLE[n] for n in names) or "Any"


def is_class(schema: dict[str, Any]) -> bool:
    return schema.get("type") == "object" and "properties" in schema


def document(text: str, indent: int) -> str:
    text = " ".join(text.split()).replace("\\", "\\\\").replace('"""', "'''")
    pad = " " * indent
    lines = textwrap.wrap(text, 116 - indent, break_long_words=False, break_on_hyphens=False)
    return f'{pad}"""' + f"\n{pad}".join(lines) + '"""\n'


def in_order(aliases: dict[str, str]) -> list[str]:
    """Aliases after those that they name."""
    done: list[str] = []

    def add(name: str) -> None:
        if name in done:
            return
        for word in aliases[name].split("\n")[0].split(" = ")[1].replace("|", " ").split():
            if word in aliases:
                add(word)
        done.append(name)

    for name in aliases:
        add(name)
    return [aliases[name] for name in done]


def module() -> str:
    """The text of the module."""
    schema = json.loads(_neurate.schema())
    definitions = schema["$defs"]
    of_report = {"Section", "Table", "Cell", "Axis", "Role", "Stroke", "Series", "Mark", "Cloud", "IntervalSet"}
    of_report |= {"CircuitNode", "Link", "ChainNode", "Figure", "PlaneMark", "PlaneSign", "Part", "Open", *ARRAYS}
    of_report |= {"Alternative", "Alternatives"}
    of_report |= {"MapArea", "MapLine", "MapLineKind", "MapMark"}
    of_report |= {"BranchMark", "BranchSign", "CycleBand", "RegimeStretch"}
    classes: list[str] = []
    aliases: dict[str, str] = {}
    for name, d in sorted(definitions.items()):
        if name in of_report:
            continue
        if not is_class(d):
            aliases[name] = f"{name} = {kind(d)}\n"
            if d.get("description"):
                aliases[name] += document(d["description"], 0)
            continue
        body = [f"@dataclass(frozen=True, repr=False, eq=False, kw_only=True)\nclass {name}(Answer):\n"]
        body.append(document(d.get("description", name), 4))
        for field, s in d["properties"].items():
            own, hint = field + "_" * keyword.iskeyword(field), kind(s)
            if field not in d.get("required", []):
                # Not in the JSON where there is nothing to say.
                hint = hint.removesuffix(" | None") + " | None = None"
            body.append(f"\n    {own}: {hint}\n")
            if s.get("description"):
                body.append(document(s["description"], 4))
        classes.append("".join(body))
    exported = [n for n, d in sorted(definitions.items()) if n not in of_report and is_class(d)]
    listed = "__all__ = [\n" + "".join(f'    "{n}",\n' for n in exported) + "]\n"
    return HEAD + listed + "\n\n" + "\n\n".join(classes) + "\n\n" + "".join(in_order(aliases))


if __name__ == "__main__":
    with open(sys.argv[1], "w", encoding="utf-8") as f:
        f.write(module())
