"""The application, running in the test's own event loop, so that a test may use the same database beside it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from typing import Any, cast

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from gongzhi.app import create_app
from gongzhi.core.db import Database
from gongzhi.core.host import Host
from gongzhi.core.settings import Settings


@cache
def signing_key() -> str:
    """A development key of this process."""
    return Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode("ascii")


def settings_for(database: Database | str, **more: Any) -> Settings:
    """Settings with a database, given by its address or open, and a key of the tests' own."""
    if isinstance(database, Database):
        target = database.address.target
        database = f"sqlite:///{target}" if database.dialect == "sqlite" else target
    return Settings(database=database, signing_key=signing_key(), **more)


@asynccontextmanager
async def served(settings: Settings, host: Host | None = None) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the application of these settings, with the plugins of a host.

    What a test raises inside comes out as it is, although the application's own tasks wrap it into groups.
    """
    app = create_app(settings, host)
    try:
        async with (
            app.lifespan(),
            httpx.AsyncClient(transport=httpx.ASGITransport(cast(Any, app)), base_url="http://localhost") as client,
        ):
            yield client
    except BaseExceptionGroup as group:
        raise _only(group) from None


def _only(error: BaseException) -> BaseException:
    """What a group of one holds; a group of several stays."""
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    return error
