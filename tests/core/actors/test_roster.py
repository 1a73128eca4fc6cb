"""Every account with its posts, as one statement gives them: the same as asking for each by itself."""

from datetime import date

from gongzhi.core.actors import accounts, roster
from gongzhi.core.actors.callers import principal_for
from gongzhi.core.actors.commands import SetAccountStatus
from gongzhi.core.actors.records import AccountStatus
from gongzhi.core.db import Database, count_statements
from gongzhi.core.permissions import SYSTEM
from tests.core.actors.people import committee, person, post, station

DONGYUAN, BADENG, MEITING = "/futian/nanyuan/dongyuan", "/futian/nanyuan/badeng", "/futian/meilin/meiting"
LATER = date(2016, 1, 1)


async def test_the_roster_is_what_each_account_holds(district: Database) -> None:
    await station("s1", MEITING, serves=(DONGYUAN, BADENG))
    await committee("c1")
    await committee("c2", BADENG, valid_from=date(2015, 1, 1))
    for code in ("zhao", "li", "nobody", "gone"):
        await person(code)
    await post("li", "s1", "head")
    await post("li", "c1", "member", valid_to=LATER)
    await post("zhao", "c2", "director", date(2015, 1, 1), date(2015, 2, 1))
    for day in (date(2014, 12, 31), date(2015, 1, 15), date(2015, 6, 1), LATER):
        with count_statements() as counter:
            found = await roster.principals(day)
        assert counter.count == 1
        assert found == [await principal_for(code, day) for code in ("gone", "li", "nobody", "zhao")]
    paths = [binding.path for binding in (await roster.principals(LATER))[1].bindings]
    assert sorted(paths) == [MEITING, BADENG, DONGYUAN]


async def test_suspended_accounts_are_left_out(district: Database) -> None:
    await person("li")
    gone = await person("gone")
    command = SetAccountStatus(code="gone", version=gone.version, status=AccountStatus.suspended)
    await accounts.set_status(SYSTEM, command)
    assert [each.account_code for each in await roster.principals()] == ["li"]
