"""A Litestar application that answers with ready bytes, or writes given rows, and does nothing else."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from litestar import Litestar, MediaType, post

from bench.http.writing import Copies


def create_app() -> Litestar:
    """The application: `/graphql` answers the bytes of a file, `/write` writes copies of a mutation's rows."""
    ready = Path(os.environ["RAW_ANSWER"]).read_bytes()
    copies = Copies(os.environ["PEER_DATABASE"], int(os.environ["PEER_POOL"]))

    @post("/graphql", media_type=MediaType.JSON, status_code=200)
    async def answer() -> bytes:
        return ready

    @post("/write", media_type=MediaType.JSON, status_code=200)
    async def write() -> bytes:
        await copies.write()
        return b"{}"

    @asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncIterator[None]:
        async with copies:
            yield

    return Litestar([answer, write], lifespan=[lifespan], openapi_config=None, logging_config=None)
