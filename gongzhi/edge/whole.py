"""An answer's head and the beginning of its body in one write: a write takes longer than making most answers does.

uvicorn writes the head when an application begins to answer. Here it waits for the body, which follows at once where
the head says how long it is; a head that does not say so is written at once.
"""

import asyncio

_INTERIM = b"HTTP/1.1 1"
_LENGTH = b"\r\ncontent-length: "


class Whole:
    """What the answer to one request is written to, in front of its connection."""

    __slots__ = ("_begun", "_head", "_transport")

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._head: bytes | None = None
        self._begun = False

    def write(self, data: bytes) -> None:
        """The head, an interim one before it, or a part of the body."""
        if self._head is not None:
            head, self._head, self._begun = self._head, None, True
            self._transport.writelines((head, data))
        elif self._begun or data.startswith(_INTERIM):
            self._transport.write(data)
        elif _LENGTH in data:
            self._head = data
        else:
            self._begun = True
            self._transport.write(data)

    def close(self) -> None:
        """Close the connection when all is written."""
        if self._head is not None:
            self.write(b"")
        self._transport.close()

    def is_closing(self) -> bool:
        """Whether the connection is being closed."""
        return self._transport.is_closing()
