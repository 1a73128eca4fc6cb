"""A module that is switched off, or gone, loses nothing: its tables stay as they are, and serve when it is back."""

from piccolo.table import Table

from gongzhi import __version__
from gongzhi.core.db import current
from gongzhi.core.host import Host
from gongzhi.installation import builtin
from gongzhi.plugins.mediation.tables import Case, Party
from gongzhi.testing.calling import calling
from gongzhi.testing.serving import served, settings_for

FILED = '{ mediationStatistics(within: "/futian") { filed } }'
MODULES = "{ modules { id state } }"


async def rows(*tables: type[Table]) -> list[int]:
    current().bind(tables)  # a module that is off binds nothing
    return [await table.count() for table in tables]


async def test_a_module_that_is_switched_off_is_not_in_the_schema_and_keeps_its_records(own_demo_url: str) -> None:
    async with calling(own_demo_url) as api:
        assert (await api.data("", FILED))["mediationStatistics"]["filed"] == 7
        before = await rows(Case, Party)
    off = settings_for(own_demo_url, demo=True, plugins_disabled=("mediation",))
    async with served(off) as client:
        answer = (await client.post("/graphql", json={"query": FILED})).json()
        assert "Cannot query field 'mediationStatistics'" in answer["errors"][0]["message"]
        listed = (await client.post("/graphql", json={"query": MODULES})).json()["data"]["modules"]
        assert {"id": "mediation", "state": "OFF"} in listed
        assert (await client.get("/health/ready")).status_code == 200
        assert await rows(Case, Party) == before
    async with calling(own_demo_url) as api:
        assert (await api.data("", FILED))["mediationStatistics"]["filed"] == 7


async def test_a_module_that_is_no_longer_installed_keeps_its_records(own_demo_url: str) -> None:
    left = Host([each for each in builtin() if each.id != "mediation"], __version__)
    async with calling(own_demo_url, left) as api:
        listed = (await api.data("", MODULES))["modules"]
        assert "mediation" not in {each["id"] for each in listed}
        places = await api.data("", '{ territory(path: "/futian") { code } }')
        assert places["territory"] == {"code": "FT"}
    async with calling(own_demo_url) as api:
        assert (await api.data("", FILED))["mediationStatistics"]["filed"] == 7
