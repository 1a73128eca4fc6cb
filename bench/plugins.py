"""What a plugin adds to the start: with 3 and with 30 of them, each with a table, a policy, a workflow and types."""

import sys
import time
from enum import StrEnum
from typing import Any

from piccolo import columns
from piccolo.table import Table, create_table_class

from gongzhi import __version__
from gongzhi.core.columns import PathColumn, primary_key
from gongzhi.core.hooks import DefaultPolicy, GraphQLPart, Module, hookimpl
from gongzhi.core.host import Candidate, Host
from gongzhi.core.permissions import Resource, load
from gongzhi.core.register import Register
from gongzhi.core.workflow import StatefulRecord, Transition, Workflow
from gongzhi.graphql.access import Needs
from gongzhi.graphql.fields import viewer
from gongzhi.graphql.relay import Node, node_type
from gongzhi.graphql.schema import build_for
from gongzhi.graphql.workflows import mutations_of, place, stateful

Row = tuple[str, float, str, float]
TARGET_MS = 50.0
ROUNDS = 3
STEPS = ("accept", "schedule", "begin", "finish", "close")
ROLES = ("committee.director", "station.head", "org.manager", "party.secretary", "resident")


class State(StrEnum):
    """As many states as steps, and one more."""

    filed = "filed"
    accept = "accept"
    schedule = "schedule"
    begin = "begin"
    finish = "finish"
    close = "close"


def rows() -> list[Row]:
    """Milliseconds for each plugin beyond what a start without plugins takes; the shortest of three rounds."""
    without = min(started(0, number) for number in range(ROUNDS))
    found: list[Row] = []
    for count in (3, 30):
        seconds = min(started(count, number) for number in range(ROUNDS))
        found.append((f"start with {count} plugins, for each", (seconds - without) / count * 1000, "ms", TARGET_MS))
    return found


def started(count: int, round_number: int) -> float:
    """Seconds to ask so many plugins, check them against each other, and build policy and schema with them."""
    candidates = [candidate(f"bench{count}x{round_number}x{number}") for number in range(count)]
    before = time.perf_counter()
    host = Host(candidates, __version__)
    load(None, host.vocabulary(), plugins=host.policies())
    build_for(host)
    seconds = time.perf_counter() - before
    if host.failures:
        sys.exit(str(host.failures[0]))
    return seconds


def candidate(name: str) -> Candidate:
    """A plugin of ordinary size that is made when it is loaded."""
    return Candidate(name, "bench", lambda: plugin(name))


def plugin(name: str) -> object:
    """Its hooks."""
    resource = Resource(f"{name}.case", "案件", "case", ("read", *STEPS))
    rules = [
        f"p, role:{role}, /, {resource.name}, {action}, any, allow" for role in ROLES for action in ("read", *STEPS[:3])
    ]
    flow, node = life(name, resource.name)
    answers: dict[str, Any] = {
        "gongzhi_module": Module(id=name, name=name, name_en=name, version="1.0"),
        "gongzhi_resources": (resource,),
        "gongzhi_policy": DefaultPolicy("\n".join(rules).encode()),
        "gongzhi_workflows": (flow,),
        "gongzhi_graphql": GraphQLPart(mutations=mutations_of(flow, node), types=(node,)),
    }
    made = type(name, (), {})()
    for hook, answer in answers.items():
        setattr(made, hook, hookimpl(lambda answer=answer: answer))
    return made


def life(name: str, resource: str) -> tuple[Workflow[Any], type]:
    """A workflow over a table of the plugin's own, and the type that shows its records."""
    fields: dict[str, Any] = {
        "id": primary_key(),
        "path": PathColumn(index=True),
        "organization": columns.UUID(null=True, default=None),
        "state": columns.Varchar(length=24),
        "due_at": columns.Timestamptz(null=True, default=None),
        "overdue": columns.Boolean(default=False),
        "version": columns.Integer(default=1),
    }
    table: type[Table] = create_table_class(f"{name}Table", class_kwargs={"tablename": name}, class_members=fields)
    kind = f"Case{name}"
    record = type(kind, (StatefulRecord,), {"__annotations__": {"state": State}}, frozen=True, kw_only=True)
    states = tuple(State)
    transitions = tuple(
        Transition(step, (states[number],), states[number + 1], step, step) for number, step in enumerate(STEPS)
    )
    labels = {state: (state.name, state.name) for state in State}
    flow: Workflow[Any] = Workflow(Register(resource, table, record, "case"), labels, transitions)

    async def load_by_ids(context: Any, ids: Any) -> dict[Any, Any]:
        return await flow.register.by_ids(context.principal, ids)

    shown = {f"field_{number}": viewer("A field.", resolver=lambda: "") for number in range(10)}
    cls = type(kind, (Node,), {"__doc__": "A case.", "__annotations__": dict.fromkeys(shown, str), **shown})
    return flow, node_type(record, load_by_ids, Needs(resource, "read", place))(stateful(flow, "BenchState")(cls))
