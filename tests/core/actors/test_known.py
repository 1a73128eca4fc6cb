"""Callers kept in memory: nobody keeps a right that has ended, whoever ended it and however."""

import asyncio
import re
import sqlite3
import time
from datetime import date, timedelta

import asyncpg
import pytest

from gongzhi.core.actors import accounts, known, memberships
from gongzhi.core.actors.kinds import Position
from gongzhi.core.actors.known import TRUSTED_SECONDS, KnownCallers, count_changes
from gongzhi.core.actors.tables import RIGHTS, Account, Membership, Organization, ServiceArea
from gongzhi.core.db import Database, count_statements
from gongzhi.core.errors import Conflict, Unavailable
from tests.core.actors.people import committee, person, post
from tests.core.places import FOUNDED, TODAY, on_day

READ = re.compile(r'\b(?:FROM|JOIN)\s+"?(\w+)', re.IGNORECASE)
ISSUER, PLACE = "https://id.example", "/futian/nanyuan/dongyuan"


@pytest.fixture
async def li(district: Database) -> Database:
    """Li is the director of Dongyuan's committee, and signs in as `li`."""
    await committee("c1")
    await person("li")
    await post("li", "c1", "director")
    await Account.update({Account.issuer: ISSUER, Account.subject: "li"}).where(Account.code == "li")
    return district


async def elsewhere(database: Database, sql: str) -> None:
    """Run SQL as another program does: on a connection of which this process knows nothing."""
    if database.dialect == "sqlite":
        with sqlite3.connect(database.address.target) as file:
            file.execute(sql)
        file.close()
        return
    connection = await asyncpg.connect(database.address.target)
    await connection.execute(sql)
    await connection.close()


async def statements(callers: KnownCallers, subject: str = "li") -> int:
    """How many it takes to find somebody."""
    with count_statements() as counter:
        assert await callers.find(ISSUER, subject) is not None
    return counter.count


async def positions(callers: KnownCallers) -> list[Position]:
    found = await callers.find(ISSUER, "li")
    assert found is not None
    return [each.position for each in found.held]


async def test_all_that_a_caller_is_read_from_is_counted_whoever_changes_it(li: Database) -> None:
    with count_statements() as counter:
        account = await accounts.find_identity(ISSUER, "li")
        assert account is not None
        await memberships.active_bindings(account.id, TODAY)
    assert {name for sql in counter.statements for name in READ.findall(sql)} == {t._meta.tablename for t in RIGHTS}
    organization = (await Organization.select(Organization.id))[0]["id"]
    area = ServiceArea(organization=organization, path=PLACE, valid_from=FOUNDED)
    counted = [await count_changes()]
    await ServiceArea.insert(area)
    counted.append(await count_changes())
    for sql in (
        "UPDATE account SET status = 'suspended'",
        "UPDATE membership SET valid_to = '2015-01-01'",
        "UPDATE organization SET valid_to = '2015-01-01'",
        "UPDATE service_area SET valid_to = '2015-01-01'",
        "DELETE FROM service_area",
        "DELETE FROM membership",
        "DELETE FROM organization",
        "DELETE FROM account",
    ):
        await elsewhere(li, sql)
        counted.append(await count_changes())
    assert all(before < after for before, after in zip(counted, counted[1:], strict=False)), counted


async def test_what_is_rolled_back_is_not_counted(li: Database) -> None:
    before = await count_changes()

    async def fails() -> None:
        async with li.transaction():
            await Account.update({Account.name: "else"}).where(Account.code == "li")
            raise Conflict("no")

    with pytest.raises(Conflict):
        await fails()
    assert await count_changes() == before


async def test_who_is_known_costs_no_statement_and_one_when_the_trust_is_over(li: Database) -> None:
    callers = KnownCallers()
    assert [await statements(callers) for _ in range(3)] == [3, 0, 0]
    await asyncio.sleep(TRUSTED_SECONDS)
    assert [await statements(callers) for _ in range(2)] == [1, 0]


async def test_a_thousand_times_nothing_stale_for_whoever_changed_it_here(li: Database) -> None:
    callers, done = KnownCallers(), asyncio.Event()

    async def ask() -> None:
        """Others who ask meanwhile, so that something is always being read while it changes."""
        while not done.is_set():
            await callers.find(ISSUER, "li")
            await asyncio.sleep(0)

    others = [asyncio.create_task(ask()) for _ in range(3)]
    stale = 0
    for number in range(1000):
        status = ("suspended", "active")[number % 2]
        await Account.update({Account.status: status}).where(Account.code == "li")
        found = await callers.find(ISSUER, "li")
        stale += found is None or found.account.status.value != status
    done.set()
    await asyncio.gather(*others)
    assert stale == 0


async def test_a_transaction_counts_when_it_is_over(li: Database) -> None:
    callers = KnownCallers()
    assert await positions(callers) == [Position.director]
    async with li.transaction():
        await Membership.update({Membership.valid_to: TODAY}).where(Membership.position == "director")
        other = asyncio.create_task(positions(callers))
    assert await positions(callers) == []
    assert await other in ([], [Position.director])
    assert await positions(callers) == []


async def test_what_another_program_ends_is_over_within_a_second(li: Database) -> None:
    callers = KnownCallers()
    assert await positions(callers) == [Position.director]
    await elsewhere(li, "UPDATE membership SET valid_to = '2015-06-01'")
    ended = last = time.monotonic()
    while await positions(callers):
        last = time.monotonic()
        assert last - ended < 10, "it never ends"
        await asyncio.sleep(0.01)
    assert last - ended < 1.0


async def test_word_of_a_change_elsewhere_is_followed_up_at_once(li: Database) -> None:
    callers = KnownCallers()
    assert await callers.find(ISSUER, "li", 1) is not None
    await elsewhere(li, "UPDATE account SET subject = 'other'")
    assert await callers.find(ISSUER, "li", 2) is None


async def test_nobody_is_recognised_once_changes_cannot_be_counted(li: Database) -> None:
    answers = True

    async def counted() -> int:
        if not answers:
            raise Unavailable("The database does not answer.")
        return await count_changes()

    callers = KnownCallers(counted)
    assert await positions(callers) == [Position.director]
    answers = False
    assert await positions(callers) == [Position.director]
    await asyncio.sleep(TRUSTED_SECONDS)
    for _ in range(2):
        with pytest.raises(Unavailable):
            await positions(callers)
    answers = True
    assert await positions(callers) == [Position.director]


async def test_what_is_read_while_it_changes_is_not_kept(li: Database) -> None:
    callers = KnownCallers()
    with count_statements() as counter:
        asked = asyncio.create_task(callers.find(ISSUER, "li"))
        while counter.count < 2:  # noqa: ASYNC110  # until the account is being read, and no moment longer
            await asyncio.sleep(0)
        await Membership.update({Membership.valid_to: TODAY}).where(Membership.position == "director")
        await callers.find(ISSUER, "nobody")  # looks at the count, and finds it changed
        assert await asked is not None
    assert await positions(callers) == []


async def test_a_term_that_ends_with_the_day_ends_without_any_change(li: Database) -> None:
    await Membership.update({Membership.valid_to: TODAY + timedelta(days=1)}).where(Membership.position == "director")
    callers = KnownCallers()
    assert await positions(callers) == [Position.director]
    with on_day(date(2015, 6, 2)):
        assert await positions(callers) == []
    assert await positions(callers) == [Position.director]


async def test_no_more_callers_are_kept_than_the_limit(li: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known, "KEPT", 2)
    for code in ("wang", "zhao"):
        await person(code)
        await Account.update({Account.issuer: ISSUER, Account.subject: code}).where(Account.code == code)
    callers = KnownCallers()
    asked = ["li", "wang", "li", "zhao", "li", "wang"]
    assert [await statements(callers, subject) for subject in asked] == [3, 2, 0, 2, 0, 2]
    assert len(callers._callers) == 2


async def test_a_caller_acts_for_an_organization_of_theirs_from_any_address(li: Database) -> None:
    callers = KnownCallers()
    found = await callers.find(ISSUER, "li")
    assert found is not None
    first, second = found.principal("c1", "192.0.2.1"), found.principal(None, "192.0.2.2")
    assert (first.acting_for, first.source) == (found.held[0].organization_id, "192.0.2.1")
    assert (second.acting_for, second.source) == (None, "192.0.2.2")
    assert first.bindings == second.bindings != ()
