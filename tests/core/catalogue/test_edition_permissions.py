"""Who may see and take which step of an edition, and that a denial changes nothing."""

import pytest

from gongzhi.core.catalogue import editions, tables
from gongzhi.core.catalogue.commands import DraftEdition, ReturnEdition
from gongzhi.core.catalogue.store import Catalogue
from gongzhi.core.errors import Forbidden, NotFound, Unauthenticated
from gongzhi.core.ids import uuid7
from gongzhi.core.permissions import ANONYMOUS, Principal
from tests.core.catalogue.contents import content
from tests.core.catalogue.editing import SLUG, drafted, everything, publication, put, step, withdrawal
from tests.core.places import holding


async def officer(path: str = "/futian") -> Principal:
    """A department officer who acts for the office that owns the lists."""
    rows = await tables.Organization.select(tables.Organization.id).where(tables.Organization.code == "office")
    return holding("department.officer", path, rows[0]["id"], uuid7())


async def test_drafts_exist_only_for_those_who_may_read_them(catalogue: Catalogue) -> None:
    edition = await drafted(catalogue, content("a"))
    before = await everything()
    for stranger in (ANONYMOUS, holding("resident", "/futian"), holding("department.officer", "/futian/nanyuan")):
        with pytest.raises(NotFound, match=f"no edition '{edition.id}'"):
            await editions.edition(stranger, edition.id)
        with pytest.raises((Forbidden, Unauthenticated)):
            await editions.open_editions(stranger, edition.service_list)
        with pytest.raises(NotFound):
            await put(catalogue, edition, content("b"), principal=stranger)
        with pytest.raises(NotFound):
            await editions.submit(stranger, step(edition))
    assert await everything() == before
    for reader in (holding("supervisor", "/futian"), holding("party.secretary", "/"), await officer()):
        assert (await editions.edition(reader, edition.id)).id == edition.id
        assert [found.id for found in await editions.open_editions(reader, edition.service_list)] == [edition.id]


async def test_each_step_needs_its_own_permission_and_a_denial_changes_nothing(catalogue: Catalogue) -> None:
    mine, other = await officer(), holding("department.officer", "/futian", uuid7())
    secretary, admin = holding("party.secretary", "/futian"), holding("district.admin", "/futian")
    command = DraftEdition(slug=SLUG, label="n")
    before = await everything()
    with pytest.raises(Unauthenticated):
        await editions.draft(ANONYMOUS, catalogue, command)
    for caller in (other, secretary, holding("district.admin", "/futian/nanyuan")):
        with pytest.raises(Forbidden):
            await editions.draft(caller, catalogue, command)
    assert await everything() == before

    edition = await editions.draft(mine, catalogue, command)
    assert edition.created_by == mine.account_id
    await put(catalogue, edition, content("a"), principal=mine)
    before = await everything()
    for caller in (other, secretary):
        with pytest.raises(Forbidden):
            await put(catalogue, edition, content("b"), principal=caller)
        with pytest.raises(Forbidden):
            await editions.submit(caller, step(edition))
    assert await everything() == before

    review = await editions.submit(mine, step(edition))
    before = await everything()
    for caller in (mine, secretary, other):
        with pytest.raises(Forbidden):
            await editions.publish(caller, catalogue, publication(review))
    with pytest.raises(Forbidden):
        await editions.send_back(mine, ReturnEdition(edition=edition.id, version=2, note="x"))
    assert await everything() == before
    back = await editions.send_back(secretary, ReturnEdition(edition=edition.id, version=2, note="x"))
    done = await editions.publish(admin, catalogue, publication(await editions.submit(mine, step(back))))
    before = await everything()
    with pytest.raises(Unauthenticated):
        await editions.withdraw(ANONYMOUS, catalogue, withdrawal(done))
    with pytest.raises(Forbidden):
        await editions.withdraw(mine, catalogue, withdrawal(done))
    assert await everything() == before


async def test_a_list_without_an_owner_belongs_everywhere(catalogue: Catalogue) -> None:
    await tables.ServiceList.update({tables.ServiceList.owner: ""}, force=True)
    with pytest.raises(Forbidden):
        await editions.draft(holding("district.admin", "/futian"), catalogue, DraftEdition(slug=SLUG, label="n"))
    edition = await editions.draft(holding("district.admin", "/"), catalogue, DraftEdition(slug=SLUG, label="n"))
    assert await editions.place_of(edition) == "/"
