"""What the edge costs: its limits on documents seen and not yet seen, and refusing those who mean harm.

`python -m bench edge` also prints each attack with its status and time, slowest first, as the page shows them.
"""

import asyncio
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import httpx
from graphql import parse

from gongzhi.core.settings import Settings
from gongzhi.edge.rates import Rates
from gongzhi.graphql.endpoint.documents import Documents
from gongzhi.graphql.endpoint.limits import check_cost, check_size, check_variables
from gongzhi.graphql.endpoint.measuring import measure
from gongzhi.graphql.endpoint.pricing import Prices
from gongzhi.graphql.schema import build_for
from gongzhi.installation import host_of
from gongzhi.testing.serving import served, settings_for
from tests import demos
from tests.edge.attacks import Attack, attacks

Row = tuple[str, float, str, float | None]
ROUNDS = 200
ATTACK_ROUNDS = 5
SEEN_MICROSECONDS = 150.0
UNSEEN_MICROSECONDS = 2_000.0
ATTACK_MILLISECONDS = 50.0
UNLIMITED = 10**9
FOUND: list[tuple[Attack, int, float]] = []
"""What each attack got, and in how many milliseconds."""


def rows() -> list[Row]:
    """Microseconds for the limits, milliseconds for the slowest refusal; medians."""
    return [*_limits(), asyncio.run(_slowest_refusal())]


def _limits() -> list[Row]:
    settings = Settings(rate_address=UNLIMITED, rate_account=UNLIMITED, rate_client=UNLIMITED)
    schema = build_for(host_of(settings))._schema
    prices, rates, documents = Prices(schema), Rates(settings), Documents(schema, settings)
    small, large = seen_document(), unseen_document()
    node = parse(large)
    assert (len(small) // 100, len(large) // 1_000) == (10, 20)

    def unseen() -> None:
        """Without parsing and validation, which no server goes without."""
        measured = measure(node, prices, most_nodes=settings.node_limit, most_members=settings.page_size_max)
        check_size(measured, settings)
        check_cost(measured.costs["Large"], {}, settings, anonymous=False)

    async def seen() -> None:
        asked = rates.rates(account="someone", client=("a-client", None), source="10.0.0.1")
        await rates.charge(asked, 1)
        check_variables({"size": 20, "ids": ["x"] * 20}, settings)
        document = documents.get(small, introspection=True)
        cost = check_cost(document.costs["Small"], {"size": 20}, settings, anonymous=False)
        await rates.charge(asked, cost - 1)

    async def rounds() -> float:
        spans = []
        for _ in range(ROUNDS):
            before = time.perf_counter()
            await seen()
            spans.append(time.perf_counter() - before)
        return statistics.median(spans)

    return [
        ("every limit, a document of 1 kB seen before", asyncio.run(rounds()) * 1e6, "µs", SEEN_MICROSECONDS),
        ("the limits of a document of 20 kB never seen", timed(unseen) * 1e6, "µs", UNSEEN_MICROSECONDS),
    ]


def seen_document() -> str:
    """An ordinary query of 1 kB."""
    text = "query Small($size: Int!) { items(first: $size) { totalCount nodes { id code name nameEn } } "
    text += 'territory(path: "/futian") { id code name parent { name } } '
    return f"{text}{' ' * (1_040 - len(text))}}}"


def unseen_document() -> str:
    """A query of 20 kB with as many selections as are allowed, in fragments within fragments."""
    fragments = " ".join(
        f"fragment Fragment{number} on Territory {{ code name nameEn level path parent {{ id code name }} }}"
        for number in range(90)
    )
    spreads = " ".join(f"parent {{ ...Fragment{number} }}" for number in range(0, 90))
    text = f'query Large {{ territory(path: "/futian") {{ {spreads} }} }} {fragments} '
    return text + "#" * (20_500 - len(text))


def timed(work: Callable[[], None]) -> float:
    """Median seconds of a call."""
    spans = []
    for _ in range(ROUNDS):
        before = time.perf_counter()
        work()
        spans.append(time.perf_counter() - before)
    return statistics.median(spans)


async def _slowest_refusal() -> Row:
    with tempfile.TemporaryDirectory() as folder:
        url = await demos.filled(f"sqlite:///{Path(folder) / 'demo.db'}")
        async with served(settings_for(url, rate_address=UNLIMITED)) as client:
            FOUND[:] = [(attack, *await _sent(attack, client)) for attack in attacks()]
    FOUND.sort(key=lambda each: -each[2])
    refused = [milliseconds for attack, _, milliseconds in FOUND if attack.code]
    return f"the slowest of {len(refused)} refused attacks", max(refused), "ms", ATTACK_MILLISECONDS


def details() -> list[str]:
    """Each attack with its status, its code and its time, slowest first."""
    if not FOUND:
        return []
    head = [
        "## What attacks get",
        "",
        "One after the other against one server, slowest first, the median of some rounds. They stand in",
        "`tests/edge/attacks.py`, and `tests/edge/test_attacks.py` tries them with every change.",
        "",
        "| attack | status | code | ms |",
        "| --- | --- | --- | --- |",
    ]
    rows = [
        f"| {attack.name.replace('|', '/')} | {status} | {attack.code or 'answered'} | {milliseconds:.1f} |"
        for attack, status, milliseconds in FOUND
    ]
    return [*head, *rows, ""]


async def _sent(attack: Attack, client: httpx.AsyncClient) -> tuple[int, float]:
    """Its status, and the median of some rounds in milliseconds; the first is not counted."""
    status = (await attack.sent(client)).status_code
    spans = []
    for _ in range(ATTACK_ROUNDS):
        before = time.perf_counter()
        await attack.sent(client)
        spans.append(time.perf_counter() - before)
    return status, statistics.median(spans) * 1e3
