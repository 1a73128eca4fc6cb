"""Who offers what where: create, change, close."""

import asyncio
from datetime import date
from typing import Any

import msgspec
import pytest

from gongzhi.core import db
from gongzhi.core.actors.records import Contact, Organization
from gongzhi.core.audit.tables import AuditEntry
from gongzhi.core.catalogue import offerings, tables
from gongzhi.core.catalogue.commands import UpdateOffering
from gongzhi.core.catalogue.records import OfferingStatus
from gongzhi.core.catalogue.store import Catalogue
from gongzhi.core.errors import Conflict, Forbidden, Invalid, NotFound, Unauthenticated
from gongzhi.core.ids import uuid7
from gongzhi.core.permissions import ANONYMOUS, SYSTEM
from tests.core.actors.people import organization
from tests.core.catalogue.offers import (
    BADENG,
    DONGYUAN,
    MEITING,
    TOMORROW,
    YESTERDAY,
    creation,
    found,
    offered,
    rows,
    update,
)
from tests.core.places import TODAY, holding, traces


async def test_an_offering_is_created_changed_and_closed(catalogue: Catalogue, center: Organization) -> None:
    begun = await traces()
    contact = Contact(phone="0755-1", address_en="1 East Road")
    made = await offered(catalogue, location="二楼", capacity=20, contact=contact)
    assert (made.organization, made.status, made.valid_from, made.valid_to, made.version) == (
        center.id,
        OfferingStatus.active,
        TODAY,
        None,
        1,
    )
    assert (await offerings.by_ids([made.id])) == {made.id: made}
    changed = await offerings.revise(SYSTEM, update(made, capacity=0, contact=Contact(email="a@b"), schedule="周一"))
    assert (changed.capacity, changed.contact, changed.location, changed.version) == (
        0,
        Contact(email="a@b"),
        "二楼",
        2,
    )
    assert (await offerings.by_ids([made.id])) == {made.id: changed}
    paused = await offerings.revise(SYSTEM, update(changed, status=OfferingStatus.suspended))
    assert (await found(), await found(status=OfferingStatus.suspended)) == ([], ["dongyuan:a"])
    back = await offerings.revise(SYSTEM, update(paused, status=OfferingStatus.active))
    closed = await offerings.revise(SYSTEM, update(back, status=OfferingStatus.closed))
    assert (closed.status, closed.valid_to, closed.version) == (OfferingStatus.closed, TODAY, 5)
    assert await traces() == (begun[0] + 5, begun[1] + 5)
    lines = (await AuditEntry.select(AuditEntry.action).order_by(AuditEntry.id))[begun[0] :]
    assert [line["action"] for line in lines] == ["create", "update", "update", "update", "close"]


async def test_a_closed_offering_stays_closed_and_can_be_offered_anew(
    catalogue: Catalogue, center: Organization
) -> None:
    made = await offered(catalogue)
    closed = await offerings.revise(SYSTEM, update(made, status=OfferingStatus.closed))
    before = await rows()
    for changes in ({"status": OfferingStatus.active}, {"location": "x"}, {"status": OfferingStatus.closed}):
        with pytest.raises(Conflict, match="closed"):
            await offerings.revise(SYSTEM, update(closed, **changes))
    assert await rows() == before
    assert (await offered(catalogue)).id != made.id


async def test_closing_never_prolongs_a_term(catalogue: Catalogue, center: Organization) -> None:
    ended = await offered(catalogue, "a", valid_from=date(2015, 1, 1), valid_to=YESTERDAY)
    coming = await offered(catalogue, "b", valid_from=TOMORROW)
    lasting = await offered(catalogue, "c", valid_to=date(2016, 1, 1))
    for made, last in ((ended, YESTERDAY), (coming, TOMORROW), (lasting, TODAY)):
        closed = await offerings.revise(SYSTEM, update(made, status=OfferingStatus.closed))
        assert closed.valid_to == last


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"path": "futian"}, "path"),
        ({"item_code": "z"}, "item_code"),
        ({"path": MEITING}, "organization"),
        ({"capacity": -1}, "capacity"),
        ({"location": "x" * 201}, "location"),
        ({"valid_from": date(1900, 1, 1)}, "valid_from"),
        ({"valid_from": TODAY, "valid_to": TODAY}, "valid_to"),
        ({"valid_to": YESTERDAY}, "valid_to"),
        ({"valid_to": date(2300, 1, 1)}, "valid_to"),
        ({"contact": Contact(phone="1" * 61)}, "contact.phone"),
    ],
)
async def test_a_wrong_offering_is_refused_with_its_field(
    catalogue: Catalogue, center: Organization, changes: dict[str, Any], field: str
) -> None:
    before = await rows()
    with pytest.raises(Invalid) as refused:
        await offerings.create(SYSTEM, catalogue, msgspec.structs.replace(creation(), **changes))
    assert refused.value.problems[0].field == field
    assert await rows() == before


async def test_unknown_places_lists_organizations_and_offerings(catalogue: Catalogue, center: Organization) -> None:
    before = await rows()
    for changes in ({"path": "/futian/none"}, {"list_slug": "none"}, {"organization": "none"}):
        with pytest.raises(NotFound):
            await offerings.create(SYSTEM, catalogue, msgspec.structs.replace(creation(), **changes))
    with pytest.raises(NotFound):
        await offerings.revise(SYSTEM, UpdateOffering(offering=uuid7(), version=1))
    assert await offerings.by_ids([uuid7()]) == {}
    assert await rows() == before


async def test_the_same_thing_is_offered_once_at_a_place_and_time(catalogue: Catalogue, center: Organization) -> None:
    await offered(catalogue, location="二楼")
    before = await rows()
    with pytest.raises(Conflict, match="center offers a at /futian/nanyuan/dongyuan already"):
        await offered(catalogue, location="二楼")
    assert await rows() == before
    await offered(catalogue, location="三楼")
    await offered(catalogue, path=BADENG, location="二楼")


async def test_of_two_equal_offerings_at_once_one_wins(catalogue: Catalogue, center: Organization) -> None:
    async def attempt() -> None:
        async with db.current().transaction():
            await offered(catalogue)

    results = await asyncio.gather(attempt(), attempt(), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["Conflict", "NoneType"]
    assert await tables.Offering.count() == 1


async def test_of_two_changes_at_once_one_wins(catalogue: Catalogue, center: Organization) -> None:
    made = await offered(catalogue)

    async def attempt(location: str) -> None:
        async with db.current().transaction():
            await offerings.revise(SYSTEM, update(made, location=location))

    results = await asyncio.gather(attempt("x"), attempt("y"), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["Conflict", "NoneType"]
    now = (await offerings.by_ids([made.id]))[made.id]
    assert (now.location, now.version) == ("x" if results[0] is None else "y", 2)


async def test_a_stale_version_and_an_impossible_term_change_nothing(
    catalogue: Catalogue, center: Organization
) -> None:
    made = await offered(catalogue, valid_from=TOMORROW)
    before = await rows()
    with pytest.raises(Conflict, match="version 1"):
        await offerings.revise(SYSTEM, UpdateOffering(offering=made.id, version=2, location="x"))
    for day in (TODAY, TOMORROW, date(2300, 1, 1)):
        with pytest.raises(Invalid) as refused:
            await offerings.revise(SYSTEM, update(made, valid_to=day))
        assert refused.value.problems[0].field == "valid_to"
    assert await rows() == before


async def test_managers_offer_what_is_their_own_and_staff_only_change_it(
    catalogue: Catalogue, center: Organization
) -> None:
    rival = await organization("rival", "service_center", DONGYUAN)
    manager, staff = holding("org.manager", DONGYUAN, center.id), holding("org.staff", DONGYUAN, center.id)
    stranger = holding("org.manager", DONGYUAN, rival.id)
    before = await rows()
    with pytest.raises(Unauthenticated):
        await offered(catalogue, principal=ANONYMOUS)
    for caller in (staff, stranger, holding("org.manager", DONGYUAN), holding("org.manager", BADENG, center.id)):
        with pytest.raises(Forbidden):
            await offered(catalogue, principal=caller)
    assert await rows() == before
    made = await offered(catalogue, principal=manager)
    made = await offerings.revise(staff, update(made, location="x"))
    before = await rows()
    for caller in (stranger, holding("org.staff", DONGYUAN, rival.id)):
        with pytest.raises(Forbidden):
            await offerings.revise(caller, update(made, location="y"))
    with pytest.raises(Forbidden):
        await offerings.revise(staff, update(made, status=OfferingStatus.closed))
    with pytest.raises(Unauthenticated):
        await offerings.revise(ANONYMOUS, UpdateOffering(offering=made.id, version=99))
    assert await rows() == before
    assert (await offerings.revise(manager, update(made, status=OfferingStatus.closed))).status == "closed"
