"""Chromium without a window, driven over two pipes by its DevTools protocol. Nothing to install besides Chromium."""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any


def binary() -> str | None:
    """Where Chromium is; None: there is none."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)


class Chromium:
    """One browser with one page."""

    def __init__(self, width: int = 1300, height: int = 1000, dark: bool = False) -> None:
        self.profile = tempfile.mkdtemp(prefix="neurate-chromium-")
        to_browser, self.out = os.pipe()
        self.incoming, from_browser = os.pipe()
        # The browser reads what it is told at descriptor 3 and writes at 4. What is free above them keeps the two apart.
        high = [os.dup2(end, 200 + k) for k, end in enumerate((to_browser, from_browser))]
        command = f'exec 3<&{high[0]} 4>&{high[1]} && exec "$@"'
        self.process = subprocess.Popen(
            ["bash", "-c", command, "bash", binary() or "chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
             "--remote-debugging-pipe", f"--user-data-dir={self.profile}", f"--window-size={width},{height}", "--no-first-run",
             "--disable-background-networking", "--disable-component-update", "about:blank"],
            pass_fds=high, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        for end in (to_browser, from_browser, *high):
            os.close(end)
        self.number, self.buffer = 0, b""
        self.events: list[dict[str, Any]] = []
        target = next(t for t in self.send("Target.getTargets")["targetInfos"] if t["type"] == "page")["targetId"]
        self.session = None
        self.session = self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.send(f"{domain}.enable")
        self.size(width, height)
        self.send("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])

    def __enter__(self) -> Chromium:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(20)
        os.close(self.out)
        os.close(self.incoming)
        shutil.rmtree(self.profile, ignore_errors=True)

    def _message(self, until: float) -> dict[str, Any]:
        while b"\0" not in self.buffer:
            left = until - time.monotonic()
            if left <= 0 or not select.select([self.incoming], [], [], left)[0]:
                raise TimeoutError("Chromium does not answer")
            piece = os.read(self.incoming, 1 << 16)
            if not piece:
                raise RuntimeError("Chromium has ended")
            self.buffer += piece
        text, _, self.buffer = self.buffer.partition(b"\0")
        return json.loads(text)

    def send(self, method: str, timeout: float = 60.0, **parameters: Any) -> dict[str, Any]:
        """Sends a command and returns its result; events that come meanwhile are kept."""
        self.number += 1
        message: dict[str, Any] = {"id": self.number, "method": method, "params": parameters}
        if getattr(self, "session", None):
            message["sessionId"] = self.session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self.out, data):]
        until = time.monotonic() + timeout
        while True:
            reply = self._message(until)
            if reply.get("id") == self.number:
                if "error" in reply:
                    raise RuntimeError(f"{method}: {reply['error']}")
                return reply["result"]
            if "method" in reply:
                self.events.append(reply)

    def js(self, expression: str, timeout: float = 60.0) -> Any:
        """The value of an expression on the page; a promise is waited for."""
        result = self.send("Runtime.evaluate", timeout, expression=expression, awaitPromise=True, returnByValue=True, userGesture=True)
        if "exceptionDetails" in result:
            details = result["exceptionDetails"]
            raise RuntimeError(details.get("exception", {}).get("description") or details["text"])
        return result["result"].get("value")

    def open(self, address: str) -> None:
        self.send("Page.navigate", url=address)

    def size(self, width: int, height: int) -> None:
        self.send("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def wait(self, condition: str, seconds: float = 60.0) -> Any:
        """Waits until an expression is true, and returns it."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            try:
                value = self.js(condition)
                if value or value == {}:  # an element has no value of its own
                    return value
            except RuntimeError:
                pass  # between two documents, or the page is not so far
            time.sleep(0.05)
        raise TimeoutError(f"never true: {condition}\n{self.complaints()}")

    def place(self, selector: str) -> tuple[float, float]:
        """The middle of an element, which is scrolled to."""
        x, y = self.js(
            f"(() => {{ const e = document.querySelector({json.dumps(selector)}); e.scrollIntoView({{block: 'center', behavior: 'instant'}});"
            " const r = e.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; })()"
        )
        return x, y

    def mouse(self, kind: str, x: float, y: float, held: bool = False) -> None:
        name = {"down": "mousePressed", "up": "mouseReleased", "move": "mouseMoved"}[kind]
        pressed = held or kind == "down"
        self.send("Input.dispatchMouseEvent", type=name, x=x, y=y, button="none" if kind == "move" and not held else "left",
                  buttons=int(pressed), clickCount=int(kind != "move"))

    def click(self, selector: str) -> None:
        x, y = self.place(selector)
        self.mouse("move", x, y)
        self.mouse("down", x, y)
        self.mouse("up", x, y)

    def key(self, name: str, code: int, modifiers: int = 0) -> None:
        for kind in ("rawKeyDown", "keyUp"):
            self.send("Input.dispatchKeyEvent", type=kind, key=name, code=name, windowsVirtualKeyCode=code, modifiers=modifiers)

    def shot(self, path: str | Path, full: bool = False) -> None:
        data = self.send("Page.captureScreenshot", format="png", captureBeyondViewport=full)["data"]
        Path(path).write_bytes(base64.b64decode(data))

    def requests(self) -> list[str]:
        """Addresses that the page has asked for so far."""
        self.js("0")
        return [e["params"]["request"]["url"] for e in self.events if e["method"] == "Network.requestWillBeSent"]

    def complaints(self) -> list[str]:
        """Errors on the page so far: exceptions, and what the console shows as errors."""
        found = []
        for e in self.events:
            if e["method"] == "Runtime.exceptionThrown":
                details = e["params"]["exceptionDetails"]
                found.append(details.get("exception", {}).get("description") or details["text"])
            elif e["method"] == "Runtime.consoleAPICalled" and e["params"]["type"] == "error":
                found.append(str(e["params"]["args"]))
            elif e["method"] == "Log.entryAdded" and e["params"]["entry"]["level"] == "error":
                found.append(e["params"]["entry"]["text"])
        return found
