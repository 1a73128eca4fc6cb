"""The use cases themselves, without the API, while the clock stands still."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from gongzhi.api import Conflict, Database, Invalid, principal_for, take
from gongzhi.testing import frozen, meet_deadlines

from gongzhi_shared_tools import service
from gongzhi_shared_tools.registers import LOANS, TOOLS
from gongzhi_shared_tools.workflow import LOAN

MONDAY = datetime.fromisoformat("2026-03-02T09:00:00+08:00")
HOME = "/test/street/home"


async def step(database: Database, caller: str, name: str, loan: Any, **given: Any) -> Any:
    command = LOAN.commands[name](loan=loan.id, version=loan.version, **given)
    async with database.transaction():
        return await take(LOAN, name, await principal_for(caller), command)


async def shared(path: str) -> Any:
    given = {"name": "电钻", "path": path, "organization": "center"}
    return await service.share(await principal_for("org.manager"), service.ShareTool(**given))


async def asked(database: Database) -> Any:
    async with database.transaction():
        tool = await shared(HOME)
        command = service.AskForTool(tool=tool.id)
        return await service.ask(await principal_for("resident"), command)


async def test_what_is_not_back_after_ten_working_days_is_overdue(gongzhi_database: Any) -> None:
    with frozen(MONDAY):
        async with gongzhi_database("shared_tools") as database:
            loan = await step(database, "org.staff", "lend", await asked(database))
            assert loan.due_at is not None
            assert loan.due_at.date() == (MONDAY + timedelta(weeks=2)).date()
            assert await meet_deadlines(LOAN) == 0
            with frozen(loan.due_at + timedelta(seconds=1)):
                assert await meet_deadlines(LOAN) == 1
            late = await LOANS.find(await principal_for("org.staff"), loan.id)
            assert (late.state, late.overdue) == ("lent", True)
            back = await step(database, "resident", "give_back", late)
            assert (back.state, back.overdue, back.due_at) == ("returned", False, None)


async def test_who_refuses_says_why(gongzhi_database: Any) -> None:
    async with gongzhi_database("shared_tools") as database:
        loan = await asked(database)
        with pytest.raises(Invalid) as refusal:
            await step(database, "org.staff", "refuse", loan, reason=" ")
        assert [problem.field for problem in refusal.value.problems] == ["reason"]
        refused = await step(database, "org.staff", "refuse", loan, reason="在修理")
        assert (refused.state, refused.reason) == ("refused", "在修理")
        assert not (await TOOLS.find(await principal_for("resident"), loan.tool)).lent


async def test_a_step_from_an_old_version_is_refused(gongzhi_database: Any) -> None:
    async with gongzhi_database("shared_tools") as database:
        loan = await asked(database)
        await step(database, "org.staff", "lend", loan)
        with pytest.raises(Conflict):
            await step(database, "resident", "give_back", loan)


async def test_an_organization_shares_where_it_serves(gongzhi_database: Any) -> None:
    async with gongzhi_database("shared_tools") as database:
        with pytest.raises(Invalid, match="center does not serve /test/street/next"):
            async with database.transaction():
                await shared("/test/street/next")
        assert await TOOLS.every(await principal_for("org.manager")) == []
