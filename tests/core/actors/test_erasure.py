"""Erasing a person: nothing tells who it was, the audit chain holds, and nobody can be emptied without a line."""

from datetime import date

import msgspec
import pytest

from gongzhi.core.actors import accounts, erasure, memberships
from gongzhi.core.actors.commands import (
    Appoint,
    BindIdentity,
    CreateAccount,
    EndMembership,
    EraseAccount,
    SetAccountStatus,
    UpdateAccount,
)
from gongzhi.core.actors.kinds import Position
from gongzhi.core.actors.records import Account, AccountStatus
from gongzhi.core.actors.tables import Account as AccountTable
from gongzhi.core.audit import decisions
from gongzhi.core.audit.export import exported, verify_file
from gongzhi.core.audit.log import record
from gongzhi.core.audit.sealing import Sealer
from gongzhi.core.audit.stored import verify
from gongzhi.core.db import Database
from gongzhi.core.errors import Conflict, Forbidden, GongzhiError, Invalid
from gongzhi.core.permissions import ANONYMOUS, SYSTEM, Principal, decide, pinned
from tests.core.actors.people import committee, person
from tests.core.audit.chain import tampering
from tests.core.places import TODAY, holding, on_day, shipped_policy, small_district, traces

CODE, SECRETS = "zhao-min", ("zhao-min", "赵敏", "date(1970, 5, 9)", "192.0.2.9", "搬走了")


async def somebody(database: Database) -> Principal:
    """A person who held a post, changed and was refused something, and is told of in the log and in events."""
    await small_district()
    await committee("committee")
    command = CreateAccount(
        code=CODE, name="赵敏", birth_date=date(1970, 5, 9), issuer="https://id.example", subject=CODE
    )
    made = await accounts.create(SYSTEM, command)
    caller = Principal(account_id=made.id, account_code=CODE, source="192.0.2.9")
    await accounts.revise(caller, UpdateAccount(code=CODE, version=1, name="赵敏"))
    await decisions.write([decide(caller, "publish", "catalogue.edition", "/futian")])
    post = await memberships.appoint(
        SYSTEM, Appoint(account=CODE, organization="committee", position=Position.member, note="搬走了")
    )
    await memberships.end(SYSTEM, EndMembership(id=post.id, version=1))
    return caller


async def erased(version: int = 2) -> Account:
    return await erasure.erase(SYSTEM, EraseAccount(code=CODE, version=version))


async def everything(database: Database) -> str:
    """Every row of the tables that may tell of a person, as text."""
    tables = ("account", "membership", "event", "audit_entry", "decision_entry", "audit_seal")
    return str([await database.execute(f"SELECT * FROM {table}") for table in tables])


@pytest.mark.parametrize("sealed_first", [True, False], ids=["sealed before", "sealed afterwards"])
async def test_nothing_tells_who_it_was_and_the_chain_holds(database: Database, sealed_first: bool) -> None:
    with pinned(shipped_policy()), on_day(TODAY):
        async with database.transaction():
            caller = await somebody(database)
        before = await everything(database)
        assert [secret in before for secret in SECRETS] == [True] * len(SECRETS)
        if sealed_first:
            await Sealer(database).seal_all()
            noted = (await verify()).head
        async with database.transaction():
            gone = await erased()
        after = await everything(database)
    assert [secret for secret in SECRETS if secret in after] == []
    assert (gone.code, gone.name, gone.status) == (
        f"erased-{gone.id.hex[-12:]}",
        erasure.ERASED_NAME,
        AccountStatus.erased,
    )
    assert (gone.issuer, gone.subject, gone.birth_date, gone.education) == (None, None, None, None)
    own = await database.execute(
        f"SELECT actor_label, source, actor_salt FROM audit_entry WHERE actor = '{caller.account_id}'"
    )
    assert [tuple(line.values()) for line in own] == [("erased", "", "")]
    await Sealer(database).seal_all()
    report = await verify([noted] if sealed_first else ())
    assert (report.sound, report.warnings, report.erased) == (True, [], 2 if sealed_first else 0)
    content = [line async for line in exported()]
    assert (verify_file(content).sound, verify_file(content).warnings) == (True, [])
    assert [secret for secret in SECRETS if secret in b"".join(content).decode()] == []


async def test_it_is_itself_a_line_and_an_event(database: Database) -> None:
    with pinned(shipped_policy()), on_day(TODAY):
        async with database.transaction():
            await somebody(database)
        (lines, events) = await traces()
        async with database.transaction():
            gone = await erased()
        assert await traces() == (lines + 2, events + 1)
        (line,) = await database.execute(
            f"SELECT * FROM audit_entry WHERE action = 'erase' AND record = 'Account:{gone.id}'"
        )
        assert (line["actor_label"], line["record_salt"], len(line["before_digest"])) == ("account:system", "", 64)
        assert {"name", "birth_date", "issuer"} < set(msgspec.json.decode(line["changed"]))
        (told,) = await database.execute("SELECT payload FROM event WHERE kind = 'actors.account.erase'")
        assert msgspec.json.decode(told["payload"])["status"] == "erased"


async def test_whoever_is_emptied_without_a_line_is_told(database: Database) -> None:
    with pinned(shipped_policy()), on_day(TODAY):
        async with database.transaction():
            caller = await somebody(database)
    await Sealer(database).seal_all()
    await database.execute(
        "UPDATE audit_entry SET actor_label = 'erased', source = '', actor_salt = ''"
        f" WHERE actor = '{caller.account_id}'"
    )
    report = await verify()
    assert [(each.kind, f"Account:{caller.account_id}" in each.message) for each in report.findings] == [
        ("erased", True)
    ]
    await database.execute("UPDATE audit_entry SET record_salt = '' WHERE record LIKE 'Membership:%'")
    report = await verify()
    assert [each.kind for each in report.findings] == ["erased", "erased"]


async def test_of_somebody_erased_nothing_else_can_be_changed(database: Database) -> None:
    with pinned(shipped_policy()), on_day(TODAY):
        async with database.transaction():
            caller = await somebody(database)
        await Sealer(database).seal_all()
        async with database.transaction():
            await erased()
        await Sealer(database).seal_all()
    for change in ("source = '192.0.2.1'", "action = 'x'", "actor_label = 'account:other'"):
        async with tampering(database):
            await database.execute(f"UPDATE audit_entry SET {change} WHERE actor = '{caller.account_id}'")
            assert [each.kind for each in (await verify()).findings] == ["changed"]


async def test_nobody_is_erased_twice_or_used_again(database: Database) -> None:
    with pinned(shipped_policy()), on_day(TODAY):
        async with database.transaction():
            await somebody(database)
            gone = await erased()
        before = await everything(database)
        code, version = gone.code, gone.version
        refused = (
            (erasure.erase, EraseAccount(code=code, version=version)),
            (accounts.revise, UpdateAccount(code=code, version=version, name="x")),
            (accounts.set_status, SetAccountStatus(code=code, version=version, status=AccountStatus.active)),
            (accounts.bind, BindIdentity(code=code, version=version, issuer="x", subject="x")),
            (memberships.appoint, Appoint(account=code, organization="committee", position=Position.member)),
        )
        for use_case, command in refused:
            with pytest.raises(Conflict, match="erased"):
                async with database.transaction():
                    await use_case(SYSTEM, command)  # type: ignore[operator]  # each with its own command
        assert await everything(database) == before


@pytest.mark.parametrize(
    ("caller", "error"),
    [
        (ANONYMOUS, GongzhiError),
        (holding("party.secretary", "/futian"), GongzhiError),
        (holding("auditor", "/futian"), Forbidden),
    ],
    ids=["nobody", "secretary", "auditor"],
)
async def test_who_may_not_erases_nobody(database: Database, caller: Principal, error: type[GongzhiError]) -> None:
    with pinned(shipped_policy()), on_day(TODAY):
        async with database.transaction():
            await somebody(database)
        before = await everything(database)
        with pytest.raises(error):
            async with database.transaction():
                await erasure.erase(caller, EraseAccount(code=CODE, version=2))
        assert await everything(database) == before


async def test_posts_end_first_and_a_status_erases_nobody(database: Database) -> None:
    with pinned(shipped_policy()), on_day(TODAY):
        await small_district()
        await committee("committee")
        await person(CODE)
        await memberships.appoint(SYSTEM, Appoint(account=CODE, organization="committee", position=Position.member))
        with pytest.raises(Conflict, match="still holds 1 posts; end them first"):
            await erased(version=1)
        with pytest.raises(Invalid, match="eraseAccount"):
            await accounts.set_status(SYSTEM, SetAccountStatus(code=CODE, version=1, status=AccountStatus.erased))
        (row,) = await AccountTable.select().where(AccountTable.code == CODE)
        assert (row["name"], row["version"]) == (CODE, 1)


async def test_digests_of_what_was_erased_cannot_be_tried(database: Database) -> None:
    """The same record has another digest in every line: without its salt, a birth date cannot be guessed."""
    with pinned(shipped_policy()), on_day(TODAY):
        await small_district()
        decision = decide(SYSTEM, "update", "territory.territory", "/futian")
        for _ in range(2):
            await record(SYSTEM, decision, "Person:1", None, {"birth_date": "1970-05-09"})
    lines = await database.execute("SELECT after_digest, record_salt FROM audit_entry WHERE record = 'Person:1'")
    assert len({line["after_digest"] for line in lines}) == 2
    assert [len(line["record_salt"]) for line in lines] == [32, 32]
