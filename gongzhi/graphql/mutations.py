"""Mutations are declared, not written: from a command of core come the input, the mutation, its payload and its guard.

    Mutation("publishEdition", PublishEdition, editions.RESOURCE, "publish", publish, {"edition": Edition}, "Publish.")

The use case gets the checked command. The whole mutation is one transaction: its rows, audit line and event together.
With an idempotency key the whole operation is, and each mutation a part of it (`endpoint/idempotency.py`).
"""

import contextlib
import inspect
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Annotated, Any

import msgspec
import strawberry

from gongzhi.core import db
from gongzhi.core.db.transaction import Isolation
from gongzhi.core.errors import GongzhiError, Unavailable
from gongzhi.core.events.outbox import CATALOGUE, bumped
from gongzhi.core.permissions import Principal
from gongzhi.core.workflow.gates import open_to
from gongzhi.graphql.access import PRIVATE, Needs
from gongzhi.graphql.context import Context, Effects, Info
from gongzhi.graphql.fields import about, field, private
from gongzhi.graphql.inputs import command_of, input_type
from gongzhi.graphql.outcome import committed

Perform = Callable[[Context, Any], Awaitable[Any]]
ATTEMPTS = 12
"""Tries of one mutation while others change the same rows. Of eight who pay into one account without a pause, half are
told to send it again if there are three tries, one in two hundred if there are twelve."""


class Mutation(msgspec.Struct, frozen=True):
    """One mutation.

    `perform` answers the value of the payload's only field, or a tuple with one value for each. `results` are the
    payload's fields with their types; each is described by `meanings`, or as the changed record. `waiting` sets the
    isolation where many callers claim the same thing at once.
    """

    name: str
    command: type[msgspec.Struct]
    resource: str
    action: str
    perform: Perform
    results: Mapping[str, Any]
    description: str
    meanings: Mapping[str, str] = {}
    isolation: Isolation = "repeatable read"


def of_caller(use_case: Callable[[Principal, Any], Awaitable[Any]]) -> Perform:
    """How a use case of a principal and a command is performed."""
    return lambda context, command: use_case(context.principal, command)


def waiting(*declared: Mutation) -> tuple[Mutation, ...]:
    """The same mutations, for what many callers claim at once (places, points, money): they wait for each other.

    The others read what was there when they began, and begin again when somebody else has changed it meanwhile.
    """
    return tuple(msgspec.structs.replace(each, isolation="read committed") for each in declared)


def mutation_type(declared: Iterable[Mutation]) -> type:
    """The type with these mutations as its fields, for the schema."""
    fields = {mutation.name: _field(mutation) for mutation in declared}
    return strawberry.type(type("CoreMutation", (), fields), description="What core lets callers change.")


def payload_name(mutation: Mutation) -> str:
    """`publishEdition` answers a `PublishEditionPayload`."""
    return f"{mutation.name[0].upper()}{mutation.name[1:]}Payload"


def _payload(mutation: Mutation) -> type:
    namespace: dict[str, Any] = {"__annotations__": dict(mutation.results)}
    for name in mutation.results:
        namespace[name] = private(mutation.meanings.get(name, "The record as it now is."))
    name = payload_name(mutation)
    return strawberry.type(type(name, (), namespace), description=f"What `{mutation.name}` answers.")


def _field(mutation: Mutation) -> Any:
    given, payload = input_type(mutation.command, f"{payload_name(mutation)[:-7]}Input"), _payload(mutation)

    async def resolve(info: Info, input: Any) -> Any:
        context: Context = info.context
        command = command_of(mutation.command, input)

        async def work() -> Any:
            with open_to(context.services.host.gates()):
                return await mutation.perform(context, command)

        if context.effects is None:
            published = bumped(CATALOGUE)
            answer = await db.current().run_in_transaction(work, ATTEMPTS, isolation=mutation.isolation)
            committed(str(info.path.key))
            await context.catalogue.follow(published)
            context.changed()
            context.services.tail.wake()
        else:
            answer = await _part(mutation, context, context.effects, work)
        values = answer if len(mutation.results) > 1 else (answer,)
        return payload(**dict(zip(mutation.results, values, strict=True)))

    resolve.__annotations__["input"] = Annotated[given, about("What to change.")]
    resolve.__annotations__["return"] = payload | None
    access = Needs(mutation.resource, mutation.action)
    known = {"isolation": mutation.isolation}
    return field(mutation.description, access, resolver=resolve, name=mutation.name, metadata=known)


async def _part(mutation: Mutation, context: Context, effects: Effects, work: Callable[[], Awaitable[Any]]) -> Any:
    """Perform one of the mutations that are a transaction together; what it changed is told when all is committed."""
    database = db.current()
    try:
        async with database.savepoint() if effects.several else contextlib.nullcontext():
            answer = await work()
        await database.send_appended()
        snapshot = await context.catalogue.within()
    except GongzhiError as error:
        if db.is_retryable(error) or isinstance(error, Unavailable):
            effects.failed = error
        raise
    effects.allowed.append((mutation.action, mutation.resource))
    context.changed(snapshot)
    return answer


def described(command: type[msgspec.Struct]) -> str:
    """A command's meaning, from its docstring."""
    return " ".join(inspect.cleandoc(command.__doc__ or "").split())


__all__ = ["PRIVATE", "Mutation", "described", "mutation_type", "of_caller", "payload_name", "waiting"]
