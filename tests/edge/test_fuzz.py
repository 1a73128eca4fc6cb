"""Documents that nobody thought of: made from the schema by hypothesis and by schemathesis, against a running server.

Whatever is sent: no 5xx, no error without a code or with INTERNAL, and no answer that takes a second.
"""

import contextlib
import json
import time
from collections.abc import Iterator, Mapping
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis_graphql import nodes
from hypothesis_graphql import strategies as documents

from gongzhi.core.errors import all_errors
from tests.cli.server import Server, over_a_copy
from tests.graphql.asking import GRAPHQL, JSON, bearer
from tests.style.source import ROOT

pytestmark = pytest.mark.xdist_group("fuzz")  # the servers are started once
SDL = (ROOT / "schema.graphql").read_text("utf-8")
ACCOUNTS = (None, "demo-district-admin", "demo-resident")
MOST_SECONDS = 1.0
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=30)
SCALARS = {
    "Date": st.dates().map(lambda day: nodes.String(day.isoformat())) | WORDS.map(nodes.String),
    "DateTime": st.datetimes(timezones=st.timezones()).map(lambda at: nodes.String(at.isoformat())),
    "SafeInt": st.integers(-(2**60), 2**60).map(nodes.Int),
    "JSON": st.builds(nodes.Object, st.just([])),
    "Base64": WORDS.map(nodes.String),
}
FUZZED = {
    "deadline": None,
    "database": None,
    "phases": (Phase.generate,),
    "suppress_health_check": list(HealthCheck),
}


class Fuzzed:
    """A server, and what it must never do."""

    def __init__(self, url: str) -> None:
        self._client = httpx.Client(base_url=url, timeout=30, headers={"Accept": GRAPHQL, "Content-Type": JSON})
        self.sent = 0
        self.answered = 0

    def close(self) -> None:
        """No connection stays."""
        self._client.close()

    def ask(self, account: str | None, body: bytes) -> None:
        """Send it, and look at the answer."""
        began = time.perf_counter()
        answer = self._client.post("/graphql", content=body, headers=bearer(account))
        seconds = time.perf_counter() - began
        self.sent += 1
        found = answer.json()
        shown = body.decode("utf-8", "replace")[:2_000]
        assert answer.status_code < 500, (answer.status_code, answer.text[:500], shown)
        assert seconds < MOST_SECONDS, (seconds, shown)
        known = {error.code for error in all_errors()} - {"INTERNAL"}
        wrong = [error for error in found.get("errors", ()) if error.get("extensions", {}).get("code") not in known]
        assert wrong == [], (wrong, shown)
        assert "data" in found or found["errors"], shown
        self.answered += "data" in found


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A running server over a copy of the demo, for all of these tests; once on each engine."""
    with over_a_copy(request, tmp_path_factory.mktemp("fuzz"), "fuzz", demo="true") as found:
        yield found


@pytest.fixture
def fuzzed(server: Server) -> Iterator[Fuzzed]:
    """What was sent to it in one test."""
    with contextlib.closing(Fuzzed(server.url)) as found:
        yield found
    assert "ERROR" not in server.output, server.output[-3_000:]


@pytest.mark.parametrize("made", ["queries", "mutations"])
def test_documents_made_from_the_schema(fuzzed: Fuzzed, made: str) -> None:
    strategy = getattr(documents, made)(SDL, custom_scalars=SCALARS)

    @seed(2026)
    @settings(max_examples=60, **FUZZED)
    @given(text=strategy, account=st.sampled_from(ACCOUNTS))
    def send(text: str, account: str | None) -> None:
        fuzzed.ask(account, json.dumps({"query": text}).encode())

    send()
    assert fuzzed.sent >= 60
    assert fuzzed.answered > 0, "nothing was answered: the documents are all refused"


def test_every_operation_by_schemathesis(fuzzed: Fuzzed) -> None:
    """Each field at the root at least once, with arguments of schemathesis' making."""
    for name, strategy in SCALARS.items():
        schemathesis.graphql.scalar(name, strategy)
    found = [each.ok() for each in schemathesis.graphql.from_file(SDL).get_all_operations()]
    assert len(found) > 100
    for operation in found:

        @seed(2026)
        @settings(max_examples=2, **FUZZED)
        @given(case=operation.as_strategy(), account=st.sampled_from(ACCOUNTS))
        def send(case: Any, account: str | None) -> None:
            fuzzed.ask(account, json.dumps({"query": case.body}).encode())

        send()
    assert fuzzed.sent >= len(found)
    assert fuzzed.answered > 0


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=12,
)
QUERIES = (
    "query Q($search: String, $first: Int, $after: String, $asOf: Date) "
    "{ items(search: $search, first: $first, after: $after) { totalCount nodes { code } } "
    'serviceList(slug: "basic-services", asOf: $asOf) { slug } }',
    "query Q($id: ID!, $ids: [ID!]!) { node(id: $id) { id } nodes(ids: $ids) { id } }",
    "mutation Q($input: CreateOfferingInput!) { createOffering(input: $input) { offering { id } } }",
)


def test_variables_of_any_shape(fuzzed: Fuzzed) -> None:
    names = st.sampled_from(["search", "first", "after", "asOf", "id", "ids", "input", "x"])

    @seed(2026)
    @settings(max_examples=150, **FUZZED)
    @given(
        text=st.sampled_from(QUERIES),
        variables=st.dictionaries(names, VALUES, max_size=5) | VALUES,
        account=st.sampled_from(ACCOUNTS),
    )
    def send(text: str, variables: Mapping[str, Any], account: str | None) -> None:
        fuzzed.ask(account, json.dumps({"query": text, "variables": variables}).encode())

    send()


def test_bodies_of_any_bytes(fuzzed: Fuzzed) -> None:
    bodies = st.binary(max_size=200) | VALUES.map(lambda value: json.dumps(value).encode())

    @seed(2026)
    @settings(max_examples=150, **FUZZED)
    @given(body=bodies)
    def send(body: bytes) -> None:
        fuzzed.ask(None, body)

    send()
