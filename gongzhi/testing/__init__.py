"""For the tests of plugins: a pytest plugin that is there as soon as gongzhi is installed.

Its fixtures, each named `gongzhi_…`, give a host of chosen plugins, a migrated database on each engine, and an API that
is asked as any role. `docs/tutorial-plugin.md` uses them:

    async def test_a_clerk_lends(gongzhi_api):
        async with gongzhi_api("shared_tools") as api:
            lent = await api.do("station.clerk", "lendSharedToolLoan", "loan { state }", {"loan": ...})

`frozen` lets the clock stand still, and `meet_deadlines` does what a worker does when a deadline has come.

Install `gongzhi[testing]`. Tests run on SQLite, and on PostgreSQL where a server answers at GONGZHI_TEST_POSTGRESQL (or
on this machine): where none does they are skipped, loudly, and with CI set they fail.
"""

from typing import TYPE_CHECKING, Any

from gongzhi.core.clock import frozen

if TYPE_CHECKING:
    from gongzhi.core.workflow import Workflow


async def meet_deadlines(*workflows: "Workflow[Any]") -> int:
    """Meet the deadlines of these workflows that have come, as a worker does; answers how many.

    It works on the database that is open, inside of `gongzhi_database` or `gongzhi_api`.
    """
    from gongzhi.core.db import current
    from gongzhi.core.workflow.timers import Timers

    return await Timers(current(), workflows).meet_due()


__all__ = ["frozen", "meet_deadlines"]
