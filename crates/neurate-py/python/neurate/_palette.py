"""Colors of the reports, on paper: the same thing has the same one in all figures (``report/draw/color.rs``)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

# The k-th population of a kind has the k-th.
COLORS = {
    "excitatory": ["#c8442d", "#5d2700", "#ae848a", "#9a2344", "#ce7d01", "#a65d6c", "#9e360c", "#d3655c"],
    "inhibitory": ["#2b6cb0", "#0e327b", "#6885f6", "#362ebe", "#444d70", "#3a5be6", "#5393b4", "#1b3c55"],
    "unconstrained": ["#7b7394", "#1d4502", "#4e119d", "#4aa302", "#a06afc", "#4e6f29", "#5b4566", "#804db7"],
}
OTHER = ["#00795a", "#af66fc", "#0c3f26", "#481c8e", "#7f9c1b", "#7469ae"]
GUIDE = "#838c99"
INK = "#1b212c"
UNSTABLE = "#c8442d"


class Palette:
    """Who has which color in a report: populations by their place among those of their kind, other names as they come."""

    def __init__(self, sections: Sequence[dict[str, Any]]) -> None:
        self.known: dict[str, tuple[str, int]] = {}
        self.free: dict[str, int] = {}
        figures = [f for s in sections for f in s["figures"]]
        for f in figures:
            if f["kind"] == "circuit":
                for node in f["nodes"]:
                    self._learn(node["name"], node["role"])
        # Circuits of many populations are not drawn, but described.
        for s in sections:
            described = s["data"].get("populations") if isinstance(s["data"], dict) else None
            for p in described if isinstance(described, list) else []:
                if isinstance(p, dict) and p.get("kind") in COLORS:
                    self._learn(p["name"], p["kind"])
        for f in figures:
            items = _items(f)
            for item in items:
                if item["role"] in COLORS and self._find(item["name"], item["role"]) is None:
                    self._learn(item["name"], item["role"])
            names = [i["name"] for i in items if i["role"] == "other"]
            for name, place in zip(names, self._places(names)):
                self.free.setdefault(name, place)

    def _learn(self, name: str, role: str) -> None:
        if name not in self.known:
            self.known[name] = (role, sum(r == role for r, _ in self.known.values()))

    def _find(self, words: str, role: str) -> tuple[str, int] | None:
        """The population with the longest name in the words, and which of its units: ``E[3]``."""
        best: tuple[str, int] | None = None
        for name, (kind, _) in self.known.items():
            if kind != role or best is not None and len(name) <= len(best[0]):
                continue
            found = re.search(rf"(?<!\w){re.escape(name)}(?!\w)(?:\[(\d+)\])?", words)
            if found:
                best = name, int(found[1] or 0)
        return best

    def _places(self, names: list[str]) -> list[int]:
        used: list[int] = []
        places = []
        for name in names:
            k = self.free.get(name, 0)
            while len(used) < len(OTHER) and k in used:
                k = (k + 1) % len(OTHER)
            if k not in used:
                used.append(k)
            places.append(k)
        return places

    def named(self, words: str, role: str) -> str | None:
        """The color of the population of this kind that words are about."""
        found = self._find(words, role) if role in COLORS else None
        if found is None:
            return None
        name, unit = found
        alike = sum(r == role for r, _ in self.known.values())
        return COLORS[role][(self.known[name][1] + unit % 1000 * alike) % len(COLORS[role])]

    def role(self, role: str) -> str:
        """The first color of a role."""
        return GUIDE if role == "guide" else OTHER[0] if role == "other" else COLORS[role][0]

    def other(self, k: int) -> str:
        """A color of no population."""
        return OTHER[k % len(OTHER)]

    def colors(self, items: Sequence[dict[str, Any]]) -> list[str]:
        """Colors of the things in one figure, each with a ``name`` and a ``role``."""
        free = iter(self._places([i["name"] for i in items if i["role"] == "other"]))
        return [
            self.other(next(free)) if i["role"] == "other" else self.named(i["name"], i["role"]) or self.role(i["role"]) for i in items
        ]

    def mark(self, label: str, role: str) -> str:
        """The color of a marked point: that of a population only where one can be meant."""
        if role not in COLORS:
            return self.role(role)
        one = sum(r == role for r, _ in self.known.values()) <= 1
        return self.named(label, role) or (self.role(role) if one else INK)


def _items(f: dict[str, Any]) -> list[dict[str, Any]]:
    """What is named in a figure's legend."""
    key = {"lines": "series", "areas": "series", "phase_plane": "nullclines", "plane": "clouds", "intervals": "sets"}.get(f["kind"])
    return f[key] if key else []
