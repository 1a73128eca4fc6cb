"""A receiver of webhooks in threads of its own, so that a test may wait for processes beside it."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import msgspec


class Caught(msgspec.Struct):
    """One request, whole."""

    id: str
    headers: dict[str, str]
    body: bytes

    @property
    def data(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)["data"]
        return found


class Catcher:
    """`caught` is all that came, in its order. `before` and `after` are called around the answer."""

    def __init__(self) -> None:
        self.caught: list[Caught] = []
        self.before: Callable[[int], None] = lambda count: None
        self.after: Callable[[int], None] = lambda count: None
        self.lock = threading.Lock()
        self.url = ""

    def firsts(self) -> dict[str, list[int]]:
        """For each record the versions in the order in which they came first."""
        found: dict[str, dict[int, None]] = {}
        for each in self.caught:
            found.setdefault(each.data["record"], {})[each.data["version"]] = None
        return {record: list(versions) for record, versions in found.items()}


@contextmanager
def catching() -> Iterator[Catcher]:
    """A receiver on a free port of this machine."""
    catcher = Catcher()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["content-length"])
            body = self.rfile.read(length)
            if len(body) < length:  # the sender was killed between the head and the end of it: nothing was delivered
                self.close_connection = True
                return
            headers = {name.lower(): value for name, value in self.headers.items()}
            with catcher.lock:
                catcher.caught.append(Caught(headers["webhook-id"], headers, body))
                count = len(catcher.caught)
                catcher.before(count)
                self.send_response(204)
                self.end_headers()
                catcher.after(count)

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    catcher.url = f"http://127.0.0.1:{server.server_port}/"
    try:
        yield catcher
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
