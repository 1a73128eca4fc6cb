"""For the tests of plugins: a pytest plugin that is there as soon as gongzhi is installed.

Its fixtures, each named `gongzhi_…`, give a host of chosen plugins, a migrated database on each engine, and an API that
is asked as any role. `docs/tutorial-plugin.md` uses them:

    async def test_a_clerk_lends(gongzhi_api):
        async with gongzhi_api("shared_tools") as api:
            lent = await api.do("station.clerk", "lendToolLoan", "loan { state }", {"loan": ...})

Install `gongzhi[testing]`. Tests run on SQLite, and on PostgreSQL where a server answers at GONGZHI_TEST_POSTGRESQL (or
on this machine): where none does they are skipped, loudly, and with CI set they fail.
"""
