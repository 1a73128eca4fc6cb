"""Statements written once for each shape: whatever is compared, the same text and values as Piccolo's own."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from piccolo.columns.combination import WhereRaw

from gongzhi.core.actors.tables import Membership, Organization
from gongzhi.core.catalogue.tables import Offering
from gongzhi.core.db import Database, connect, count_statements, shapes
from gongzhi.core.db.shapes import Fixed, fixed
from gongzhi.core.permissions.scope import Not
from gongzhi.core.reading import Reading, among, equal, order_by
from gongzhi.core.territory import service as territory
from gongzhi.core.validity import in_force

URLS = {"sqlite": "sqlite:///unopened.db", "postgres": "postgresql://localhost/unopened"}
TEXT = [Offering.path, Offering.item_code, Offering.status]
values = st.one_of(st.text("abc/", min_size=1, max_size=4), st.none())


def provider(key: UUID) -> Any:
    return Organization.select(Organization.id).where(Organization.id == key)


def joined(parts: tuple[Any, Any], *, both: bool) -> Any:
    return parts[0] & parts[1] if both else parts[0] | parts[1]


leaves = st.one_of(
    st.builds(lambda column, value: column == value, st.sampled_from(TEXT), st.text("abc", min_size=1, max_size=3)),
    st.builds(lambda column, value: column > value, st.sampled_from(TEXT), st.text("abc", min_size=1, max_size=3)),
    st.builds(
        lambda column, several: column.is_in(several), st.sampled_from(TEXT), st.lists(values, min_size=1, max_size=3)
    ),
    st.sampled_from(TEXT).map(lambda column: column.is_null()),
    st.integers(0, 9).map(lambda number: Offering.capacity < number),
    st.builds(lambda a, b: WhereRaw("(path, item_code) > ({}, {})", a, b), values, values),
    st.uuids().map(lambda key: Offering.organization == key),
    st.uuids().map(
        lambda key: Offering.organization.is_in(Organization.select(Organization.id).where(Organization.id == key))
    ),
    st.dates(date(2000, 1, 1), date(2020, 1, 1)).map(lambda day: in_force(Offering.valid_from, Offering.valid_to, day)),
    st.lists(st.sampled_from("ab"), min_size=1, max_size=3).map(
        lambda names: territory.path_clause(Offering.path, "/" + "/".join(names))
    ),
    st.lists(st.uuids(), min_size=1, max_size=5).map(lambda keys: among(Offering.id, keys)),
)
clauses = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(joined, st.tuples(inner, inner), both=st.booleans()), inner.map(Not), inner.map(fixed)
    ),
    max_leaves=8,
)


@settings(max_examples=60)
@given(wanted=st.lists(clauses, max_size=4), size=st.integers(1, 3))
@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_the_text_of_a_shape_and_its_values_are_piccolo_s(engine: str, wanted: list[Any], size: int) -> None:
    connect(URLS[engine]).bind([Offering, Organization])
    asked = Reading(Offering, wanted, order=order_by((Offering.path, True), (Offering.id, False)), limit=size)
    (querystring,) = asked.query().querystrings
    text, bound = querystring.compile_string(engine)
    found: list[Any] = []
    shape = tuple(shapes.shape_of(clause, found) for clause in wanted)
    assert shapes.text_of((Offering, size, shape), engine, found, asked.query) == text
    assert found == bound


async def test_a_shape_is_written_once(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shapes, "_texts", {})
    written = []

    def asked(code: str) -> Reading:
        class Watched(Reading):
            def query(self) -> Any:
                written.append(code)
                return super().query()

        return Watched(Organization, [equal(Organization.code, code)], limit=1)

    row = Organization(code="b", kind="org", subkind="foundation", name="b", name_en="", path="/b")
    await Organization.insert(row)
    with count_statements() as counter:
        found = [[each["code"] for each in await asked(code).rows()] for code in "abcb"]
    assert found == [[], ["b"], [], ["b"]]
    assert written == ["a"]
    assert len(set(counter.statements)) == 1


async def test_values_that_are_not_where_piccolo_puts_them_are_left_to_piccolo(database: Database) -> None:
    class Odd(Reading):
        """Asks for another code than it is said to."""

        def query(self) -> Any:
            return (
                Organization.select(Organization.code).where(Organization.code == "b").where(Organization.path == "/b")
            )

    row = Organization(code="b", kind="org", subkind="foundation", name="b", name_en="", path="/b")
    await Organization.insert(row)
    for _ in range(2):
        assert [each["code"] for each in await Odd(Organization, [equal(Organization.code, "a")], limit=7).rows()] == [
            "b"
        ]


def test_a_clause_that_joins_another_table_is_not_fixed() -> None:
    assert not isinstance(fixed(Membership.organization._.path == "/a"), Fixed)
    assert isinstance(fixed(Membership.account == UUID(int=1)), Fixed)


async def test_whatever_the_number_of_values_the_shapes_are_few(database: Database) -> None:
    rows = [
        Organization(code=f"o{n}", kind="org", subkind="foundation", name="n", name_en="", path="/b") for n in range(9)
    ]
    await Organization.insert(*rows)
    with count_statements() as counter:
        for number in range(1, 10):
            codes = [f"o{n}" for n in range(number)]
            found = await Reading(Organization, [among(Organization.code, codes)]).rows()
            assert sorted(each["code"] for each in found) == codes
    assert len(set(counter.statements)) == (1 if database.dialect == "postgresql" else 5)


async def test_no_more_shapes_and_texts_are_kept_than_the_limit(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shapes, "MOST", 3)
    monkeypatch.setattr(shapes, "_texts", {})
    monkeypatch.setattr(shapes, "_shapes", {})
    for limit in range(1, 9):
        where = [WhereRaw(f"{limit} = {{}}", limit)]
        assert list(await Reading(Organization, where, limit=limit).rows()) == []
        assert len(shapes._texts) <= 3
        assert len(shapes._shapes) <= 3
