"""What follows from a workflow for the API: a mutation for each transition, and the steps that a record allows now."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import msgspec
import strawberry

from gongzhi.core.errors import Internal
from gongzhi.core.register import Register
from gongzhi.core.workflow import Transition, Workflow, possible, take
from gongzhi.core.workflow.declaration import camel
from gongzhi.graphql.access import Needs, Standing
from gongzhi.graphql.context import Context, Info
from gongzhi.graphql.enums import declare
from gongzhi.graphql.fields import field, object_type, present, private, viewer
from gongzhi.graphql.mutations import Mutation
from gongzhi.graphql.relay import node_type

C = TypeVar("C", bound=type)

registers: dict[str, Register[Any]] = {}
"""The registers by the names of the types that show their records; filled by `record_type`."""


def mutation_name(workflow: Workflow[Any], transition: Transition) -> str:
    """`accept` of a `MediationCase` is `acceptMediationCase`."""
    return f"{camel(transition.name)}{workflow.register.record.__name__}"


def mutations_of(workflow: Workflow[Any], node: type) -> tuple[Mutation, ...]:
    """A mutation for each transition that callers can take; `node` is the GraphQL type of the record."""
    return tuple(
        Mutation(
            name=mutation_name(workflow, transition),
            command=workflow.commands[name],
            resource=workflow.name,
            action=transition.permission,
            perform=_perform(workflow, name),
            results={workflow.register.noun: node},
            description=_description(workflow, transition),
        )
        for name, transition in workflow.transitions.items()
        if transition.offered
    )


def _perform(workflow: Workflow[Any], name: str) -> Callable[[Context, Any], Awaitable[Any]]:
    async def perform(context: Context, command: Any) -> Any:
        return await take(workflow, name, context.principal, command)

    return perform


def _description(workflow: Workflow[Any], transition: Transition) -> str:
    sources = " or ".join(each.name.upper() for each in transition.sources)
    text = transition.description or f"{transition.title_en}."
    return f"{transition.title}: {text} From {sources} to {transition.target.name.upper()}."


class PossibleStep(msgspec.Struct, frozen=True):
    """A transition as `steps` shows it."""

    name: str
    title: str
    title_en: str
    mutation: str
    target: str


@object_type(PossibleStep, name="WorkflowStep")
class WorkflowStep:
    """A step that the caller can take with a record now, as far as state and permission say."""

    name: str = private("The transition's name.")
    title: str = private("What it is called in Chinese.")
    title_en: str = private("What it is called in English.")
    mutation: str = private("The mutation that takes it.")
    target: str = private("The state that it leads to.")


def stateful(workflow: Workflow[Any], name: str | None = None) -> Callable[[C], C]:
    """Give a type the fields of a workflow: `state`, `dueAt`, `overdue` and `steps`.

    Stands under the decorator that makes the class a type. `name` is what the enum of the states is called in the
    API, by default that of the record with `State`.
    """
    states = declare(type(workflow.initial), name or f"{workflow.register.record.__name__}State", workflow.states)

    def add(cls: C) -> C:
        @private("The steps that you can take now, as far as its state and your permissions say.")
        def steps(root: strawberry.Parent[Any], info: Info) -> list[WorkflowStep]:
            return present(_possible(workflow, info.context, root))

        added = {
            "state": (states, viewer("Where it stands.")),
            "due_at": (datetime | None, viewer("Until when its next step is due; null where nothing is.")),
            "overdue": (bool, viewer("Whether that moment has passed.")),
        }
        for key, (kind, value) in added.items():
            cls.__annotations__[key] = kind
            setattr(cls, key, value)
        setattr(cls, "steps", steps)  # noqa: B010  # the class has no such attribute yet
        return cls

    return add


def _possible(workflow: Workflow[Any], context: Context, record: Any) -> list[PossibleStep]:
    return [
        PossibleStep(each.name, each.title, each.title_en, mutation_name(workflow, each), str(each.target.name).upper())
        for each in possible(workflow, context.principal, record)
    ]


async def place(context: Context, record: Any) -> Standing:
    """The standing of a record of a register: its path, its organization, and how the caller stands to it."""
    return Standing(path=record.path, owner=record.organization, relations=record.relations)


def record_type(register: Register[Any]) -> Callable[[C], C]:
    """Make a class the GraphQL type of a register's records: a Node, known to those who may read the record."""

    async def load(context: Context, ids: Sequence[UUID]) -> dict[UUID, Any]:
        return await register.by_ids(context.principal, ids)

    def declare(cls: C) -> C:
        registers[cls.__name__] = register
        return node_type(register.record, load, Needs(register.resource, "read", place))(cls)

    return declare


def guarded(resource: Any, name: str, description: str) -> Any:
    """A guarded field of a record of a register: null, with an error, for callers without its action.

    :raises Internal: the resource does not guard a field of this name.
    """
    action = resource.guarded_fields.get(name)
    if action is None:
        raise Internal(f"{resource.name} guards no field {name}; name it in guarded_fields")
    return field(description, Needs(resource.name, action, place))
