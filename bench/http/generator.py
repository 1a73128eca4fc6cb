"""`python -m bench.http.generator URL FILE SECONDS CONNECTIONS TOKEN`: what wrk.lua does, where there is no wrk.

Prints the same line. One process, asyncio streams; each connection waits for its answer before it asks again.
"""

import asyncio
import itertools
import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit


def main() -> None:
    """Read what to do from the command line."""
    url, file, seconds, connections, *token = sys.argv[1:]
    bodies = Path(file).read_text("utf-8").splitlines()
    print("RESULT " + json.dumps(asyncio.run(load(url, bodies, float(seconds), int(connections), "".join(token)))))


async def load(url: str, bodies: list[str], seconds: float, connections: int, token: str) -> dict[str, int]:
    """The numbers that wrk.lua prints."""
    requests = _requests(url, bodies, token)
    spans: list[float] = []
    sums = {"bytes": 0, "errors": 0}
    begun = time.perf_counter()

    async def connection() -> None:
        address = urlsplit(url)
        reader, writer = await asyncio.open_connection(address.hostname, address.port, limit=1 << 24)
        while time.perf_counter() - begun < seconds:
            before = time.perf_counter()
            writer.write(next(requests))
            size, good = await _answer(reader)
            spans.append(time.perf_counter() - before)
            sums["bytes"] += size
            sums["errors"] += not good
        writer.close()

    await asyncio.gather(*(connection() for _ in range(connections)))
    taken = time.perf_counter() - begun
    spans.sort()
    middle, late = spans[len(spans) // 2], spans[min(len(spans) - 1, len(spans) * 99 // 100)]
    numbers = {"microseconds": taken * 1e6, "p50": middle * 1e6, "p99": late * 1e6}
    return {"requests": len(spans), **sums, **{name: int(value) for name, value in numbers.items()}}


def _requests(url: str, bodies: list[str], token: str) -> Iterator[bytes]:
    address = urlsplit(url)
    signed = f"Authorization: Bearer {token}\r\n" if token else ""
    head = f" {address.path} HTTP/1.1\r\nHost: {address.netloc}\r\nAccept: application/json\r\n{signed}"
    for number, body in enumerate(itertools.cycle(bodies or [""])):
        if not bodies:
            yield f"GET{head}\r\n".encode()
            continue
        sent = body.replace("@", f"{os.getpid()}-{time.time_ns()}-{number}").encode()
        yield f"POST{head}Content-Type: application/json\r\nContent-Length: {len(sent)}\r\n\r\n".encode() + sent


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bool]:
    """The size of an answer with its headers, and whether it is a success."""
    head = await reader.readuntil(b"\r\n\r\n")
    lower = head.lower()
    size = len(head)
    if b"content-length:" in lower:
        length = int(lower.split(b"content-length:")[1].split(b"\r\n")[0])
        size += len(await reader.readexactly(length))
    else:
        size += await _chunks(reader)
    return size, head.split(b" ", 2)[1].startswith(b"2")


async def _chunks(reader: asyncio.StreamReader) -> int:
    size = 0
    while True:
        line = await reader.readuntil(b"\r\n")
        length = int(line.split(b";")[0], 16)
        size += len(line) + len(await reader.readexactly(length + 2))
        if not length:
            return size


if __name__ == "__main__":
    main()
