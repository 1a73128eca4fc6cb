"""The demo's rows obey what the services check, and the services carry on from them."""

from collections import Counter
from datetime import date

import pytest

from gongzhi import demo
from gongzhi.core import clock
from gongzhi.core.actors import areas, memberships, mergers, organizations
from gongzhi.core.actors.commands import CreateAccount, CreateOrganization
from gongzhi.core.actors.kinds import SUBKINDS_OF, ActorKind, Education, OrganizationSubkind, Position
from gongzhi.core.actors.memberships import MembershipFilter
from gongzhi.core.actors.organizations import SUBCOMMITTEES
from gongzhi.core.actors.posts import COMMITTEE_MEMBERS, POSITIONS_OF
from gongzhi.core.actors.records import OrganizationStatus
from gongzhi.core.actors.tables import Organization
from gongzhi.core.audit.tables import AuditEntry
from gongzhi.core.catalogue import assignments, content, drafts, offerings, tables
from gongzhi.core.catalogue.commands import RecordDisposition, UpdateOffering
from gongzhi.core.catalogue.feed import changes
from gongzhi.core.catalogue.lists import DispositionKind, ListRegistry
from gongzhi.core.catalogue.offerings import offering_of
from gongzhi.core.catalogue.records import Assignment, EditionState, FeedKind
from gongzhi.core.catalogue.store import Catalogue
from gongzhi.core.db import Database
from gongzhi.core.events.outbox import revision
from gongzhi.core.events.tables import Event
from gongzhi.core.fields import checked
from gongzhi.core.paging import PageRequest
from gongzhi.core.permissions import ANONYMOUS, SYSTEM
from gongzhi.core.provenance import Provenance
from gongzhi.core.records import as_record
from gongzhi.data import LISTS, reference_list
from gongzhi.demo.organizations import organizations as organization_rows
from gongzhi.demo.people import people
from gongzhi.demo.places import places
from gongzhi.demo.scenario import LISTS_FROM, MERGED_ON, MERGERS, spread


class RolledBack(Exception):
    """What a test raises so that the shared demo stays as it is."""


@pytest.fixture(scope="module")
def known() -> dict[str, Organization]:
    return {row.code: row for row in organization_rows(places())}


@pytest.mark.parametrize(("part", "whole"), [(20, 115), (494, 573), (1, 7), (7, 7)])
def test_a_share_is_spread_exactly(part: int, whole: int) -> None:
    chosen = [index for index in range(whole) if spread(index, part, whole)]
    assert len(chosen) == part
    assert chosen[0] == 0
    gaps = {after - before for before, after in zip(chosen, [*chosen[1:], whole], strict=True)}
    assert max(gaps) - min(gaps) <= 1


def test_every_organization_could_have_been_created(known: dict[str, Organization]) -> None:
    by_id = {row.id: row for row in known.values()}
    assert len(known) == 479
    for row in known.values():
        kind, subkind = ActorKind(row.kind), OrganizationSubkind(row.subkind)
        checked(
            CreateOrganization(
                code=row.code, kind=kind, subkind=subkind, name=row.name, name_en=row.name_en, path=row.path
            )
        )
        assert subkind in SUBKINDS_OF[kind]
        assert row.provenance == Provenance.synthetic
        assert (row.parent is not None) == (subkind in SUBCOMMITTEES)
        if row.parent is not None:
            parent = by_id[row.parent]
            assert (parent.subkind, parent.path) == (OrganizationSubkind.residents_committee, row.path)


def test_every_person_could_have_been_created_and_holds_a_post_once(known: dict[str, Organization]) -> None:
    accounts, posts = people(known)
    by_id = {row.id: row for row in known.values()}
    assert max(Counter(row.code for row in accounts).values()) == 1
    for row in accounts:
        education = Education(row.education)
        checked(CreateAccount(code=row.code, name=row.name, birth_date=row.birth_date, education=education))
        assert row.provenance == Provenance.synthetic
        assert date(1940, 1, 1) < row.birth_date < clock.today()
    held = Counter((post.account, post.organization, post.position) for post in posts)
    assert max(held.values()) == 1
    assert {post.account for post in posts} == {row.id for row in accounts}
    for post in posts:
        assert Position(post.position) in POSITIONS_OF[ActorKind(by_id[post.organization].kind)]
        assert post.valid_to is None or post.valid_from < post.valid_to


def test_a_committee_has_5_to_9_members_of_whom_one_is_director(known: dict[str, Organization]) -> None:
    _, posts = people(known)
    by_id = {row.id: row for row in known.values()}
    for day in (demo.DAY, clock.today()):
        seats: dict[str, Counter[str]] = {}
        for post in posts:
            here = by_id[post.organization]
            in_force = post.valid_from <= day and (post.valid_to is None or day < post.valid_to)
            seat = here.subkind == OrganizationSubkind.residents_committee and post.position in COMMITTEE_MEMBERS
            if in_force and seat:
                seats.setdefault(here.code, Counter())[post.position] += 1
        assert len(seats) == 115
        for code, positions in seats.items():
            # Organic Law of the Urban Residents' Committees, article 7: five to nine members.
            assert 5 <= positions.total() <= 9, code
            assert positions[Position.director] == 1, code


async def test_lists_are_published_as_the_services_publish(loaded: Database) -> None:
    catalogue = Catalogue(ListRegistry())
    await catalogue.refresh()
    snapshot = catalogue.snapshot
    for slug in LISTS:
        reference = reference_list(slug)
        (edition,) = snapshot.editions[slug]
        listed = snapshot.lists[slug]
        assert listed.provenance is edition.provenance is Provenance.reference
        assert (listed.owner, listed.provenance_note) == ("futian-district-office", reference.provenance.note)
        assert (edition.state, edition.effective_from) == (EditionState.published, LISTS_FROM)
        assert (edition.label, edition.item_count) == (reference.label, len(reference.items))
        assert edition.digest == content.digest_of(reference.items)
        assert tuple(await drafts.draft_contents(edition.id)) == reference.items
        page = await changes(ANONYMOUS, slug, PageRequest(first=100))
        assert page.rows[0].kind is FeedKind.published
        assert {entry.kind for entry in page.rows[1:]} == {FeedKind.added}
        steps = await AuditEntry.select(AuditEntry.action).where(AuditEntry.record == f"Edition:{edition.id}")
        assert Counter(row["action"] for row in steps) == {"draft": 1, "import": 1, "submit": 1, "publish": 1}
    assert snapshot.revision == await revision("catalogue") == len(LISTS)
    assert await tables.CatalogueChange.count() == len(LISTS) + 87 + 23 + 71 + 147
    assert await Event.count().where(Event.kind == "catalogue.edition.publish") == len(LISTS)


async def test_meilins_mergers_left_their_history(loaded: Database) -> None:
    for source, into in MERGERS.items():
        gone = await organizations.organization(ANONYMOUS, f"{source}-station")
        heir = await organizations.organization(ANONYMOUS, f"{into}-station")
        assert (gone.status, gone.merged_into, gone.valid_to) == (OrganizationStatus.merged, heir.id, MERGED_ON)
        assert [row.code for row in (await mergers.absorbed([heir.id]))[heir.id]] == [gone.code]
        assert await areas.serves(heir, gone.path, MERGED_ON)
        request, ended = PageRequest(first=10), MembershipFilter(organization=gone.id, include_ended=True)
        (head,) = (await memberships.memberships(SYSTEM, ended, request)).rows
        assert (head.position, head.valid_to) == (Position.head, MERGED_ON)
    assert await AuditEntry.count().where(AuditEntry.action == "merge") == len(MERGERS)
    assert await Event.count().where(Event.kind == "actors.organization.merge") == len(MERGERS)


async def test_every_offering_is_of_an_item_in_force_by_an_organization_that_serves_the_place(
    loaded: Database,
) -> None:
    catalogue = Catalogue(ListRegistry())
    await catalogue.refresh()
    rows = [offering_of(row) for row in await tables.Offering.select(*tables.Offering.all_columns())]
    assert max(Counter((row.list_slug, row.item_code, row.path, row.organization) for row in rows).values()) == 1
    providers = await organizations.by_ids({row.organization for row in rows})
    for slug, code in {(row.list_slug, row.item_code) for row in rows}:
        offerings.check_item(catalogue, slug, code)
    for organization, path in {(row.organization, row.path) for row in rows}:
        provider = providers[organization]
        assert provider.valid_to is None
        assert await organizations.serves(provider, path), (provider.code, path)
    assert {row.provenance for row in rows} == {Provenance.synthetic}


async def test_the_services_carry_on_from_the_loaded_rows(loaded: Database) -> None:
    assert len(await tasks_of_dongyuan()) == 45
    with pytest.raises(RolledBack):
        await hand_over_a_task_and_change_an_offering(loaded)
    assert len(await tasks_of_dongyuan()) == 45


async def tasks_of_dongyuan() -> list[Assignment]:
    station = await organizations.organization(ANONYMOUS, "dongyuan-station")
    table = tables.Assignment
    rows = await (
        table.select(*table.all_columns()).where(table.organization == station.id).where(table.valid_to.is_null())
    )
    return [as_record(row, Assignment) for row in rows]


async def hand_over_a_task_and_change_an_offering(database: Database) -> None:
    async with database.transaction():
        kept = (await tasks_of_dongyuan())[0]
        command = RecordDisposition(
            assignment=kept.id,
            version=kept.version,
            kind=DispositionKind.return_committee,
            target="dongyuan-committee",
        )
        _, ended = await assignments.dispose(SYSTEM, command)
        assert ended.valid_to == clock.today()
        assert len(await tasks_of_dongyuan()) == 44
        row = await tables.Offering.select(*tables.Offering.all_columns()).limit(1)
        offering = offering_of(row[0])
        changed = await offerings.revise(SYSTEM, UpdateOffering(offering=offering.id, version=1, capacity=20))
        assert (changed.capacity, changed.version) == (20, 2)
        raise RolledBack
