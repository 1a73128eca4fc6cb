"""Organizations: what they are, where they are, whom they serve, and who may change that."""

import asyncio
from datetime import date

import msgspec
import pytest

from gongzhi.core.actors import areas, organizations
from gongzhi.core.actors.commands import CreateOrganization, SetServiceAreas, UpdateOrganization
from gongzhi.core.actors.kinds import ActorKind, OrganizationSubkind
from gongzhi.core.actors.organizations import OrganizationFilter
from gongzhi.core.actors.records import Contact, OrganizationStatus
from gongzhi.core.audit.tables import AuditEntry
from gongzhi.core.db import Database, count_statements
from gongzhi.core.errors import Conflict, Forbidden, Invalid, NotFound, Unauthenticated
from gongzhi.core.events.tables import Event
from gongzhi.core.paging import PageRequest
from gongzhi.core.permissions import ANONYMOUS, SYSTEM
from tests.core.actors.people import committee, organization, station
from tests.core.places import FOUNDED, TODAY, holding, traces

DONGYUAN, BADENG = "/futian/nanyuan/dongyuan", "/futian/nanyuan/badeng"
MEITING, XIAMEI = "/futian/meilin/meiting", "/futian/meilin/xiamei"


async def codes(request: PageRequest | None = None, **wanted: object) -> list[str]:
    page = await organizations.organizations(ANONYMOUS, OrganizationFilter(**wanted), request or PageRequest())
    return [row.code for row in page.rows]


async def test_a_new_organization_is_readable_with_its_contact_and_leaves_audit_line_and_event(
    district: Database,
) -> None:
    audits, events = await traces()
    created = await committee("c1", name="东园居委会", name_en="Dongyuan", contact=Contact(phone="0755-1", email="a@b"))
    found = await organizations.organization(ANONYMOUS, "c1")
    assert found == created
    assert (found.kind, found.path, found.status, found.version) == (ActorKind.committee, DONGYUAN, "active", 1)
    assert found.contact == Contact(phone="0755-1", email="a@b")
    assert await traces() == (audits + 1, events + 1)
    line = (await AuditEntry.select().order_by(AuditEntry.id, ascending=False).first()) or {}
    assert (line["resource"], line["action"], line["record"]) == (
        "actors.organization",
        "create",
        f"Organization:{created.id}",
    )
    assert await Event.exists().where(Event.kind == "actors.organization.create")


async def test_an_organization_begins_today_unless_told_otherwise(district: Database) -> None:
    assert (await committee("c1", valid_from=None)).valid_from == TODAY


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"subkind": OrganizationSubkind.workstation}, "subkind"),
        ({"code": "no spaces"}, "code"),
        ({"name": " "}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"path": "futian"}, "path"),
        ({"valid_from": date(1900, 1, 1)}, "valid_from"),
        ({"valid_from": date(2300, 1, 1)}, "valid_from"),
        ({"serves": ("/futian/nowhere",)}, "serves.0"),
        ({"serves": (BADENG, "bad path", "/futian2")}, "serves.1"),
        ({"contact": Contact(phone="1" * 61)}, "contact.phone"),
    ],
)
async def test_a_wrong_organization_is_refused_with_its_field(
    district: Database, changes: dict[str, object], field: str
) -> None:
    before = await traces()
    command = CreateOrganization(
        code="c1",
        kind=ActorKind.committee,
        subkind=OrganizationSubkind.residents_committee,
        name="n",
        path=DONGYUAN,
    )
    with pytest.raises(Invalid) as refused:
        await organizations.create(SYSTEM, msgspec.structs.replace(command, **changes))
    assert refused.value.problems[0].field == field
    assert await codes() == []
    assert await traces() == before


async def test_an_unknown_place_a_taken_code_and_an_unknown_code(district: Database) -> None:
    await committee("c1")
    with pytest.raises(NotFound, match="no territory '/futian/nowhere'"):
        await committee("c2", "/futian/nowhere")
    with pytest.raises(Conflict, match="c1 is taken"):
        await committee("c1", BADENG)
    with pytest.raises(NotFound, match="no organization 'c9'"):
        await organizations.organization(ANONYMOUS, "c9")
    assert await codes() == ["c1"]


async def test_only_a_subcommittee_has_a_parent_and_the_parent_serves_its_place(district: Database) -> None:
    parent = await committee("c1")
    await station("s1", DONGYUAN)
    child = await organization("c1-m", "peoples_mediation_committee", DONGYUAN, parent="c1")
    assert child.parent == parent.id
    assert await codes(parent=parent.id) == ["c1-m"]
    for code, subkind, path, parent_code in (
        ("x1", "residents_committee", DONGYUAN, "c1"),
        ("x2", "service_center", DONGYUAN, "c1"),
        ("x3", "peoples_mediation_committee", BADENG, "c1"),
        ("x4", "peoples_mediation_committee", DONGYUAN, "s1"),
        ("x5", "peoples_mediation_committee", DONGYUAN, "c1-m"),
    ):
        with pytest.raises(Invalid) as refused:
            await organization(code, subkind, path, parent=parent_code)
        assert refused.value.problems[0].field == "parent"
    with pytest.raises(NotFound):
        await organization("x6", "peoples_mediation_committee", DONGYUAN, parent="c9")
    assert await codes() == ["c1", "c1-m", "s1"]


async def test_lists_filter_by_kind_place_and_name(district: Database) -> None:
    await committee("c1", name="东园居委会", name_en="Dongyuan Committee")
    await committee("c2", BADENG, name="100%_会", name_en="Badeng")
    await station("s1", DONGYUAN)
    await station("s2", MEITING)
    assert await codes() == ["c1", "c2", "s1", "s2"]
    assert await codes(kind=ActorKind.committee) == ["c1", "c2"]
    assert await codes(subkind=OrganizationSubkind.workstation, within="/futian/meilin") == ["s2"]
    assert await codes(within="/futian/nanyuan") == ["c1", "c2", "s1"]
    assert await codes(within="/futian/nan") == []
    assert await codes(text="东园") == ["c1"]
    assert await codes(text="cOMMITTEE") == ["c1"]
    assert await codes(text="%") == ["c2"]
    assert await codes(text="0%_") == ["c2"]
    assert await codes(text="\\") == []


async def test_pages_follow_each_other_both_ways(district: Database) -> None:
    for code in ("c1", "c2", "c3"):
        await committee(code)
    first = await organizations.organizations(ANONYMOUS, OrganizationFilter(), PageRequest(first=2))
    assert ([row.code for row in first.rows], first.has_next, await first.total()) == (["c1", "c2"], True, 3)
    assert await codes(PageRequest(first=2, after=first.cursors[-1])) == ["c3"]
    assert await codes(PageRequest(last=1, before=first.cursors[-1])) == ["c1"]
    with pytest.raises(Invalid, match="cursor"):
        await codes(PageRequest(after="garbled"))


async def test_serving_counts_places_at_or_above_and_service_areas(district: Database) -> None:
    await station("in-place", DONGYUAN)
    await station("above", "/futian/nanyuan")
    await station("by-area", MEITING, serves=(DONGYUAN, XIAMEI))
    await station("by-area-above", MEITING, serves=("/futian/nanyuan",))
    await station("elsewhere", BADENG)
    assert await codes(serving=DONGYUAN) == ["above", "by-area", "by-area-above", "in-place"]
    assert await codes(serving="/futian/nanyuan") == ["above", "by-area-above"]
    assert await codes(serving="/futian") == []
    by_area = await organizations.organization(ANONYMOUS, "by-area")
    assert [await organizations.serves(by_area, path) for path in (MEITING, DONGYUAN, BADENG)] == [True, True, False]


async def test_service_areas_are_replaced_from_a_day_and_the_earlier_ones_stay_readable(district: Database) -> None:
    created = await station("s1", MEITING, serves=(DONGYUAN, BADENG))
    day = date(2015, 7, 1)
    changed = await organizations.set_service_areas(
        SYSTEM, SetServiceAreas(code="s1", version=1, paths=(BADENG, XIAMEI, BADENG), valid_from=day)
    )
    assert changed.version == 2
    before = (await areas.areas_of([created.id], date(2015, 6, 30)))[created.id]
    after = (await areas.areas_of([created.id], day))[created.id]
    assert [area.path for area in before] == [BADENG, DONGYUAN]
    assert [(area.path, area.valid_from) for area in after] == [(XIAMEI, day), (BADENG, FOUNDED)]
    assert await codes(serving=DONGYUAN, on=day) == []
    assert await codes(serving=DONGYUAN) == ["s1"]
    line = (await AuditEntry.select().order_by(AuditEntry.id, ascending=False).first()) or {}
    assert msgspec.json.decode(line["changed"]) == ["serves", "serves_from", "version"]


async def test_areas_that_were_to_begin_later_never_take_effect_after_a_replacement(district: Database) -> None:
    created = await station("s1", MEITING)
    later, earlier = date(2015, 9, 1), date(2015, 8, 1)
    for version, day, served in ((1, later, (DONGYUAN,)), (2, earlier, (XIAMEI,))):
        await organizations.set_service_areas(
            SYSTEM, SetServiceAreas(code="s1", version=version, paths=served, valid_from=day)
        )
    assert [area.path for area in (await areas.areas_of([created.id], date(2016, 1, 1)))[created.id]] == [XIAMEI]
    assert len(await areas.history(created.id)) == 2


async def test_a_stale_version_and_an_unknown_place_change_no_service_area(district: Database) -> None:
    created = await station("s1", MEITING, serves=(DONGYUAN,))
    before = await traces()
    with pytest.raises(Conflict, match="version 1"):
        await organizations.set_service_areas(SYSTEM, SetServiceAreas(code="s1", version=7, paths=()))
    with pytest.raises(Invalid) as refused:
        await organizations.set_service_areas(SYSTEM, SetServiceAreas(code="s1", version=1, paths=(XIAMEI, "/x", "/y")))
    assert [problem.field for problem in refused.value.problems] == ["paths.1", "paths.2"]
    with pytest.raises(Invalid, match="begins only"):
        await organizations.set_service_areas(
            SYSTEM, SetServiceAreas(code="s1", version=1, paths=(), valid_from=date(1999, 1, 1))
        )
    assert [area.path for area in (await areas.areas_of([created.id]))[created.id]] == [DONGYUAN]
    assert await traces() == before


async def test_revising_names_and_contact(district: Database) -> None:
    await committee("c1", name="旧")
    changed = await organizations.revise(
        SYSTEM, UpdateOrganization(code="c1", version=1, name="新", contact=Contact(address="路1号"))
    )
    assert (changed.name, changed.contact.address, changed.version) == ("新", "路1号", 2)
    assert await organizations.organization(ANONYMOUS, "c1") == changed


async def test_of_two_editors_at_once_one_wins_and_the_other_is_told(district: Database) -> None:
    await committee("c1")
    audits, _ = await traces()

    async def rename(name: str) -> None:
        async with district.transaction():
            await organizations.revise(SYSTEM, UpdateOrganization(code="c1", version=1, name=name))

    results = await asyncio.gather(rename("甲"), rename("乙"), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["Conflict", "NoneType"]
    found = await organizations.organization(ANONYMOUS, "c1")
    assert found.version == 2
    assert found.name == ("甲" if results[0] is None else "乙")
    assert (await traces())[0] == audits + 1


async def test_who_may_create_and_revise(district: Database) -> None:
    mine = await committee("c1")
    other = await committee("c2")
    before = await traces()
    director = holding("committee.director", DONGYUAN, mine.id)
    for caller, refusal in ((ANONYMOUS, Unauthenticated), (director, Forbidden)):
        with pytest.raises(refusal):
            await organizations.create(
                caller,
                CreateOrganization(
                    code="c3",
                    kind=ActorKind.committee,
                    subkind=OrganizationSubkind.residents_committee,
                    name="n",
                    path=DONGYUAN,
                ),
            )
        with pytest.raises(refusal):
            await organizations.revise(caller, UpdateOrganization(code="c2", version=1, name="x"))
    assert await traces() == before
    assert (await organizations.by_codes(["c2"]))["c2"] == other
    assert (await organizations.revise(director, UpdateOrganization(code="c1", version=1, name="x"))).name == "x"


async def test_counts_by_kind_take_one_statement(district: Database) -> None:
    await committee("c1")
    await committee("c2", BADENG)
    await committee("c3", BADENG, valid_from=date(2015, 6, 2))
    await station("s1", MEITING)
    pair = (ActorKind.committee, OrganizationSubkind.residents_committee)
    with count_statements() as counter:
        counts = await organizations.organization_counts(ANONYMOUS, "/futian")
    assert counter.count == 1
    assert counts == {pair: 2, (ActorKind.station, OrganizationSubkind.workstation): 1}
    assert await organizations.organization_counts(ANONYMOUS, "/futian/nanyuan", date(2015, 6, 2)) == {pair: 3}
    assert await organizations.organization_counts(ANONYMOUS, "/futian", date(1999, 12, 31)) == {}
    with pytest.raises(Invalid):
        await organizations.organization_counts(ANONYMOUS, "futian")


async def test_batches_take_one_statement_and_leave_out_what_is_unknown(district: Database) -> None:
    first, second = await committee("c1"), await station("s1", MEITING, serves=(DONGYUAN,))
    with count_statements() as counter:
        assert await organizations.by_ids([first.id, second.id, first.id]) == {first.id: first, second.id: second}
        assert await organizations.by_codes(["s1", "zz"]) == {"s1": second}
        served = await areas.areas_of([first.id, second.id])
    assert counter.count == 3
    assert [len(served[first.id]), len(served[second.id])] == [0, 1]


async def test_find_wants_an_organization_that_exists_on_the_day(district: Database) -> None:
    created = await committee("c1", valid_from=date(2015, 7, 1))
    assert created.status is OrganizationStatus.active
    with pytest.raises(Invalid, match="begins only on 2015-07-01"):
        await organizations.find("c1")
    assert (await organizations.find("c1", date(2015, 7, 1))).id == created.id
    assert await codes() == []
    assert await codes(on=date(2015, 7, 1)) == ["c1"]
    assert await codes(include_closed=True) == ["c1"]
