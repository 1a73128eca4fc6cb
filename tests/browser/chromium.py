"""Headless Chromium, driven over the DevTools protocol: as much of it as the pages' tests need."""

import base64
import itertools
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.client import ClientConnection, connect

MISSING = "no chromium is on the PATH; on Debian: apt-get install chromium"
PATIENCE = 20.0
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--remote-debugging-port=0",
)
CONTROLS = {"button", "link", "textbox", "searchbox", "combobox", "checkbox", "radio", "tab", "listbox"}


class Page:
    """A tab. Keeps what the page asked of the network, and what it reported as wrong."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self._numbers = itertools.count(1)
        self.requested: list[str] = []
        self.wrong: list[str] = []

    def start(self) -> None:
        """Have the tab tell what happens in it."""
        for domain in ("Page", "Runtime", "Log", "Network", "Accessibility"):
            self.command(f"{domain}.enable")

    def command(self, method: str, **parameters: Any) -> dict[str, Any]:
        """The result of a command of the protocol; what happens meanwhile is noted."""
        number = next(self._numbers)
        self._connection.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            message = json.loads(self._connection.recv(timeout=PATIENCE))
            if message.get("id") == number:
                assert "error" not in message, message
                result: dict[str, Any] = message["result"]
                return result
            self._note(message)

    def _note(self, message: dict[str, Any]) -> None:
        match message.get("method"), message.get("params", {}):
            case "Network.requestWillBeSent", {"request": {"url": url}}:
                self.requested.append(url)
            case "Runtime.exceptionThrown", {"exceptionDetails": details}:
                self.wrong.append(json.dumps(details))
            case "Log.entryAdded", {"entry": {"level": "error"} as entry}:
                self.wrong.append(f"{entry['text']} {entry.get('url', '')}")

    def open(self, url: str, *, ready: str) -> None:
        """Go to an address and wait until an expression holds there."""
        self.command("Page.navigate", url=url)
        self.wait(f"document.readyState === 'complete' && ({ready})")

    def value(self, expression: str) -> Any:
        """What a JavaScript expression gives, as JSON."""
        answer = self.command("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def wait(self, expression: str) -> None:
        """Until the expression holds."""
        deadline = time.monotonic() + PATIENCE
        while not self.value(f"Boolean({expression})"):
            if time.monotonic() > deadline:
                raise AssertionError(f"never true: {expression}\n{self.wrong}\n{self.value('document.body.innerText')}")
            time.sleep(0.02)

    def text(self, selector: str) -> str:
        """What people read in an element."""
        return str(self.value(f"document.querySelector({json.dumps(selector)}).innerText"))

    def click(self, selector: str) -> None:
        self.value(f"document.querySelector({json.dumps(selector)}).click()")

    def focus(self, selector: str) -> None:
        self.value(f"document.querySelector({json.dumps(selector)}).focus()")

    def write(self, selector: str, text: str) -> None:
        """Replace what a field holds, as if it were typed."""
        field = f"document.querySelector({json.dumps(selector)})"
        self.value(f"{field}.focus(); {field}.select()")
        self.command("Input.insertText", text=text)

    def press(self, key: str, *, control: bool = False) -> None:
        """A key that is named as in KeyboardEvent.key."""
        codes = {"Enter": 13, "Tab": 9, "ArrowRight": 39}
        named = {"key": key, "code": key, "windowsVirtualKeyCode": codes[key], "modifiers": 2 if control else 0}
        self.command("Input.dispatchKeyEvent", type="rawKeyDown", **named)
        self.command("Input.dispatchKeyEvent", type="keyUp", **named)

    def choose(self, selector: str, value: str) -> None:
        """An option of a select."""
        field = f"document.querySelector({json.dumps(selector)})"
        self.value(
            f"{field}.value = {json.dumps(value)}; {field}.dispatchEvent(new Event('change', {{bubbles: true}}))"
        )

    def unnamed(self) -> list[str]:
        """Controls that a screen reader would announce without a name."""
        nodes = self.command("Accessibility.getFullAXTree")["nodes"]
        shown = [node for node in nodes if not node["ignored"] and node["role"]["value"] in CONTROLS]
        assert shown
        return [json.dumps(node) for node in shown if not node.get("name", {}).get("value", "").strip()]

    def resize(self, width: int, height: int, *, scale: float = 1, dark: bool = False) -> None:
        """The size of the window, in CSS pixels."""
        size = {"width": width, "height": height, "deviceScaleFactor": scale, "mobile": width < 600}
        self.command("Emulation.setDeviceMetricsOverride", **size)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.command("Emulation.setEmulatedMedia", features=[scheme])

    def picture(self) -> bytes:
        """What the window shows, as PNG."""
        return base64.b64decode(self.command("Page.captureScreenshot", format="png")["data"])


def program() -> str | None:
    return shutil.which("chromium")


def required() -> str:
    """Chromium's path. Without it the test is skipped, or fails where everything must be there."""
    found = program()
    if found is None:
        if "CI" in os.environ:
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    return found


@contextmanager
def running(command: str, profile: Path) -> Iterator[str]:
    """The address at which a new Chromium is driven; it ends with the block."""
    with (profile / "log").open("wb") as log:
        process = subprocess.Popen([command, *FLAGS, f"--user-data-dir={profile}"], stdout=log, stderr=log)
    try:
        yield _address(process, profile)
    finally:
        process.terminate()
        process.wait(timeout=20)


def _address(process: subprocess.Popen[bytes], profile: Path) -> str:
    file = profile / "DevToolsActivePort"
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        lines = file.read_text().splitlines() if file.is_file() else []
        if len(lines) == 2:
            return f"ws://127.0.0.1:{lines[0]}{lines[1]}"
        time.sleep(0.05)
    raise AssertionError((profile / "log").read_text("utf-8", "replace"))


@contextmanager
def tab(browser: str) -> Iterator[Page]:
    """A tab that shares no storage with others."""
    with _connected(browser) as whole:
        context = whole.command("Target.createBrowserContext")["browserContextId"]
        target = whole.command("Target.createTarget", url="about:blank", browserContextId=context)["targetId"]
        with _connected(f"{browser.partition('/devtools/')[0]}/devtools/page/{target}") as page:
            page.start()
            yield page
        whole.command("Target.disposeBrowserContext", browserContextId=context)


@contextmanager
def _connected(address: str) -> Iterator[Page]:
    with connect(address, max_size=None, proxy=None) as connection:
        yield Page(connection)
