"""Claiming a key, keeping the answer with it, and finding it again.

A key is claimed first and answered last in the transaction of the change. So a process that dies before the commit
leaves neither, and one that dies after it leaves both; of two at once, the second waits for the first's row.
"""

from collections.abc import Collection, Iterable
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

import msgspec

from gongzhi.core import clock
from gongzhi.core.idempotency.tables import IdempotencyKey
from gongzhi.core.ids import uuid7
from gongzhi.core.permissions import Decision, Principal, require

_CLAIM = """
INSERT INTO idempotency_key (id, entry, account, fingerprint, answer, grants, at, expires_at)
VALUES ({}, {}, {}, {}, {}, '[]', {}, {})
ON CONFLICT (entry) DO UPDATE SET id = excluded.id, account = excluded.account, fingerprint = excluded.fingerprint,
    answer = excluded.answer, grants = '[]', at = excluded.at, expires_at = excluded.expires_at
WHERE idempotency_key.expires_at <= excluded.at
RETURNING id
"""
"""A key whose time is over is claimed as if it were not there, removed or not."""


class Grant(msgspec.Struct, frozen=True, array_like=True):
    """What a caller was allowed: enough to ask whether they still are."""

    action: str
    resource: str
    path: str
    relations: tuple[str, ...] = ()
    owner: UUID | None = None


class Stored(msgspec.Struct, frozen=True):
    """What is kept for a key: the request's fingerprint, its answer, and on which grants it was given."""

    fingerprint: str
    answer: bytes
    grants: tuple[Grant, ...]


def entry_of(account: UUID, client: str, key: str) -> str:
    """How a key is found: everybody's keys are their own, and so are those of each application."""
    return sha256(msgspec.json.encode((str(account), client, key))).hexdigest()


async def find(entry: str) -> Stored | None:
    """What is kept for a key; None where nothing is, or not any more."""
    rows = await (
        IdempotencyKey.select(IdempotencyKey.fingerprint, IdempotencyKey.answer, IdempotencyKey.grants)
        .where(IdempotencyKey.entry == entry)
        .where(IdempotencyKey.expires_at > clock.now())
    )
    if not rows:
        return None
    row = rows[0]
    grants = msgspec.json.decode(row["grants"], type=tuple[Grant, ...])
    return Stored(row["fingerprint"], bytes(row["answer"]), grants)


async def claim(entry: str, account: UUID, fingerprint: str, keep: timedelta) -> bool:
    """Take a key for the running transaction; False if somebody has it.

    While another transaction claims the same key, this waits for its end.

    :raises Conflict: with `retryable`, where the isolation does not let this one see what the other has written.
    """
    now = clock.now()
    return bool(await IdempotencyKey.raw(_CLAIM, uuid7(), entry, account, fingerprint, b"", now, now + keep))


async def keep_answer(entry: str, answer: bytes, grants: Collection[Grant]) -> None:
    """Keep the answer with the key that this transaction has claimed."""
    told = msgspec.json.encode(grants).decode()
    await IdempotencyKey.update({IdempotencyKey.answer: answer, IdempotencyKey.grants: told}).where(
        IdempotencyKey.entry == entry
    )


def grants_of(decisions: Iterable[Decision]) -> tuple[Grant, ...]:
    """The decisions as they are kept, each once."""
    found = (
        Grant(each.action, each.resource, each.path, tuple(sorted(each.relations)), each.owner) for each in decisions
    )
    return tuple(dict.fromkeys(found))


def reauthorize(principal: Principal, grants: Iterable[Grant]) -> None:
    """Ask again for everything that the answer was given on: nobody is told what they may not do any more.

    :raises Forbidden: some of it has ended since.
    """
    for grant in grants:
        require(principal, grant.action, grant.resource, grant.path, grant.relations, owner=grant.owner)
