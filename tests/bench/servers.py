"""A small HTTP server for the tests of the bench: `python -m tests.bench.servers PORT BODY`."""

import http.server
import subprocess
import sys


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers every POST with the same bytes; `fail` in a body makes it a 500."""

    protocol_version = "HTTP/1.1"
    answer = b""

    def do_GET(self) -> None:
        self._send(200, b"{}")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self._send(500 if b"fail" in body else 200, self.answer)

    def _send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *values: object) -> None:
        """Say nothing."""


def main() -> None:
    """Serve until ended; a child that sleeps shows whether the whole group is."""
    port, answer = sys.argv[1:3]
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    Handler.answer = answer.encode()
    with http.server.ThreadingHTTPServer(("127.0.0.1", int(port)), Handler) as server:
        server.serve_forever()


if __name__ == "__main__":
    main()
