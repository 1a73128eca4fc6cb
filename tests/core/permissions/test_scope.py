"""A list shows exactly what single decisions allow, by one clause that an index serves, on both engines."""

import random
from uuid import UUID

import pytest

from gongzhi.core.catalogue.tables import Offering
from gongzhi.core.db import Database, count_statements
from gongzhi.core.ids import uuid7
from gongzhi.core.permissions import (
    Binding,
    PolicyFile,
    Principal,
    Snapshot,
    compile_policy,
    core_vocabulary,
    decide,
    pinned,
    scope,
)
from gongzhi.core.permissions.store import shipped
from tests.core.actors.people import organization
from tests.core.places import FOUNDED, shipped_policy, small_district

PLACES = [
    "/futian",
    "/futian/nanyuan",
    "/futian/nanyuan/dongyuan",
    "/futian/nanyuan/badeng",
    "/futian/meilin",
    "/futian/meilin/xiamei",
]
RULES = """
p, role:org.staff, /futian, catalogue.offering, update, own, allow
p, role:station.clerk, /futian/nanyuan, catalogue.offering, update, any, allow
p, role:station.clerk, /futian/nanyuan/badeng, catalogue.offering, update, any, deny
p, role:grid.officer, /futian/meilin, catalogue.offering, update, any, allow
"""


def policy(rules: str) -> Snapshot:
    model = [file for file in shipped() if file.name == "model.conf"]
    return compile_policy([*model, PolicyFile("own.csv", rules.strip().encode() + b"\n")], core_vocabulary())


@pytest.fixture
async def organizations(database: Database) -> list[UUID]:
    """Two organizations with offerings at every place."""
    with pinned(shipped_policy()):
        await small_district()
        found = [await organization(code, "service_center", "/futian") for code in ("one", "two")]
    rows = [
        Offering(id=uuid7(), list_slug="x", item_code="x", path=path, organization=each.id, valid_from=FOUNDED)
        for each in found
        for path in PLACES
    ]
    await Offering.insert(*rows)
    return [each.id for each in found]


def callers(organizations: list[UUID]) -> list[Principal]:
    """Callers with one to three roles at random places, some in these organizations."""
    chosen = random.Random(7)
    roles = ["org.staff", "station.clerk", "grid.officer", "auditor"]

    def binding() -> Binding:
        return Binding(chosen.choice(roles), chosen.choice(["/", *PLACES]), None, chosen.choice([None, *organizations]))

    return [Principal(uuid7(), "x", tuple(binding() for _ in range(chosen.randint(1, 3)))) for _ in range(60)]


async def test_a_list_shows_what_single_decisions_allow(organizations: list[UUID]) -> None:
    rows = await Offering.select(Offering.id, Offering.path, Offering.organization)
    shown_at_all = 0
    with pinned(policy(RULES)):
        for caller in callers(organizations):
            clause = scope(caller, "update", "catalogue.offering").where(Offering)
            shown = {row["id"] for row in await Offering.select(Offering.id).where(clause)}
            allowed = {
                row["id"]
                for row in rows
                if decide(caller, "update", "catalogue.offering", row["path"], owner=row["organization"]).allowed
            }
            assert shown == allowed, caller.bindings
            shown_at_all += len(shown)
    assert shown_at_all > 100


async def test_filtering_is_one_statement_and_one_indexed_clause_however_many_rules(
    database: Database, organizations: list[UUID]
) -> None:
    grids = "\n".join(
        f"p, role:auditor, /futian/nanyuan/dongyuan/g{number:04}, catalogue.offering, update, any, allow"
        for number in range(2_000)
    )
    caller = Principal(uuid7(), "x", (Binding("grid.officer", "/futian/meilin"),))
    clauses = []
    for rules in (RULES, RULES + grids):
        with pinned(policy(rules)):
            clause = scope(caller, "update", "catalogue.offering").where(Offering)
            with count_statements() as counted:
                found = await Offering.select(Offering.path).where(clause).order_by(Offering.path).order_by(Offering.id)
        assert counted.count == 1
        assert {row["path"] for row in found} == {"/futian/meilin", "/futian/meilin/xiamei"}
        clauses.append(str(clause.querystring))
    assert clauses[0] == clauses[1]


async def test_the_clause_is_served_by_an_index(database: Database, organizations: list[UUID]) -> None:
    caller = Principal(uuid7(), "x", (Binding("grid.officer", "/futian/meilin"),))
    with pinned(policy(RULES)):
        clause = scope(caller, "update", "catalogue.offering").where(Offering)
    query = Offering.select(Offering.id).where(clause)
    if database.dialect == "postgresql":
        await Offering.raw("SET enable_seqscan = off")
        plan = str(await Offering.raw(f"EXPLAIN {query}"))
    else:
        plan = str(await Offering.raw(f"EXPLAIN QUERY PLAN {query}"))
    assert "offering_" in plan, plan
    assert "Seq Scan" not in plan
    assert "SCAN offering" not in plan.upper().replace("SCAN OFFERING USING", "USING")


def test_what_follows_from_a_caller_is_kept_once_however_often_their_rights_are_read_again() -> None:
    somebody = uuid7()

    def reread(path: str) -> Principal:
        return Principal(somebody, "x", (Binding("grid.officer", path),))

    with pinned(policy(f"{RULES}\n# nobody has asked this one yet")) as snapshot:
        for path in ("/futian/meilin", "/futian/meilin/xiamei") * 2:
            found = scope(reread(path), "update", "catalogue.offering")
            assert found.paths == (path,)
            assert scope(reread(path), "update", "catalogue.offering").everywhere is found.everywhere
        assert len(snapshot.derived) == 1
