"""An answer that is there as a whole leaves in one write, its head put together at once: both take long beside it.

uvicorn writes the head when an application begins to answer, and looks at each header of it by regular expressions.
Here the head waits for the body, which follows at once where the head says how long it is. Everything else (answers
without a length, to HEAD, the last ones of their connection) is uvicorn's.
"""

from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

_NOT_HERE = frozenset((b"transfer-encoding", b"connection"))
"""Headers that say how a connection goes on."""
_REFUSED = bytes([*range(0x09), *range(0x0A, 0x20), 0x7F])
"""What no header may hold (RFC 9110, 5.5): line breaks above all."""


class Whole(RequestResponseCycle):
    """One request and its answer."""

    _head: bytes | None = None
    """What waits for the body."""

    async def send(self, message: Any) -> None:
        """Take the head or a part of the body."""
        if self._head is None:
            head = self._head_of(message) if message["type"] == "http.response.start" else None
            if head is None:
                await super().send(message)
            else:
                self._head, self.response_started, self.waiting_for_100_continue = head, True, False
            return
        head, self._head = self._head, None
        body = message.get("body", b"")
        if message["type"] == "http.response.body" and not message.get("more_body") and self._is_all(body):
            self.transport.writelines((head, body))
            self.expected_content_length, self.response_complete = 0, True
            self.message_event.set()
            self.on_response()
            return
        if not self.disconnected:
            self.transport.write(head)
        await super().send(message)

    def _is_all(self, body: bytes) -> bool:
        """Whether nothing hinders this from being the whole body."""
        return len(body) == self.expected_content_length and not self.disconnected and not self.flow.write_paused

    def _head_of(self, message: Any) -> bytes | None:
        """The head as it is sent; None where uvicorn has to see to it."""
        hindered = self.response_started or self.disconnected or self.flow.write_paused or not self.keep_alive
        if hindered or self.access_log or self.scope["method"] == "HEAD":
            return None
        length: bytes | None = None
        parts = [STATUS_LINE[message["status"]]]
        headers = [*self.default_headers, *message.get("headers", ())]
        for name, value in headers:
            if name == b"content-length" and length is None:
                length = value
            elif name == b"content-length" or name in _NOT_HERE:
                return None
            parts += (name, b": ", value, b"\r\n")
        parts.append(b"\r\n")
        head = b"".join(parts)
        if (
            length is None
            or not length.isdigit()
            or len(head.translate(None, _REFUSED)) != len(head) - 2 * len(headers) - 4
        ):
            return None  # where a header holds what it may not, uvicorn refuses it
        self.expected_content_length, self.chunked_encoding = int(length), False
        return head
