"""A real browser without a window, driven over the pipe of its DevTools protocol."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import select
import shutil
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from attrs import define, field

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
PATIENCE = 60.0
"""Seconds until an answer of the browser is given up."""

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--force-device-scale-factor=1",
    "--remote-debugging-pipe",
)


def chromium() -> str | None:
    """The browser's command, or `None` when there is none."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


@define
class Browser:
    """One browser with one page; everything that goes wrong in the page is kept.

    Attributes
    ----------
    complaints
        Errors and warnings of the console, and exceptions.
    requests
        Addresses that the page asked for.
    """

    _process: subprocess.Popen[bytes]
    _write: int
    _read: int
    _session: str = ""
    _last: int = 0
    _rest: bytes = b""
    complaints: list[str] = field(factory=list)
    requests: list[str] = field(factory=list)
    _loaded: bool = False

    @classmethod
    def start(cls, command: str, profile: Path) -> Browser:
        """Start the browser with a profile of its own and open an empty page."""
        # The browser reads commands from descriptor 3 and answers on descriptor 4: ours stay clear.
        (their_read, our_write), (our_read, their_write) = _pipe(), _pipe()
        script = f'exec "$@" 3<&{their_read} 4>&{their_write}'
        arguments = ["bash", "-c", script, "bash", command, *FLAGS, f"--user-data-dir={profile}"]
        process = subprocess.Popen(
            arguments,
            pass_fds=(their_read, their_write),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "HOME": str(profile)},
        )
        os.close(their_read)
        os.close(their_write)
        browser = cls(process, our_write, our_read)
        target = browser.call("Target.createTarget", url="about:blank")["targetId"]
        opened = browser.call("Target.attachToTarget", targetId=target, flatten=True)
        browser._session = opened["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            browser.call(f"{domain}.enable")
        return browser

    def stop(self) -> None:
        """End the browser."""
        try:
            self._session = ""
            self._send("Browser.close", {})
            self._process.wait(20)
        except (OSError, subprocess.TimeoutExpired):
            self._process.kill()
            self._process.wait()
        os.close(self._write)
        os.close(self._read)

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Send a command and wait for its answer."""
        number = self._send(method, parameters)
        while True:
            message = self._receive()
            if message.get("id") == number:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']}")
                result: dict[str, Any] = message["result"]
                return result

    def open(self, page: Path, *, width: int = 1200, dark: bool = False) -> None:
        """Show a file and wait until it has loaded."""
        self.surround(width=width, dark=dark)
        self.complaints.clear()
        self.requests.clear()
        self._loaded = False
        self.call("Page.navigate", url=page.resolve().as_uri())
        while not self._loaded:
            self._receive()

    def surround(self, *, width: int = 1200, dark: bool = False, media: str = "") -> None:
        """Set the width of the window, the wanted colours, and the medium."""
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        self.call("Emulation.setDeviceMetricsOverride", **size)
        wanted = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", media=media, features=[wanted])

    def run(self, script: str) -> Any:
        """The value of an expression in the page."""
        found = self.call(
            "Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True
        )
        if "exceptionDetails" in found:
            raise RuntimeError(json.dumps(found["exceptionDetails"]))
        return found["result"].get("value")

    def picture(self, selector: str) -> bytes:
        """An element as PNG."""
        box = self.run(
            f"(() => {{ const e = document.querySelector({json.dumps(selector)});"
            " e.scrollIntoView(); const b = e.getBoundingClientRect();"
            " return {x: b.x + scrollX, y: b.y + scrollY, width: b.width, height: b.height}; })()"
        )
        shot = self.call(
            "Page.captureScreenshot", clip={**box, "scale": 1}, captureBeyondViewport=True
        )
        return base64.b64decode(shot["data"])

    def paper(self) -> bytes:
        """The page as PDF."""
        found = self.call("Page.printToPDF", printBackground=True, preferCSSPageSize=True)
        return base64.b64decode(found["data"])

    def press(self, key: str) -> None:
        """Press and release a key."""
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, **_KEYS.get(key, {}))

    def _send(self, method: str, parameters: Mapping[str, Any]) -> int:
        self._last += 1
        message: dict[str, Any] = {"id": self._last, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self._write, data) :]
        return self._last

    def _receive(self) -> dict[str, Any]:
        end = time.monotonic() + PATIENCE
        while b"\0" not in self._rest:
            ready, _, _ = select.select([self._read], [], [], max(0, end - time.monotonic()))
            piece = os.read(self._read, 1 << 16) if ready else b""
            if not piece:
                raise RuntimeError("the browser does not answer")
            self._rest += piece
        line, self._rest = self._rest.split(b"\0", 1)
        message: dict[str, Any] = json.loads(line)
        self._note(message)
        return message

    def _note(self, message: dict[str, Any]) -> None:
        what = message.get("params", {})
        match message.get("method"):
            case "Page.loadEventFired":
                self._loaded = True
            case "Runtime.exceptionThrown":
                self.complaints.append(json.dumps(what["exceptionDetails"]))
            case "Runtime.consoleAPICalled" if what["type"] in ("error", "warning", "assert"):
                self.complaints.append(json.dumps(what["args"]))
            case "Log.entryAdded" if what["entry"]["level"] in ("error", "warning"):
                self.complaints.append(what["entry"]["text"])
            case "Network.requestWillBeSent":
                self.requests.append(what["request"]["url"][:200])


def show(browser: Browser, page: Path, *, width: int = 1200, dark: bool = False) -> None:
    """Open a report and wait until its last chart is drawn."""
    browser.open(page, width=width, dark=dark)
    wait_for(browser, "document.documentElement.dataset.drawn")


def wait_for(browser: Browser, condition: str) -> None:
    """Wait until an expression in the page is true."""
    look = f"const look = () => ({condition}) ? done() : setTimeout(look, 20); look();"
    browser.run(f"new Promise(done => {{ {look} }})")


def _pipe() -> tuple[int, int]:
    ends = os.pipe()
    high = tuple(fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in ends)
    for end in ends:
        os.close(end)
    return high[0], high[1]


_KEYS = {
    "Tab": {"windowsVirtualKeyCode": 9},
    "Enter": {"windowsVirtualKeyCode": 13, "text": "\r"},
    "ArrowRight": {"windowsVirtualKeyCode": 39},
    "ArrowLeft": {"windowsVirtualKeyCode": 37},
    "ArrowDown": {"windowsVirtualKeyCode": 40},
    "ArrowUp": {"windowsVirtualKeyCode": 38},
    "Escape": {"windowsVirtualKeyCode": 27},
}
