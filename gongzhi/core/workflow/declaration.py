"""A workflow, declared: the states that a record passes through, and the transitions between them.

    LOAN = Workflow(
        LOANS,
        states={State.asked: ("已申请", "Asked"), State.lent: ("已借出", "Lent"), State.back: ("已归还", "Returned")},
        transitions=(
            Transition("lend", (State.asked,), State.lent, "借出", "Lend"),
            Transition("return", (State.lent,), State.back, "归还", "Return", needs=Condition, apply=check_condition),
        ),
        deadlines={State.lent: Deadline(working_days=10)},
    )

The guard, the write, the audit line, the event, the mutation and the diagram in the documentation follow
from it.
The first state is the one in which records are entered. A state that no transition leaves is final.
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any, Generic
from uuid import UUID

import msgspec

from gongzhi.core import clock
from gongzhi.core.errors import Internal, Invalid, Problem
from gongzhi.core.fields import Version, node
from gongzhi.core.permissions import Decision, Principal
from gongzhi.core.register import P, PlacedRecord, Register
from gongzhi.core.workflow.calendar import Calendar

COLUMNS = ("state", "due_at", "overdue", "version")
"""What the table of a workflow has: the state, until when something is due, whether that has passed, the version."""


class StatefulRecord(PlacedRecord, frozen=True, kw_only=True):
    """A record that has a workflow. The struct narrows `state` to the workflow's enum.

    `due_at` is the moment until which the next step must be taken, None where nothing is due; `overdue` says that it
    has passed.
    """

    state: StrEnum
    due_at: datetime | None = None
    overdue: bool = False


class Step(msgspec.Struct, Generic[P], frozen=True):
    """A transition that is being taken: by whom, on which record, and what they gave. It was allowed by `decision`."""

    principal: Principal
    record: P
    given: Any
    decision: Decision
    at: datetime


Apply = Callable[[Step[Any]], Awaitable[Mapping[str, Any] | None]]
"""What a transition does besides changing the state: checks, raising an error; and values to write into the record."""


class Transition(msgspec.Struct, frozen=True):
    """One step from any of `sources` to `target`.

    `needs` is a struct of what the caller must say, and `apply` works with it, in the transaction of the step. The
    permission is the action `action`, by default named like the transition. `gates` are passed before (see `Gate`).
    One that is `timed` is taken by the clock alone, when the deadline of its state has come; one that is `internal` by
    a use case of the module, because of something else that happened.
    """

    name: str
    sources: tuple[StrEnum, ...]
    target: StrEnum
    title: str
    title_en: str
    description: str = ""
    needs: type[msgspec.Struct] | None = None
    apply: Apply | None = None
    action: str = ""
    gates: tuple[str, ...] = ()
    timed: bool = False
    internal: bool = False

    @property
    def offered(self) -> bool:
        """Whether callers can take it."""
        return not (self.timed or self.internal)

    @property
    def permission(self) -> str:
        """The action of the resource that the caller needs."""
        return self.action or self.name


class Deadline(msgspec.Struct, frozen=True, kw_only=True):
    """Until when a record must leave a state, counted from when it came there.

    Either `working_days` (the end of that day), `hours`, or `field`, the record's field that holds the moment. When it
    has come, the clock takes the transition `then`; without one the record is marked overdue, and says so in an event.
    """

    working_days: int | None = None
    hours: float | None = None
    field: str | None = None
    then: str | None = None


class Workflow(Generic[P]):
    """The states and transitions of the records of a register.

    :raises Invalid: the declaration contradicts itself; every problem is named.
    """

    def __init__(
        self,
        register: Register[P],
        states: Mapping[Any, tuple[str, str]],
        transitions: tuple[Transition, ...],
        deadlines: Mapping[Any, Deadline] | None = None,
    ) -> None:
        self.register = register
        self.states = states
        self.initial: Any = next(iter(states), None)
        self.transitions = {transition.name: transition for transition in transitions}
        self.deadlines: Mapping[Any, Deadline] = deadlines or {}
        if problems := list(_faults(self, transitions)):
            raise Invalid(f"the workflow of {self.name} contradicts itself: {'; '.join(map(str, problems))}", problems)
        self.commands = {name: _command(register, each) for name, each in self.transitions.items()}

    @property
    def name(self) -> str:
        """The resource that its permissions are about."""
        return self.register.resource

    @property
    def final(self) -> list[Any]:
        """The states that no transition leaves."""
        left = {source for transition in self.transitions.values() for source in transition.sources}
        return [state for state in self.states if state not in left]

    def leaving(self, state: StrEnum) -> Iterator[Transition]:
        """The transitions that callers can take from a state."""
        return (each for each in self.transitions.values() if state in each.sources and each.offered)

    def entered(self, state: Any, calendar: Calendar, record: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The columns of a record that comes to a state now. `record` holds its fields, for a deadline in one."""
        return {"state": state, "overdue": False, "due_at": self._due(state, calendar, record or {})}

    def begun(self, calendar: Calendar, record: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The columns of a record that is entered now."""
        return self.entered(self.initial, calendar, record)

    def _due(self, state: StrEnum, calendar: Calendar, record: Mapping[str, Any]) -> datetime | None:
        deadline = self.deadlines.get(state)
        if deadline is None:
            return None
        if deadline.field is not None:
            moment = record.get(deadline.field)
            if moment is not None and not isinstance(moment, datetime):
                raise Internal(f"{self.name}: the deadline of {state} is in {deadline.field}, which is no moment")
            return moment
        if deadline.hours is not None:
            return clock.now() + timedelta(hours=deadline.hours)
        return clock.end_of(calendar.after(clock.today(), deadline.working_days or 0))


def _command(register: Register[Any], transition: Transition) -> type[msgspec.Struct]:
    """The command of a transition: the record's id, the version that the caller saw, and what the transition needs."""
    kind = register.record.__name__
    fields: list[Any] = [
        (register.noun, Annotated[UUID, node(kind, f"The {register.noun.replace('_', ' ')}.")]),
        ("version", Version),
    ]
    if transition.needs is not None:
        hints = transition.needs.__annotations__
        for given in msgspec.structs.fields(transition.needs):
            default = () if given.required else (given.default,)
            fields.append((given.name, hints.get(given.name, given.type), *default))
    name = f"{camel(transition.name, first=True)}{kind}"
    text = transition.description or f"{transition.title_en}."
    return msgspec.defstruct(name, fields, kw_only=True, frozen=True, namespace={"__doc__": text})


def camel(name: str, *, first: bool = False) -> str:
    """`no_show` becomes `noShow`, or `NoShow` with `first`."""
    head, *rest = name.split("_")
    return "".join([head.capitalize() if first else head, *(part.capitalize() for part in rest)])


def _faults(workflow: Workflow[Any], transitions: tuple[Transition, ...]) -> Iterator[Problem]:
    columns = {column._meta.name for column in workflow.register.table._meta.columns}
    for column in (name for name in COLUMNS if name not in columns):
        yield Problem(message=f"its table has no column {column}", field=column, remedy="add it, with a migration")
    if not workflow.states:
        yield Problem(message="it has no states", field="states")
        return
    yield from _transition_faults(workflow, transitions)
    yield from _deadline_faults(workflow)
    reached = {workflow.initial} | {each.target for each in transitions}
    for state in (state for state in workflow.states if state not in reached):
        yield Problem(message="no transition leads to this state", field=str(state))


def _transition_faults(workflow: Workflow[Any], transitions: tuple[Transition, ...]) -> Iterator[Problem]:
    names = [each.name for each in transitions]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield Problem(message="this transition is declared twice", field=name)
    for each in transitions:
        for state in (*each.sources, each.target):
            if state not in workflow.states:
                yield Problem(message=f"{state!s} is none of its states", field=each.name)
        if not each.sources:
            yield Problem(message="it begins nowhere", field=each.name, remedy="name its sources")


def _deadline_faults(workflow: Workflow[Any]) -> Iterator[Problem]:
    for state, deadline in workflow.deadlines.items():
        place = f"deadline of {state!s}"
        if state not in workflow.states:
            yield Problem(message="is none of its states", field=place)
        kinds = [deadline.working_days, deadline.hours, deadline.field]
        if sum(kind is not None for kind in kinds) != 1:
            yield Problem(message="says none, or more than one, of working_days, hours and field", field=place)
        if deadline.field is not None and deadline.field not in workflow.register.record.__struct_fields__:
            yield Problem(message=f"the record has no field {deadline.field}", field=place)
        if deadline.then is not None:
            taken = workflow.transitions.get(deadline.then)
            if taken is None or state not in taken.sources:
                yield Problem(message=f"no transition {deadline.then} leaves this state", field=place)
            elif taken.needs is not None:
                yield Problem(message=f"{deadline.then} needs what the clock cannot say", field=place)
    ends = {deadline.then for deadline in workflow.deadlines.values()}
    for each in workflow.transitions.values():
        if each.timed and each.name not in ends:
            yield Problem(message="is taken by the clock, but no deadline names it", field=each.name)
