"""Pages are told from rows as the database answers them where a selection needs no record, and told the same."""

from typing import Any

import pytest

from gongzhi.core.parts import Parts, Unmade
from gongzhi.testing.calling import Callers, calling

ADMIN = "demo-district-admin"
PAGE = "{ offerings(within: $p, first: 20) { %s } }"
ROW = "location locationEn capacity schedule status validFrom validTo version"
OF_ROWS = {
    "plain": f"nodes {{ {ROW} }}",
    "ids": "nodes { id __typename again: id }",
    "all of it": f"nodes {{ {ROW} item {{ code name category {{ name }} }} organization {{ code name }} }}",
    "the same twice": "nodes { organization { code } who: organization { name } item { code } what: item { name } }",
    "with cursors": "nodes { status } pageInfo { startCursor endCursor hasNextPage }",
    "keys": "nodes { path listSlug itemCode }",
    "no rows": "pageInfo { hasNextPage } totalCount",
}
OF_RECORDS = {
    "a nested record": "nodes { status contact { phone } }",
    "edges": "edges { cursor node { status } }",
    "a place": "nodes { status territory { name } }",
    "what lies below": "nodes { status organization { code offerings(first: 2) { nodes { location } } } }",
}
COMMUNITY, EMPTY = "/futian/nanyuan/dongyuan", "/futian/nowhere"


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many records were made of how many rows, page by page."""
    sizes: list[int] = []
    records = Unmade.records

    def counted(self: Unmade) -> list[Any]:
        if self._records is None:
            sizes.append(len(self.rows))
        found: list[Any] = records.fget(self)  # type: ignore[attr-defined]  # a property
        return found

    monkeypatch.setattr(Unmade, "records", property(counted))
    return sizes


async def told(api: Callers, fields: str, path: str) -> Any:
    return (await api.data(ADMIN, f"query($p: String) {PAGE % fields}", p=path))["offerings"]


@pytest.mark.parametrize("fields", OF_ROWS.values(), ids=OF_ROWS)
async def test_rows_need_not_become_records(
    demo_url: str, fields: str, made: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with calling(demo_url) as api:
        found = [await told(api, fields, path) for path in (COMMUNITY, EMPTY)]
        assert not made
        monkeypatch.setattr("gongzhi.graphql.executor.projection.Raw.of", lambda self, rows: None)
        assert [await told(api, fields, path) for path in (COMMUNITY, EMPTY)] == found
    if "nodes" in fields:
        assert made
        assert len(found[0]["nodes"]) == made[0]
        assert found[1]["nodes"] == []


@pytest.mark.parametrize("fields", OF_RECORDS.values(), ids=OF_RECORDS)
async def test_rows_become_records_where_they_must(demo_url: str, fields: str, made: list[int]) -> None:
    async with calling(demo_url) as api:
        found = await told(api, fields, COMMUNITY)
    assert made
    assert len(found.get("nodes") or found["edges"]) == made[0]


async def test_a_row_that_is_not_as_planned_is_told_by_its_record(
    demo_url: str, made: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a column holds is no member of its enum: an error, as it is of records, and nothing made up."""
    async with calling(demo_url) as api:
        before = await told(api, "nodes { location status }", COMMUNITY)
        rows = Unmade.__init__

        def wrong(self: Unmade, found: Any, parts: Parts) -> None:
            rows(self, [{**row, "status": "unheard of"} for row in found], parts)

        monkeypatch.setattr(Unmade, "__init__", wrong)
        answer = await api.ask(ADMIN, f"query($p: String) {PAGE % 'nodes { location status }'}", p=COMMUNITY)
    assert before["nodes"]
    assert answer["errors"][0]["extensions"]["code"] == "INTERNAL"
