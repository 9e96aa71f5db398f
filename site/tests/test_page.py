"""The live page in Chromium: from a file with the library as WebAssembly, and served by `neurate live`.

Needs Chromium; for the first the page as `site/build` makes it, for the second the binary that NEURATE names. What is not there is skipped.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from chromium import Chromium, binary  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
PAGE = Path(os.environ.get("NEURATE_PAGE", ROOT / "target/site/neurate-live.html"))
SIDE = ".view[data-side=B]"
VERDICT = f"document.querySelector('[data-name=verdict] {SIDE} .open')?.textContent"
RESTS = "!document.body.classList.contains('busy')"

pytestmark = pytest.mark.skipif(binary() is None, reason="there is no Chromium")
built = pytest.mark.skipif(not PAGE.exists(), reason="site/build was not run")


@pytest.fixture
def page() -> Iterator[Chromium]:
    with Chromium() as browser:
        yield browser
        assert browser.complaints() == []


def show(page: Chromium, state: str) -> None:
    """Opens the page in a state, and waits until all is shown."""
    page.open("about:blank")
    page.open(f"file://{PAGE}#{state}")
    page.wait(f"document.querySelector('{SIDE} .open p')")
    page.wait(RESTS, 120)


def test_what_is_shown_needs_nobody_else(page: Chromium) -> None:
    if not PAGE.exists():
        pytest.skip("site/build was not run")
    show(page, "circuit=ssn")
    assert "Inhibition-stabilized" in page.js(VERDICT)
    page.js("fetch('https://example.org').catch(() => 0)")
    asked = [a for a in page.requests() if not a.startswith(("file:", "blob:", "data:", "about:"))]
    # The page's own policy refuses what even its own script would ask.
    assert asked == []
    page.events.clear()


@built
def test_the_hand_moves_the_verdict_and_the_address_keeps_it(page: Chromium) -> None:
    show(page, "chapter=isn-and-paradox")
    assert "Inhibition-stabilized (ISN)" in page.js(VERDICT)
    x, y = page.place(".group.first .handle[data-address='W.E<-E'] input[type=range]")
    width = page.js("document.querySelector('.group.first .handle input[type=range]').getBoundingClientRect().width")
    start = page.js("(() => { const e = document.querySelector('.group.first .handle input[type=range]'); return (e.value - e.min) / (e.max - e.min); })()")
    left = x - width / 2 + 8
    page.mouse("down", left + start * (width - 16), y)
    for k in range(10):
        page.mouse("move", left + (start - 0.025 * k) * (width - 16), y, held=True)
        time.sleep(0.02)
    page.mouse("up", left + (start - 0.225) * (width - 16), y)
    page.wait(f"{RESTS} && !{VERDICT}.includes('Inhibition-stabilized (ISN)')", 30)
    changed = page.js(VERDICT)
    address = page.js("location.href")
    assert "set=W.E%3C-E%3D" in address
    page.open("about:blank")
    page.open(address)
    page.wait(VERDICT)
    page.wait(RESTS, 60)
    assert page.js(VERDICT) == changed
    # Back: to the handle's own value, and by Ctrl+Z to the moved one.
    page.click(".group.first .handle[data-address='W.E<-E'] .back")
    page.wait(f"{RESTS} && {VERDICT}.includes('Inhibition-stabilized (ISN)')", 30)
    page.key("z", 90, modifiers=2)
    page.wait(f"{RESTS} && !{VERDICT}.includes('Inhibition-stabilized (ISN)')", 30)


@built
def test_figures_are_handles(page: Chromium) -> None:
    show(page, "circuit=isn-paradox")
    find = "[...document.querySelectorAll('figure[id$=f-circuit] g')].filter(g => g.querySelector(':scope > title')?.textContent.startsWith('E → I'))"
    page.js("document.querySelector('figure[id$=f-circuit]').scrollIntoView({ block: 'center', behavior: 'instant' })")
    # The number at the link.
    x, y = page.js(f"(() => {{ const r = {find}.find(g => g.querySelector('text')).getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; }})()")
    page.mouse("move", x, y)
    page.mouse("down", x, y)
    for k in range(8):
        page.mouse("move", x + k, y, held=True)
        time.sleep(0.02)
    page.mouse("up", x + 7, y)
    page.wait(RESTS, 60)
    moved = float(re.search(r"set=W\.I%3C-E%3D([\d.]+)", page.js("location.hash"))[1])
    assert moved > 2.4
    assert page.js(f"{find}[0].querySelector('title').textContent").startswith(f"E → I: {moved:.4g}")


@built
def test_a_click_on_the_phase_plane_starts_a_trajectory(page: Chromium) -> None:
    show(page, "circuit=isn-paradox")
    glass = f"{SIDE} figure[id$=f-phase_plane] .glass"
    x, y = page.place(glass)
    for by in (-60, 60):
        page.mouse("move", x + by, y - 40)
        page.mouse("down", x + by, y - 40)
        page.mouse("up", x + by, y - 40)
    path = f"document.querySelectorAll('{SIDE} .started path')"
    page.wait(f"{path}.length === 2", 20)
    before = page.js(f"{path}[0].getAttribute('d')")
    assert len(before) > 200 and page.js("location.hash").count("start=") == 2
    # It follows the circuit.
    page.js("(() => { const e = document.querySelector(\".handle[data-address='I.h'] input[type=range]\"); e.value = 650; e.dispatchEvent(new Event('input')); })()")
    page.wait(f"{RESTS} && {path}.length === 2 && {path}[0].getAttribute('d') !== {json.dumps(before)}", 30)
    # A click on a start removes it.
    cx, cy = page.js("(() => { const r = document.querySelector('.started circle').getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; })()")
    page.mouse("move", cx, cy)
    page.mouse("down", cx, cy)
    page.mouse("up", cx, cy)
    page.wait(f"{path}.length === 1", 20)


@built
def test_keys_and_numbers_move_handles(page: Chromium) -> None:
    show(page, "circuit=ssn")
    page.js("document.querySelector(\".handle[data-address='E.h'] input[type=range]\").focus()")
    page.key("ArrowRight", 39)
    page.wait("location.hash.includes('set=E.h')", 20)
    typed = "document.querySelector(\".handle[data-address='I.tau'] .value input\")"
    page.js(f"(() => {{ const e = {typed}; e.value = '0.02 s'; e.dispatchEvent(new Event('change')); }})()")
    page.wait(f"location.hash.includes('I.tau%3D0.02+s') && {RESTS}", 60)
    assert page.js("document.querySelector('#trouble').hidden")
    # What is no value is said at its handle, and the last picture stays.
    page.js(f"(() => {{ const e = {typed}; e.value = '5 mV'; e.dispatchEvent(new Event('change')); }})()")
    page.wait("!document.querySelector('#trouble').hidden", 20)
    assert page.js(f"{typed}.getAttribute('aria-invalid')") == "true" and page.js(VERDICT)


@built
@pytest.mark.parametrize("width", [1300, 420])
def test_every_chapter_opens(page: Chromium, width: int) -> None:
    page.size(width, 900)
    show(page, "")
    names = page.js("[...document.querySelectorAll('#circuit optgroup')][0].children.length")
    assert names >= 12
    for number in range(1, names + 1):
        page.wait(f"document.querySelector('.chapter .number')?.textContent === '{number}' && document.querySelector('{SIDE} .open p')", 30)
        page.wait(RESTS, 120)
        assert page.js("document.querySelector('#trouble').hidden"), number
        assert page.js("[...document.querySelectorAll('.card:not(.chapter)')].every(c => !c.hidden)"), number
        assert page.js("document.documentElement.scrollWidth <= innerWidth"), number
        if number < names:
            page.js("[...document.querySelectorAll('.chapter button')].find(b => b.textContent === 'Next →').click()")


@built
def test_a_text_with_a_mistake_keeps_the_picture(page: Chromium) -> None:
    show(page, "circuit=ssn")
    before = page.js(VERDICT)
    page.js("(() => { const e = document.querySelector('#text'); e.value = e.value.replace('[W]', '[W'); e.dispatchEvent(new Event('input')); })()")
    page.wait("!document.querySelector('#trouble').hidden", 20)
    assert "TOML" in page.js("document.querySelector('#trouble').textContent") and page.js(VERDICT) == before


def test_the_binary_serves_the_same_page(page: Chromium) -> None:
    neurate = os.environ.get("NEURATE")
    if not neurate:
        pytest.skip("NEURATE names no binary")
    server = subprocess.Popen([neurate, "live", ROOT / "examples/ssn.toml"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        address = server.stdout.readline().strip()
        page.open(address)
        page.wait(VERDICT)
        page.wait(RESTS, 120)
        page.js("(() => { const e = document.querySelector(\".handle[data-address='E.h'] input[type=range]\"); e.value = 150; e.dispatchEvent(new Event('input')); })()")
        page.wait(f"{RESTS} && !{VERDICT}.includes('Inhibition-stabilized (ISN)')", 60)
        assert all(a.startswith(address) or a.startswith(("data:", "about:")) for a in page.requests())
    finally:
        server.kill()
        server.wait()
