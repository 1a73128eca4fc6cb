"""What a worker knows of clients and documents: all of them in memory, replaced as a whole when something changes."""

import asyncio
from collections.abc import Mapping
from datetime import datetime

import msgspec

from gongzhi.core import clock
from gongzhi.core.clients import tables
from gongzhi.core.clients.keys import LONGEST, digest_of
from gongzhi.core.clients.records import ApiClient
from gongzhi.core.clients.service import REVISION
from gongzhi.core.errors import Unauthenticated
from gongzhi.core.events.outbox import revision
from gongzhi.core.records import as_record


class _Key(msgspec.Struct, frozen=True):
    client: ApiClient
    until: datetime | None = None


class Trusted(msgspec.Struct, frozen=True):
    """A trusted document, and the codes of the clients that may name it; `""` among them: everybody."""

    text: str
    clients: frozenset[str]


class Clients:
    """The API clients and trusted documents of one process."""

    def __init__(self) -> None:
        self._revision = -1
        self._keys: Mapping[str, _Key] = {}
        self._documents: Mapping[str, Trusted] = {}
        self._refreshing = asyncio.Lock()

    @property
    def revision(self) -> int:
        """Grows whenever a client or a document may have changed."""
        return self._revision

    async def refresh(self) -> bool:
        """Load them again if something changed; answers whether it did. One statement when nothing did."""
        async with self._refreshing:
            latest = await revision(REVISION)
            if latest == self._revision:
                return False
            self._keys, self._documents, self._revision = await _keys(), await _documents(), latest
            return True

    def of_key(self, key: str) -> ApiClient:
        """The client of a key.

        :raises Unauthenticated: there is none, or it is suspended; one may not learn which keys exist from the message.
        """
        found = self._keys.get(digest_of(key)) if len(key) <= LONGEST else None
        if found is None or (found.until is not None and found.until <= clock.now()):
            raise Unauthenticated("This API key is not known here; ask the operator for a new one.")
        if not found.client.active:
            raise Unauthenticated(f"The API client {found.client.code} is suspended; ask the operator.")
        return found.client

    def document(self, digest: str, client: ApiClient | None) -> str | None:
        """The text of a trusted document, for a client that may name it."""
        found = self._documents.get(digest.lower())
        own = client.code if client is not None else ""
        if found is None or not (own in found.clients or ("" in found.clients and not _own_only(client))):
            return None
        return found.text

    def restricted(self, client: ApiClient | None) -> bool:
        """Whether this client may send nothing but its own trusted documents."""
        return _own_only(client)


def _own_only(client: ApiClient | None) -> bool:
    return client is not None and client.documents == "own"


async def _keys() -> dict[str, _Key]:
    table, keys = tables.ApiClient, {}
    for row in await table.select(*table.all_columns()):
        client = as_record(row, ApiClient)
        keys[row["key_digest"]] = _Key(client)
        if row["former_digest"] and row["former_until"] is not None:
            keys[row["former_digest"]] = _Key(client, row["former_until"])
    return keys


async def _documents() -> dict[str, Trusted]:
    table = tables.TrustedDocument
    found: dict[str, Trusted] = {}
    for row in await table.select(table.digest, table.client, table.text):
        known = found.get(row["digest"])
        clients = known.clients if known else frozenset()
        found[row["digest"]] = Trusted(row["text"], clients | {row["client"]})
    return found
