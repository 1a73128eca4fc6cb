"""Taking a transition: three SQL statements, of which two write (three on SQLite), and the commit."""

from typing import Any
from uuid import UUID

import msgspec

from gongzhi.core import clock, journal
from gongzhi.core.errors import IllegalTransition
from gongzhi.core.fields import checked
from gongzhi.core.permissions import Decision, Principal
from gongzhi.core.records import check_version
from gongzhi.core.register import P
from gongzhi.core.workflow import running
from gongzhi.core.workflow.declaration import StatefulRecord, Step, Transition, Workflow
from gongzhi.core.workflow.gates import require_passed


async def take(workflow: Workflow[P], name: str, principal: Principal, command: msgspec.Struct) -> P:
    """Take the transition that a command of the workflow asks for, within the caller's transaction.

    :raises NotFound: there is no such record, or none that the caller may see.
    :raises Forbidden: the caller may not take it. Whether it could be taken is not said.
    :raises Conflict: the record changed since the version that the caller saw, or a gate is not passed.
    :raises IllegalTransition: the state does not allow it; `allowed` names the steps that the caller can take now.
    """
    command = checked(command)
    key: UUID = getattr(command, workflow.register.noun)
    record = await workflow.register.find(principal, key)
    return await advance(workflow, name, principal, record, command, getattr(command, "version", None))


async def advance(
    workflow: Workflow[P],
    name: str,
    principal: Principal,
    record: P,
    given: Any = None,
    version: int | None = None,
) -> P:
    """The same for a record that was loaded already. `given` holds what the transition needs as attributes."""
    transition = workflow.transitions[name]
    decision = workflow.register.require(principal, transition.permission, record)
    check_version(record.version, version, workflow.register.noun)
    state = _state(record)
    if state not in transition.sources:
        raise _illegal(workflow, transition, principal, record)
    await require_passed(transition.gates, journal.label_of(record), record.path)
    return await _write(workflow, transition, Step(principal, record, given, decision, clock.now()), decision)


async def _write(workflow: Workflow[P], transition: Transition, step: Step[P], decision: Decision) -> P:
    own = dict(await transition.apply(step) or {}) if transition.apply else {}
    fields = {**msgspec.structs.asdict(step.record), **own}
    values = {**workflow.entered(transition.target, running.calendar(), fields), **own}
    return await workflow.register.amend(step.principal, decision, step.record, values, event=transition.name)


def possible(workflow: Workflow[P], principal: Principal, record: P) -> list[Transition]:
    """The transitions that the caller can take from the record's state, as far as permissions say."""
    return [
        each
        for each in workflow.leaving(_state(record))
        if workflow.register.decide(principal, each.permission, record).allowed
    ]


def _illegal(workflow: Workflow[P], transition: Transition, principal: Principal, record: P) -> IllegalTransition:
    state = _state(record)
    allowed = [each.name for each in possible(workflow, principal, record)]
    now = f"you can now: {', '.join(sorted(allowed))}" if allowed else "nothing can be done with it by you now"
    noun, needed = workflow.register.noun.replace("_", " "), " or ".join(map(str, transition.sources))
    return IllegalTransition(
        f"this {noun} is {state!s}; {transition.name} needs it to be {needed}; {now}", state=str(state), allowed=allowed
    )


def _state(record: Any) -> Any:
    found: StatefulRecord = record
    return found.state
