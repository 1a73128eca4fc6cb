"""Documents that nobody sends twice take no more memory than there is for them."""

import gc
import tracemalloc

import pytest
from graphql import GraphQLSchema

from gongzhi.core.settings import Settings
from gongzhi.graphql.endpoint import documents
from gongzhi.graphql.endpoint.documents import Documents, weight
from gongzhi.graphql.executor import memo
from gongzhi.graphql.executor.memo import Memos
from gongzhi.graphql.schema import build_for
from gongzhi.installation import host_of

ROOM = 1_000_000
SHAPES = {
    "comments": "{ __typename } # %d " + "x" * 90_000,
    "wide characters": "{ __typename } # %d 😀" + "x" * 60_000,
    "values": "{ n%d: nodes(ids: [" + ",".join(f'"{n}{"y" * 380}"' for n in range(200)) + "]) { id } }",
    "tokens": '{ n%d: territory(path: "/futian") { ' + "parent { code name id level path } " * 25 + "} }",
}


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    return build_for(host_of(Settings()))._schema


@pytest.fixture
def kept(schema: GraphQLSchema, monkeypatch: pytest.MonkeyPatch) -> Documents:
    """Documents with little room."""
    monkeypatch.setattr(documents, "KEPT_BYTES", ROOM)
    return Documents(schema, Settings())


@pytest.mark.parametrize("shape", SHAPES)
def test_they_take_no_more_than_there_is(kept: Documents, shape: str) -> None:
    kept.get(SHAPES[shape] % 0, introspection=True)
    gc.collect()
    tracemalloc.start()
    try:
        for number in range(1, 9):
            kept.get(SHAPES[shape] % number, introspection=True)
        gc.collect()
        taken, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert taken < ROOM
    assert 1 <= len(kept._kept) < 8


def test_a_weight_comes_back_when_its_document_goes(kept: Documents) -> None:
    for number in range(12):
        kept.get(SHAPES["tokens"] % number, introspection=bool(number % 2))
    assert kept._weight == sum(weight(text, document) for (text, _), document in kept._kept.items())


def test_the_one_that_is_used_stays(kept: Documents) -> None:
    first = kept.get("{ __typename }", introspection=True)
    for number in range(12):
        kept.get(SHAPES["values"] % number, introspection=True)
        assert kept.get("{ __typename }", introspection=True) is first


class Record:
    """Something that never changes."""


def test_completed_records_end_with_their_selection() -> None:
    memos, record = Memos(), Record()
    complete = memos.remembering(Record, lambda _: "x" * 1_000)
    assert complete(record) is complete(record)
    assert memos.size == 1_002 + memo.ENTRY
    del complete
    gc.collect()
    assert memos.size == 0
    assert len(memos._kept) == 0


def test_completed_records_are_bounded_in_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memo, "MOST_BYTES", 100_000)
    memos = Memos()
    living = [memos.remembering(Record, lambda _: "x" * 10_000) for _ in range(5)]
    for _ in range(100):
        for complete in living:
            complete(Record())
            assert memos.size <= 100_000
    memos.remembering(Record, lambda _: "y" * 90_000)(Record())  # its selection ends at once
    assert living[0](Record()) is not None
    memos.forget()
    assert memos.size == 0
