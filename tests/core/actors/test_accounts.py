"""Accounts: people, the identity they sign in with, and what of them is private."""

from datetime import date

import msgspec
import pytest

from gongzhi.core.actors import accounts
from gongzhi.core.actors.accounts import AccountFilter
from gongzhi.core.actors.commands import BindIdentity, CreateAccount, SetAccountStatus, UpdateAccount
from gongzhi.core.actors.kinds import Education
from gongzhi.core.actors.records import AccountStatus
from gongzhi.core.audit.tables import AuditEntry
from gongzhi.core.db import Database, count_statements
from gongzhi.core.errors import Conflict, Forbidden, Invalid, NotFound
from gongzhi.core.events.tables import Event
from gongzhi.core.paging import PageRequest
from gongzhi.core.permissions import ANONYMOUS, SYSTEM
from gongzhi.core.territory.records import Level
from tests.core.actors.people import committee, person, post
from tests.core.places import holding, place, traces

DONGYUAN, MEITING = "/futian/nanyuan/dongyuan", "/futian/meilin/meiting"


async def codes(principal: object = SYSTEM, request: PageRequest | None = None, **wanted: object) -> list[str]:
    page = await accounts.accounts(principal, AccountFilter(**wanted), request or PageRequest())
    return [row.code for row in page.rows]


async def test_a_new_account_is_found_by_code_and_by_identity(district: Database) -> None:
    created = await accounts.create(
        SYSTEM,
        CreateAccount(
            code="a1",
            name="王",
            issuer="https://id",
            subject="7",
            birth_date=date(1972, 3, 4),
            education=Education.college,
        ),
    )
    assert await accounts.account(SYSTEM, "a1") == created
    assert (created.birth_date, created.education, created.status) == (
        date(1972, 3, 4),
        Education.college,
        AccountStatus.active,
    )
    with count_statements() as counter:
        assert await accounts.find_identity("https://id", "7") == created
    assert counter.count == 1
    assert await accounts.find_identity("https://id", "8") is None
    assert await accounts.find_identity("https://other", "7") is None


async def test_events_tell_nothing_private_and_the_audit_line_names_what_changed(district: Database) -> None:
    await person("a1", date(1972, 3, 4), Education.college)
    await accounts.revise(SYSTEM, UpdateAccount(code="a1", version=1, birth_date=date(1973, 3, 4)))
    rows = await Event.select(Event.payload).where(Event.kind.like("actors.account.%"))
    told = [msgspec.json.decode(row["payload"]) for row in rows]
    assert [sorted(payload) for payload in told] == [["code", "id", "name", "provenance", "status", "version"]] * 2
    line = (await AuditEntry.select().order_by(AuditEntry.id, ascending=False).first()) or {}
    assert msgspec.json.decode(line["changed"]) == ["birth_date", "version"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"birth_date": date(1899, 12, 31)}, "birth_date"),
        ({"birth_date": date(2015, 6, 2)}, "birth_date"),
        ({"issuer": "https://id"}, "subject"),
        ({"subject": "7"}, "subject"),
        ({"name": ""}, "name"),
        ({"code": "-"}, "code"),
        ({"education": "phd"}, "education"),
    ],
)
async def test_a_wrong_account_is_refused_with_its_field(
    district: Database, changes: dict[str, object], field: str
) -> None:
    before = await traces()
    with pytest.raises(Invalid) as refused:
        await accounts.create(SYSTEM, msgspec.structs.replace(CreateAccount(code="a1", name="n"), **changes))
    assert refused.value.problems[0].field == field
    assert await codes() == []
    assert await traces() == before


async def test_codes_and_identities_belong_to_one_account(district: Database) -> None:
    await person("a1")
    await person("a2")
    with pytest.raises(Conflict, match="a1 is taken"):
        await person("a1")
    bound = await accounts.bind(SYSTEM, BindIdentity(code="a1", version=1, issuer="https://id", subject="7"))
    assert (bound.issuer, bound.subject, bound.version) == ("https://id", "7", 2)
    before = await traces()
    with pytest.raises(Conflict, match="another account"):
        await accounts.bind(SYSTEM, BindIdentity(code="a2", version=1, issuer="https://id", subject="7"))
    with pytest.raises(Conflict, match="another account"):
        await accounts.create(SYSTEM, CreateAccount(code="a3", name="n", issuer="https://id", subject="7"))
    assert await traces() == before
    assert await codes() == ["a1", "a2"]
    again = await accounts.bind(SYSTEM, BindIdentity(code="a1", version=2, issuer="https://id", subject="8"))
    assert again.subject == "8"
    await accounts.bind(SYSTEM, BindIdentity(code="a2", version=1, issuer="https://id", subject="7"))


async def test_the_database_itself_refuses_a_second_account_of_an_identity(district: Database) -> None:
    await person("a1")
    await person("a2")
    table = accounts._table
    await table.update({table.issuer: "i", table.subject: "s"}).where(table.code == "a1")
    with pytest.raises(Conflict):
        await table.update({table.issuer: "i", table.subject: "s"}).where(table.code == "a2")


async def test_a_stale_version_changes_nothing(district: Database) -> None:
    created = await person("a1")
    before = await traces()
    with pytest.raises(Conflict, match="version 1"):
        await accounts.revise(SYSTEM, UpdateAccount(code="a1", version=2, name="x"))
    assert await accounts.find("a1") == created
    assert await traces() == before


async def test_an_account_belongs_to_the_lowest_place_above_its_posts(district: Database) -> None:
    created = await person("a1")
    await committee("c1", DONGYUAN)
    await committee("c2", "/futian/nanyuan/badeng")
    await committee("c3", MEITING)
    assert await accounts.place_of(created.id) == "/futian"
    await post("a1", "c3", "member", valid_to=date(2015, 6, 1))
    await post("a1", "c1", "member")
    assert await accounts.place_of(created.id) == DONGYUAN
    await post("a1", "c2", "member", valid_from=date(2016, 1, 1))
    assert await accounts.place_of(created.id) == "/futian/nanyuan"
    await post("a1", "c3", "director")
    assert await accounts.place_of(created.id) == "/futian"


async def test_with_several_districts_an_account_without_a_post_belongs_to_the_root(district: Database) -> None:
    await place("/luohu", Level.district)
    assert await accounts.home() == "/"
    assert await codes(SYSTEM) == []
    with pytest.raises(Forbidden):
        await codes(holding("district.admin", "/futian"))


async def test_people_read_and_correct_their_own_account_and_no_other(district: Database) -> None:
    mine, other = await person("a1"), await person("a2")
    caller = holding("resident", DONGYUAN, account=mine.id)
    assert await accounts.account(caller, "a1") == mine
    assert (await accounts.revise(caller, UpdateAccount(code="a1", version=1, name="新"))).name == "新"
    before = await traces()
    for stranger in (caller, ANONYMOUS):
        with pytest.raises(NotFound):
            await accounts.account(stranger, "a2")
        with pytest.raises(NotFound):
            await accounts.revise(stranger, UpdateAccount(code="a2", version=1, name="x"))
    with pytest.raises(Forbidden):
        await accounts.bind(caller, BindIdentity(code="a1", version=2, issuer="i", subject="s"))
    with pytest.raises(Forbidden):
        await accounts.set_status(caller, SetAccountStatus(code="a1", version=2, status=AccountStatus.active))
    assert await traces() == before
    assert await accounts.find("a2") == other


async def test_an_administrator_of_one_subdistrict_takes_over_no_account_that_reaches_further(
    district: Database,
) -> None:
    await person("a1")
    await committee("c1", DONGYUAN)
    await committee("c3", MEITING)
    await post("a1", "c1", "member")
    admin = holding("district.admin", "/futian/nanyuan")
    suspended = await accounts.set_status(admin, SetAccountStatus(code="a1", version=1, status=AccountStatus.suspended))
    assert suspended.status is AccountStatus.suspended
    await post("a1", "c3", "member")
    with pytest.raises(NotFound):
        await accounts.bind(admin, BindIdentity(code="a1", version=2, issuer="i", subject="s"))


async def test_lists_are_for_those_who_may_read_the_place(district: Database) -> None:
    for code in ("a1", "a2", "a3"):
        await person(code)
    await committee("c1", DONGYUAN)
    await post("a1", "c1", "director")
    await post("a2", "c1", "member", valid_to=date(2015, 6, 1))
    await accounts.set_status(SYSTEM, SetAccountStatus(code="a3", version=1, status=AccountStatus.suspended))
    assert await codes() == ["a1", "a2", "a3"]
    assert await codes(status=AccountStatus.suspended) == ["a3"]
    assert await codes(request=PageRequest(first=1)) == ["a1"]
    secretary = holding("party.secretary", "/futian/nanyuan")
    assert await codes(secretary, within="/futian/nanyuan") == ["a1"]
    assert await codes(secretary, within=DONGYUAN) == ["a1"]
    for within in (None, "/futian", MEITING):
        with pytest.raises(Forbidden):
            await codes(secretary, within=within)
    with pytest.raises(Invalid):
        await codes(within="nowhere")


async def test_batches_take_one_statement(district: Database) -> None:
    first, second = await person("a1"), await person("a2")
    with count_statements() as counter:
        assert await accounts.by_ids([first.id, second.id]) == {first.id: first, second.id: second}
        assert await accounts.by_codes(["a2", "a9"]) == {"a2": second}
    assert counter.count == 2
