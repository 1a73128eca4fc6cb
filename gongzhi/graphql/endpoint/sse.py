"""Server-sent events: `next` for each answer, `complete` at the end (graphql-sse's distinct connections).

https://github.com/graphql/graphql-over-http/blob/main/rfcs/GraphQLOverSSE.md
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import msgspec

from gongzhi.graphql.endpoint.answering import Answering
from gongzhi.graphql.endpoint.caller import Caller, Credentials
from gongzhi.graphql.endpoint.following import Following
from gongzhi.graphql.endpoint.operation import Operation

KEEP_ALIVE_SECONDS = 12.0
"""Proxies close a connection on which nothing moves; most wait for a minute."""
COMPLETE = b"event: complete\ndata:\n\n"
STILL_HERE = b":\n\n"


async def events(
    answering: Answering, sent: Operation, shown: Credentials, stopping: asyncio.Event
) -> AsyncIterator[bytes]:
    """The stream of one operation; comments keep it open while there is nothing to tell. It ends with the server."""
    caller = Caller(answering.services, answering.verifier, shown)
    answers = Following(answering, caller, stopping).answers(sent)
    coming: asyncio.Task[dict[str, object]] | None = None
    try:
        yield STILL_HERE
        while True:
            coming = coming or asyncio.ensure_future(anext(answers))
            done, _ = await asyncio.wait((coming,), timeout=KEEP_ALIVE_SECONDS)
            if not done:
                yield STILL_HERE
                continue
            try:
                answer = coming.result()
            except StopAsyncIteration:
                break
            coming = None
            yield b"event: next\ndata: " + msgspec.json.encode(answer) + b"\n\n"
        yield COMPLETE
    finally:
        if coming is not None:
            coming.cancel()
            with contextlib.suppress(asyncio.CancelledError, StopAsyncIteration):
                await coming
        await answers.aclose()
