"""Bytes as they go over a socket: requests that no client would send, and frames of WebSockets."""

import asyncio
import struct

from tests.edge.running import PROTOCOL, Running

BODY = b'{"query":"{ __typename }"}'
LENGTH = b"Content-Length: %d\r\n" % len(BODY)
POST = b"POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nConnection: close\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n"
UPGRADE = b"Upgrade: websocket\r\nConnection: Upgrade\r\n"
KEY = b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
VERSION = b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: %s\r\n" % PROTOCOL.encode()
TEXT, PING, CONTINUED = 1, 9, 0


def get(path: str, *headers: str, host: str = "localhost") -> bytes:
    """A request, whole."""
    lines = [f"GET {path} HTTP/1.1", f"Host: {host}", "Connection: close", *headers]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def handshake(path: str = "/graphql", more: bytes = b"", host: str = "localhost") -> bytes:
    """What opens a WebSocket."""
    head = f"GET {path} HTTP/1.1\r\nHost: {host}\r\n".encode()
    return head + UPGRADE + KEY + VERSION + more + b"\r\n"


def frame(opcode: int, data: bytes, *, last: bool = True, compressed: bool = False) -> bytes:
    """A frame, masked with zeros."""
    first = (0x80 if last else 0) | (0x40 if compressed else 0) | opcode
    size = len(data)
    if size < 126:
        head = bytes([first, 0x80 | size])
    elif size < 65_536:
        head = bytes([first, 0xFE]) + struct.pack("!H", size)
    else:
        head = bytes([first, 0xFF]) + struct.pack("!Q", size)
    return head + bytes(4) + data


async def asked(server: Running, data: bytes, seconds: float = 3.0) -> bytes:
    """What comes back on a connection of its own, until the server closes it; TimeoutError if it does not."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    try:
        writer.write(data)
        async with asyncio.timeout(seconds):
            return await reader.read(-1)
    finally:
        writer.close()


async def opened(server: Running, more: bytes = b"") -> tuple[asyncio.StreamReader, asyncio.StreamWriter, bytes]:
    """A WebSocket, and the head of the answer to its handshake."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(handshake(more=more))
    return reader, writer, await reader.readuntil(b"\r\n\r\n")


async def closed_with(reader: asyncio.StreamReader, seconds: float = 5.0) -> int:
    """The code of the close frame that comes next."""
    async with asyncio.timeout(seconds):
        head = await reader.readexactly(4)
    assert head[0] == 0x88, head
    found: int = struct.unpack("!H", head[2:])[0]
    return found
