"""Use cases on API clients and trusted documents, for the operator. Workers hear of each change within a second."""

from collections.abc import Sequence
from datetime import timedelta
from hashlib import sha256
from typing import Any

import msgspec

from gongzhi.core import clock, journal
from gongzhi.core.actors import accounts
from gongzhi.core.clients import tables
from gongzhi.core.clients.keys import digest_of, new_key
from gongzhi.core.clients.records import AddClient, ApiClient, NewDocument, TrustedDocument
from gongzhi.core.errors import Conflict, NotFound
from gongzhi.core.events.outbox import bump
from gongzhi.core.fields import checked, given
from gongzhi.core.permissions import Principal, require
from gongzhi.core.records import as_record, fetch

CLIENT = "clients.client"
DOCUMENT = "clients.document"
REVISION = "clients"
"""The counter that grows with each change, by which workers know of it."""


async def add_client(principal: Principal, command: AddClient) -> tuple[ApiClient, str]:
    """A new client with its key, which is never shown again. Conflict when the code is taken."""
    command = checked(command)
    decision = require(principal, "create", CLIENT, await accounts.home())
    if await tables.ApiClient.exists().where(tables.ApiClient.code == command.code):
        raise Conflict(f"The code {command.code} is taken.")
    key = new_key()
    values: dict[str, Any] = {**given(command), "key_digest": digest_of(key)}
    row = tables.ApiClient(**values)
    made = await journal.insert(principal, decision, row, ApiClient)
    await bump(REVISION)
    return made, key


async def rotate(principal: Principal, code: str, keep: timedelta = timedelta(0)) -> str:
    """A new key for a client; the former one goes on for `keep`."""
    decision = require(principal, "rotate", CLIENT, await accounts.home())
    row = await fetch(tables.ApiClient, tables.ApiClient.code, code, "API client")
    key = new_key()
    columns = {
        "key_digest": digest_of(key),
        "former_digest": row["key_digest"] if keep else "",
        "former_until": clock.now() + keep if keep else None,
    }
    await journal.amend(principal, decision, tables.ApiClient, as_record(row, ApiClient), {}, columns=columns)
    await bump(REVISION)
    return key


async def set_active(principal: Principal, code: str, *, active: bool) -> ApiClient:
    """Suspend a client, or let it ask again. Conflict when it is so already."""
    decision = require(principal, "resume" if active else "suspend", CLIENT, await accounts.home())
    current = as_record(await fetch(tables.ApiClient, tables.ApiClient.code, code, "API client"), ApiClient)
    if current.active == active:
        raise Conflict(f"The client {code} is {'active' if active else 'suspended'} already.")
    changed = await journal.amend(principal, decision, tables.ApiClient, current, {"active": active})
    await bump(REVISION)
    return changed


async def clients(principal: Principal) -> list[ApiClient]:
    """Every client, by code."""
    require(principal, "read", CLIENT, await accounts.home())
    rows = await tables.ApiClient.select(*tables.ApiClient.all_columns()).order_by(tables.ApiClient.code)
    return [as_record(row, ApiClient) for row in rows]


async def add_documents(principal: Principal, documents: Sequence[NewDocument], client: str = "") -> list[str]:
    """Trust documents, for one client or for all; answers the digests of those that were not trusted before."""
    decision = require(principal, "add", DOCUMENT, await accounts.home())
    if client:
        await fetch(tables.ApiClient, tables.ApiClient.code, client, "API client")
    added = []
    for document in map(checked, documents):
        digest = document_digest(document.text)
        entry = f"{digest}:{client}"
        if await tables.TrustedDocument.exists().where(tables.TrustedDocument.entry == entry):
            continue
        values = {**msgspec.structs.asdict(document), "client": client, "digest": digest, "added_at": clock.now()}
        await journal.insert(principal, decision, tables.TrustedDocument(entry=entry, **values), TrustedDocument)
        added.append(digest)
    if added:
        await bump(REVISION)
    return added


async def remove_document(principal: Principal, digest: str, client: str = "") -> TrustedDocument:
    """Trust a document no longer, for one client or for all. `digest` may be its beginning, if it is the only such.

    :raises NotFound: there is none. Conflict when several begin so.
    """
    decision = require(principal, "remove", DOCUMENT, await accounts.home())
    found = [each for each in await documents(principal, client) if each.digest.startswith(digest.lower())]
    if not found:
        raise NotFound(f"There is no trusted document {digest[:64]!r}; `gongzhi documents list` shows them.")
    if len(found) > 1:
        raise Conflict(f"{len(found)} trusted documents begin with {digest[:64]}; give more of the digest.")
    table = tables.TrustedDocument
    await table.delete().where(table.id == found[0].id)
    before = msgspec.to_builtins(found[0])
    await journal.write(principal, decision, journal.label_of(found[0]), before=before)
    await bump(REVISION)
    return found[0]


async def documents(principal: Principal, client: str | None = None) -> list[TrustedDocument]:
    """Every trusted document, or those of one client (`""`: those that all may ask), by name."""
    require(principal, "read", DOCUMENT, await accounts.home())
    table = tables.TrustedDocument
    query = table.select(*table.all_columns()).order_by(table.name).order_by(table.entry)
    if client is not None:
        query = query.where(table.client == client)
    return [as_record(row, TrustedDocument) for row in await query]


def document_digest(text: str) -> str:
    """The SHA-256 of a document's text, as clients compute it: of its bytes in UTF-8, nothing trimmed."""
    return sha256(text.encode()).hexdigest()
