"""Idempotency keys: a mutation that is sent again, because its answer was lost, runs once and is answered twice.

The header is that of the IETF draft httpapi-idempotency-key-header. With a key the whole operation is one transaction:
the key is claimed, the mutations run, each undone alone where it fails, and the answer is kept before the commit. What
changed nothing is not kept, so that it may be tried again with the same key.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from hashlib import sha256
from typing import Any, Final

import msgspec
from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

from gongzhi.core.audit import decisions
from gongzhi.core.db.transaction import Isolation
from gongzhi.core.errors import Conflict, IdempotencyMismatch, Limited, Unauthenticated
from gongzhi.core.events.outbox import CATALOGUE, bumped
from gongzhi.core.idempotency import keys
from gongzhi.core.idempotency.keys import Grant, Stored
from gongzhi.core.permissions import gathered
from gongzhi.graphql.access import require_somewhere
from gongzhi.graphql.context import Context, Effects, Services
from gongzhi.graphql.endpoint.documents import Document, changes
from gongzhi.graphql.endpoint.operation import Operation
from gongzhi.graphql.mutations import ATTEMPTS

HEADER: Final = "idempotency-key"
REPLAYED: Final = {"Idempotent-Replayed": "true"}
ANYWHERE = ""
"""The path of a grant that was asked for at the root of an operation, before it came to any place."""
Answer = dict[str, Any]
Execute = Callable[[Context], Awaitable[Answer]]


class Keyed:
    """An operation with a key: how the key is found, what was asked, and what is kept for it."""

    __slots__ = ("entry", "fingerprint", "roots", "stored")

    def __init__(self, entry: str, fingerprint: str, roots: tuple[str, ...], stored: Stored | None) -> None:
        self.entry = entry
        self.fingerprint = fingerprint
        self.roots = roots
        """The names of the mutations that it asks for."""
        self.stored = stored


class Nothing(Exception):
    """The operation changed nothing: its answer is told and not kept, and its key may be used again."""

    def __init__(self, answer: Answer) -> None:
        super().__init__("nothing was changed")
        self.answer = answer


def headers_of(keyed: Keyed | None) -> Mapping[str, str]:
    """What an answer says of itself where it is a repetition."""
    return REPLAYED if keyed is not None and keyed.stored is not None else {}


async def keyed_of(
    sent: Operation, document: Document, chosen: OperationDefinitionNode, context: Context
) -> Keyed | None:
    """The key of an operation, with the answer that is kept for it; None without a key, and for what changes nothing.

    :raises Unauthenticated: nobody has signed in: their keys could not be told apart.
    :raises IdempotencyMismatch: the key was used for another request.
    :raises Forbidden: the caller may not do any more what they are answered about.
    """
    if not changes(chosen) or (key := sent.idempotency_key) is None:
        return None
    account = context.principal.account_id
    if account is None:
        raise Unauthenticated("Sign in to use an Idempotency-Key: a key belongs to an account.")
    entry = keys.entry_of(account, context.client.code if context.client else "", key)
    keyed = Keyed(entry, fingerprint_of(sent, document, context), tuple(_roots(chosen, document)), None)
    keyed.stored = await _found(keyed, context)
    return keyed


def fingerprint_of(sent: Operation, document: Document, context: Context) -> str:
    """What makes two requests the same: document, operation, variables in any order, and for whom somebody acts."""
    acting_for = str(context.principal.acting_for or "")
    asked = (document.digest, sent.operation_name or "", sent.variables or {}, acting_for)
    return sha256(msgspec.json.encode(asked, order="deterministic")).hexdigest()


def _roots(chosen: OperationDefinitionNode, document: Document) -> Iterator[str]:
    """The names of the fields at the top, of fragments too."""
    fragments = {
        each.name.value: each for each in document.node.definitions if isinstance(each, FragmentDefinitionNode)
    }
    rest: list[SelectionSetNode] = [chosen.selection_set]
    while rest:
        for each in rest.pop().selections:
            if isinstance(each, FieldNode):
                yield each.name.value
            elif isinstance(each, FragmentSpreadNode):
                rest.append(fragments[each.name.value].selection_set)
            elif isinstance(each, InlineFragmentNode):
                rest.append(each.selection_set)


async def _found(keyed: Keyed, context: Context) -> Stored | None:
    """What is kept for a key, for this caller and this request."""
    stored = await keys.find(keyed.entry)
    if stored is None:
        return None
    if stored.fingerprint != keyed.fingerprint:
        raise IdempotencyMismatch(
            "This Idempotency-Key was used before, with another request; send each request with a key of its own."
        )
    for grant in stored.grants:
        if grant.path == ANYWHERE:
            require_somewhere(context.principal, grant.action, grant.resource)
    keys.reauthorize(context.principal, [grant for grant in stored.grants if grant.path != ANYWHERE])
    return stored


class Once:
    """Runs operations with keys: once each, for whatever number of copies at the same time."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._keep = timedelta(hours=services.settings.idempotency_keep_hours)
        self._running: dict[str, tuple[asyncio.Lock, int]] = {}

    async def answer(self, keyed: Keyed, context: Context, schema: GraphQLSchema, execute: Execute) -> Answer:
        """The first answer, now or from what is kept.

        :raises Conflict: others change the same records all the time, or the first copy takes too long; nothing was
            changed, and the key is not used up.
        """
        if keyed.stored is None:
            async with self._turn(keyed.entry) as waited:
                if waited:
                    keyed.stored = await _found(keyed, context)
                if keyed.stored is None:
                    answer = await self._first(keyed, context, schema, execute)
                    if answer is not None:
                        return answer
                    keyed.stored = await _found(keyed, context)
        if keyed.stored is None:
            raise Conflict("The other request with this Idempotency-Key has just failed; send it again.")
        kept: Answer = msgspec.json.decode(keyed.stored.answer)
        return kept

    async def _first(self, keyed: Keyed, context: Context, schema: GraphQLSchema, execute: Execute) -> Answer | None:
        """Run it, in one transaction; None if another process has, meanwhile."""
        database = self._services.database
        account = context.principal.account_id
        assert account is not None  # noqa: S101  # `keyed_of` refuses callers without an account

        async def work() -> Answer | None:
            if not await _claimed(keys.claim(keyed.entry, account, keyed.fingerprint, self._keep)):
                return None
            effects, published = Effects(several=len(keyed.roots) > 1), bumped(CATALOGUE)
            gathered().grants.clear()
            answer = await execute(context.anew(effects))
            if effects.failed is not None:
                raise effects.failed
            if not effects.allowed:
                raise Nothing(answer)
            await self._keep_answer(keyed, answer, effects)
            database.after_commit(partial(self._tell, published))
            return answer

        try:
            return await database.run_in_transaction(work, ATTEMPTS, isolation=isolation_of(schema, keyed.roots))
        except Nothing as nothing:
            return nothing.answer

    async def _keep_answer(self, keyed: Keyed, answer: Answer, effects: Effects) -> None:
        """Beside it goes what was read in confidence, which is told with every repetition."""
        noticed = gathered()
        grants = keys.grants_of(noticed.grants)
        grants += tuple(dict.fromkeys(Grant(action, resource, ANYWHERE) for action, resource in effects.allowed))
        await keys.keep_answer(keyed.entry, msgspec.json.encode(answer), grants)
        if noticed.reads:
            await decisions.write_reads(noticed.reads)
            noticed.reads.clear()

    async def _tell(self, published: int) -> None:
        """After the commit: what everybody sees of it."""
        self._services.tail.wake()
        await self._services.catalogue.follow(published)

    @asynccontextmanager
    async def _turn(self, entry: str) -> AsyncIterator[bool]:
        """One copy at a time in this process, so that those who wait hold no connection; True if it had to wait."""
        lock, holders = self._running.get(entry, (None, 0))
        lock = lock or asyncio.Lock()
        self._running[entry] = (lock, holders + 1)
        try:
            waited = lock.locked()
            async with lock:
                yield waited
        finally:
            _, holders = self._running.pop(entry)
            if holders > 1:
                self._running[entry] = (lock, holders - 1)


async def _claimed(claim: Awaitable[bool]) -> bool:
    """Whether the key was taken; the copy that another process runs is not waited for without end."""
    try:
        return await claim
    except Limited as error:
        raise Conflict("The first request with this Idempotency-Key still runs; send it again in a moment.") from error


def isolation_of(schema: GraphQLSchema, roots: tuple[str, ...]) -> Isolation:
    """The weakest isolation in which each of these mutations keeps what it promises."""
    fields = schema.mutation_type.fields if schema.mutation_type else {}
    declared = [fields[name].extensions["strawberry-definition"].metadata for name in roots if name in fields]
    waits = all(each["isolation"] == "read committed" for each in declared)
    return "read committed" if declared and waits else "repeatable read"
