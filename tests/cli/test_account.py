"""`gongzhi account erase`: who is erased is gone, and it is known by whom."""

import pytest

from gongzhi.core.actors import accounts
from gongzhi.core.actors.commands import CreateAccount
from gongzhi.core.permissions import SYSTEM, pinned
from gongzhi.testing import databases
from tests.cli.conftest import Command
from tests.core.places import shipped_policy

SETUP = ("setup", "--district", "futian", "--name", "福田", "--admin", "li", "--admin-name", "李")


def test_a_person_is_erased_by_an_administrator(
    gongzhi: Command, migrated_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GONGZHI_DATABASE", migrated_url)
    assert gongzhi(*SETUP).exit_code == 0
    still = gongzhi("account", "erase", "li", "--account", "li", "--yes")
    assert (still.exit_code, "still holds 1 posts; end them first" in still.stderr) == (1, True)
    nobody = gongzhi("account", "erase", "wang", "--account", "li", "--yes")
    assert (nobody.exit_code, "there is no account 'wang'" in nobody.stderr) == (1, True)
    databases.run(_enter(migrated_url))
    unsure = gongzhi("account", "erase", "wang", "--account", "li")
    assert unsure.exit_code == 1
    erased = gongzhi("account", "erase", "wang", "--account", "li", "--yes")
    assert (erased.exit_code, erased.stdout.startswith("erased-"), "wang is erased" in erased.stderr) == (0, True, True)
    (line,) = gongzhi("audit", "show", "--account", "li").stdout.splitlines()
    assert line.split("\t")[2:6] == ["account:li", "command line", "change", "actors.account erase"]
    assert gongzhi("account", "erase", "wang", "--account", "li", "--yes").exit_code == 1


async def _enter(url: str) -> None:
    async with databases.opened(url):
        with pinned(shipped_policy()):
            await accounts.create(SYSTEM, CreateAccount(code="wang", name="王"))
