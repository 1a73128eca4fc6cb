"""One document, executed by the stock executor and by plan: what differs between the two answers."""

import base64
import copy
import re
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, ClassVar

import msgspec
from graphql import Executor, GraphQLSchema

from gongzhi.app import create_app
from gongzhi.core.batching import batching
from gongzhi.core.clock import frozen, now
from gongzhi.core.db import count_statements
from gongzhi.core.permissions import gathering, pinned
from gongzhi.core.settings import Settings
from gongzhi.core.signin import issue_token
from gongzhi.graphql.context import Context
from gongzhi.graphql.endpoint.answering import Answering
from gongzhi.graphql.endpoint.caller import Credentials
from gongzhi.graphql.endpoint.operation import Operation
from gongzhi.graphql.executor import PlannedExecutor
from gongzhi.graphql.executor.plans import ObjectPlan
from gongzhi.testing.serving import settings_for

ACCOUNTS = ("", "demo-resident", "demo-station-head", "demo-committee-director", "demo-auditor", "demo-district-admin")
SENDERS = (*ACCOUNTS, "demo-org-manager")
"""Nobody, and callers with ever more rights."""
WIDE = 1_000_000
PATIENCE = 60.0
TRIES = 5
"""How often statements are counted before they are too many: which look-ups fall together is chance when much runs."""
Shown = Callable[[Context], Awaitable[Any]]
"""An event of a subscription: from a context to its value."""
_REFERENCE = re.compile(r"[0-9a-f]{12}")


class Stock(Executor[Any]):
    """graphql-core's executor, which has no use for plans."""

    def __init__(self, *given: Any, plans: object, **more: Any) -> None:
        super().__init__(*given, **more)


class Watched(PlannedExecutor):
    """The planned executor; afterwards it can be asked what it did."""

    made: ClassVar[list["Watched"]] = []

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.tops: dict[str, bool] = {}
        """Of each field at the top with selections: whether there was a plan."""
        Watched.made.append(self)

    def anew(self, *given: Any) -> "PlannedExecutor":
        made = super().anew(*given)
        assert isinstance(made, Watched)
        made.tops = {}
        Watched.made.append(made)
        return made

    async def _whole(self, plan: ObjectPlan) -> Any:
        self.tops = {each.key: True for each in plan.others} or {"all": True}
        return await super()._whole(plan)

    def complete_value(self, *given: Any) -> Any:
        kind, details, _, path, result, _ = given
        plans, selected = self._plans, details[0].node.selection_set is not None
        if path.prev is None and path.key not in self.tops and plans is not None and result is not None and selected:
            self.tops[path.key] = plans.of(kind, details, self) is not None
        return super().complete_value(*given)

    @property
    def way(self) -> str:
        """How the operation was executed."""
        if not self.tops:
            return "nothing below its top"
        if self._plans is None:
            return "given up"
        return "by plan" if all(self.tops.values()) else "without a plan"


class Answered(msgspec.Struct):
    """An answer, and what making it took."""

    data: bytes | None
    errors: list[dict[str, Any]]
    denied: list[tuple[str, str, str]]
    read: list[str]
    statements: list[str]

    @property
    def told(self) -> tuple[object, ...]:
        """What must be the same."""
        return self.data, self.errors, self.denied, self.read


def open_settings(url: str) -> Settings:
    """Settings under which no document is too large, no caller asks too often or in vain, and all errors are listed."""
    limits = ("depth", "alias", "node", "directive", "root_field", "repeat", "token", "error", "cost")
    wide: dict[str, Any] = {f"{name}_limit": WIDE for name in limits}
    rates: dict[str, Any] = {"rate_account": 0, "rate_client": 0, "rate_address": 0, "cost_limit_anonymous": WIDE}
    waits: dict[str, Any] = {"pool_wait_seconds": PATIENCE, "statement_timeout_seconds": PATIENCE}
    return settings_for(url, demo=True, introspection="on", **wide, **rates, **waits)


class Both:
    """The running services, asked both ways. `counts` says how often it went which way by plan."""

    def __init__(self, answering: Answering, settings: Settings) -> None:
        self.planned, self.stock = copy.copy(answering), copy.copy(answering)
        self.planned.executor_class, self.stock.executor_class = Watched, Stock
        self.schema: GraphQLSchema = answering._schema
        self.counts: Counter[str] = Counter()
        self.statements: Counter[str] = Counter()
        self._shown = {
            account: Credentials(f"Bearer {issue_token(settings, account)}" if account else None) for account in SENDERS
        }

    async def answer(self, answering: Answering, account: str, sent: Operation, shown: Shown | None = None) -> Answered:
        """The answer of one way, to a subscription for one event.

        :raises Rejected: the document is not valid.
        """
        context = await answering.context(self._shown[account])
        with pinned(), batching(), gathering() as noticed, count_statements() as counter:
            root = await shown(context) if shown is not None else None
            answer = await answering.run(await answering.ready(sent, context), context, root)
        return Answered(
            msgspec.json.encode(answer["data"]) if "data" in answer else None,
            sorted(map(_comparable, answer.get("errors", ())), key=_order),
            sorted({(each.action, each.resource, each.path) for each in noticed.denials}),
            sorted(noticed.reads),
            counter.statements,
        )

    async def compare(
        self, account: str, text: str, variables: dict[str, Any] | None = None, shown: Shown | None = None
    ) -> tuple[str, Answered]:
        """What differs (nothing: empty), and the stock executor's answer.

        By plan it is asked twice: once for whatever is kept from then on, and once with it.
        """
        sent = Operation(query=text, variables=variables or {})
        first = await self.answer(self.planned, account, sent, shown)
        Watched.made.clear()
        stock = await self.answer(self.stock, account, sent, shown)
        again = await self.answer(self.planned, account, sent, shown)
        way = Watched.made.pop().way if Watched.made else "refused"
        self.counts[way if not stock.errors or way in ("given up", "refused") else f"{way}, with errors"] += 1
        found = _different("first", stock, first) or _different("again", stock, again)
        if not stock.errors:
            self.statements["stock"] += len(stock.statements)
            self.statements["by plan"] += len(again.statements)
            tries = TRIES
            while not found and (more := _more(stock.statements, again.statements)):
                tries -= 1
                found = "" if tries else more
                stock = await self.answer(self.stock, account, sent, shown)
                again = await self.answer(self.planned, account, sent, shown)
        return (f"{account or 'nobody'}, {way}: {found}\n{variables}\n{text}" if found else ""), stock


def _more(stock: list[str], planned: list[str]) -> str:
    """What was sent more often by plan, if more was sent at all.

    One more is chance: whether the same is asked for at two places in one turn of the loop, or in two.
    """
    if len(planned) <= len(stock) + 1:
        return ""
    more = Counter(planned) - Counter(stock), Counter(stock) - Counter(planned)
    return f"{len(planned)} statements, stock {len(stock)}; only by plan: {more[0]}; only by stock: {more[1]}"


def _different(name: str, stock: Answered, planned: Answered) -> str:
    if stock.data == planned.data and _cut_short(stock) and _alike(stock, planned):
        return ""
    for part, expected, found in zip(("data", "errors", "denied", "read"), stock.told, planned.told, strict=True):
        if expected != found:
            return f"{name}: {part}\n stock   {str(expected)[:3000]}\n planned {str(found)[:3000]}"
    return ""


def _cut_short(answered: Answered) -> bool:
    """Whether an error left more null than its own field.

    What was begun beside it may have been denied, read or failed by then, or not: that is chance in either executor,
    and GraphQL allows both (6.4.4).
    """
    data = msgspec.json.decode(answered.data or b"null")
    return any(len(_null_place(data, path)) < len(path) for path in (each.get("path", ()) for each in answered.errors))


def _alike(stock: Answered, planned: Answered) -> bool:
    """Whether each null was left by one and the same error, or by one in the same field of another row."""
    data = msgspec.json.decode(stock.data or b"null")
    by_place: dict[tuple[Any, ...], tuple[list[Any], list[Any]]] = {}
    for number, errors in enumerate((stock.errors, planned.errors)):
        for error in errors:
            by_place.setdefault(_null_place(data, error.get("path", ())), ([], []))[number].append(error)
    return all(any(_same(one, other) for one in ours for other in theirs) for theirs, ours in by_place.values())


def _same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    first, second = one.get("path", ()), other.get("path", ())
    if first == second:
        return one == other
    fields = [[key for key in path if isinstance(key, str)] for path in (first, second)]
    return fields[0] == fields[1] and one["extensions"]["code"] == other["extensions"]["code"]


def _null_place(data: Any, path: list[Any]) -> tuple[Any, ...]:
    """Where the null stands that an error left."""
    for number, key in enumerate(path):
        if data is None:
            return tuple(path[:number])
        data = data[key]
    return tuple(path)


def _comparable(error: dict[str, Any]) -> dict[str, Any]:
    """Without the reference, which is new for each internal error."""
    if error["extensions"]["code"] != "INTERNAL":
        return error
    code = {"code": "INTERNAL", "reference": "REFERENCE"}
    return {**error, "message": _REFERENCE.sub("REFERENCE", error["message"]), "extensions": code}


def _order(error: dict[str, Any]) -> tuple[str, str]:
    return str(error.get("path")), error["message"]


@asynccontextmanager
async def both(url: str) -> AsyncIterator[Both]:
    """The application over a database with the demo's data, asked both ways while its clock stands still."""
    settings = open_settings(url)
    app = create_app(settings)
    with frozen(now()):
        try:
            async with app.lifespan():
                yield Both(app.state.answering, settings)
        except BaseExceptionGroup as group:
            raise group.exceptions[0] from None


def kind_of(text: str) -> str:
    """The type that a global id names; empty for what is none."""
    try:
        return base64.urlsafe_b64decode(text).decode("ascii").partition(":")[0]
    except ValueError:
        return ""
