"""The page on workflows: a diagram for each, and what every step needs."""

from collections.abc import Iterator
from typing import Any

from docs.markdown import code, codes, heading, table
from gongzhi.core.workflow import Deadline, Transition, Workflow
from gongzhi.graphql.workflows import mutation_name
from gongzhi.installation import standard


def workflows() -> Iterator[str]:
    """Every workflow of the built-in modules."""
    yield from heading(
        "Workflows",
        "The life of each kind of record: its states, the steps between them, the permission and the mutation of each "
        "step, and what is due when. A step that the state does not allow is refused with `ILLEGAL_TRANSITION`.",
    )
    for workflow in standard().workflows():
        yield from (f"## `{workflow.name}`", "", "```mermaid", "stateDiagram-v2")
        yield from diagram(workflow)
        yield from ("```", "")
        yield from table(
            ("step", "title", "from", "to", "permission", "mutation", "needs", "meaning"),
            (_step(workflow, transition) for transition in workflow.transitions.values()),
        )
        if workflow.deadlines:
            yield ""
            rows = ((code(str(state)), _due(due), code(due.then or "")) for state, due in workflow.deadlines.items())
            yield from table(("state", "until", "then"), rows)
        yield ""


def diagram(workflow: Workflow[Any]) -> Iterator[str]:
    """The states and transitions in Mermaid's language."""
    for state, (chinese, english) in workflow.states.items():
        yield f'    state "{chinese} {english}" as {state}'
    yield f"    [*] --> {workflow.initial}"
    for transition in workflow.transitions.values():
        for source in transition.sources:
            how = "" if transition.offered else " (by itself)"
            yield f"    {source} --> {transition.target}: {transition.name}{how}"
    for state in workflow.final:
        yield f"    {state} --> [*]"


def _step(workflow: Workflow[Any], transition: Transition) -> tuple[str, ...]:
    needs = transition.needs.__struct_fields__ if transition.needs else ()
    return (
        code(transition.name),
        transition.title,
        codes(map(str, transition.sources)),
        code(str(transition.target)),
        code(transition.permission) if transition.offered else "",
        code(mutation_name(workflow, transition)) if transition.offered else "",
        codes((*needs, *transition.gates)),
        transition.description or transition.title_en,
    )


def _due(deadline: Deadline) -> str:
    if deadline.field is not None:
        return f"the moment in {code(deadline.field)}"
    if deadline.hours is not None:
        return f"{deadline.hours:g} hours after"
    return f"the end of the {deadline.working_days}. working day after"
