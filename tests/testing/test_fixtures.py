"""What plugin developers test with: hosts, databases, callers with one role each, and a clock that stands still."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gongzhi.api import clock, organizations, principal_for
from gongzhi.testing import frozen, meet_deadlines
from gongzhi.testing.plugin import Api, Opening, chosen
from gongzhi.testing.roles import ROLES
from tests.style.source import ROOT

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
SUITE = """
async def test_database(gongzhi_database):
    async with gongzhi_database():
        pass
"""


def test_a_host_has_the_chosen_plugins_and_no_others() -> None:
    assert [plugin.module.id for plugin in chosen("mediation").plugins] == ["mediation"]
    assert list(chosen().plugins) == []
    with pytest.raises(pytest.fail.Exception, match="no plugin nothing is installed"):
        chosen("mediation", "nothing")


async def test_every_role_is_held_by_an_account_of_its_name(gongzhi_api: Api) -> None:
    async with gongzhi_api() as api:
        for role in ROLES:
            assert (await api.data(role, "{ viewer { account { code } } }"))["viewer"]["account"]["code"] == role
        assert (await api.data("", "{ viewer { account { code } } }"))["viewer"]["account"] is None


async def test_use_cases_are_called_by_the_roles_too(gongzhi_database: Opening) -> None:
    async with gongzhi_database("mediation"):
        for role, post in ROLES.items():
            held = {binding.role for binding in (await principal_for(role)).bindings}
            assert held == ({role.replace("other.", "org.")} if post else set())
        manager, other = [await principal_for(role) for role in ("org.manager", "other.manager")]
        center = await organizations.find("center")
        assert {binding.organization_id for binding in manager.bindings} == {center.id}
        assert {binding.organization_id for binding in other.bindings} != {center.id}
        with frozen(NOON):
            assert clock.now() == NOON
            assert await meet_deadlines(*chosen("mediation").workflows()) == 0


async def test_what_a_test_raises_comes_out_as_it_is(gongzhi_api: Api) -> None:
    with pytest.raises(AssertionError, match="no_such_field"):
        async with gongzhi_api() as api:
            await api.data("", "{ no_such_field }")


def test_nothing_heavy_is_imported_where_no_fixture_is_used() -> None:
    code = "import gongzhi.testing.plugin, sys; print(*[n for n in sys.modules if n.split('.')[0] in sys.argv[1:]])"
    heavy = ["litestar", "piccolo", "strawberry", "casbin", "msgspec", "asyncpg"]
    shown = subprocess.run([sys.executable, "-c", code, *heavy], capture_output=True, text=True, check=True, cwd=ROOT)
    assert shown.stdout.split() == []


@pytest.mark.parametrize(
    ("given", "status", "shown"),
    [({}, 0, "1 passed, 1 skipped"), ({"CI": "true"}, 1, "1 failed, 1 passed")],
    ids=["here", "ci"],
)
def test_without_a_server_tests_are_skipped_loudly_and_in_ci_they_fail(
    tmp_path: Path, given: dict[str, str], status: int, shown: str
) -> None:
    (tmp_path / "test_it.py").write_text(SUITE, "utf-8")
    environment = {name: value for name, value in os.environ.items() if name != "CI"} | given
    environment |= {"PYTHONPATH": str(ROOT), "GONGZHI_TEST_POSTGRESQL": "postgresql://postgres@127.0.0.1:1/postgres"}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-o", "asyncio_mode=auto"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, shown in done.stdout) == (status, True), done.stdout
    assert ("NOT TESTED ON POSTGRESQL" in done.stdout) is (status == 0)
    assert "no PostgreSQL answers at 127.0.0.1; set GONGZHI_TEST_POSTGRESQL" in done.stdout
