"""`gongzhi setup`: a new database gets its first administrator, who can then do the rest over the API."""

from pathlib import Path

import pytest

from gongzhi.core.actors.callers import principal_for
from gongzhi.core.actors.tables import Account
from gongzhi.core.permissions import decide, pinned
from gongzhi.core.territory.tables import Territory
from gongzhi.testing import databases
from tests.cli.conftest import Command
from tests.core.places import shipped_policy

ARGUMENTS = ("setup", "--district", "luohu", "--name", "罗湖区", "--admin", "li-hua", "--admin-name", "李华")


async def state(url: str) -> tuple[int, int]:
    async with databases.opened(url):
        return await Territory.count(), await Account.count()


async def may_publish(url: str) -> bool:
    async with databases.opened(url):
        with pinned(shipped_policy()):
            return decide(await principal_for("li-hua"), "publish", "catalogue.edition", "/luohu").allowed


@pytest.fixture
def migrated(gongzhi: Command, empty_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    monkeypatch.setenv("GONGZHI_DATABASE", empty_url)
    monkeypatch.chdir(tmp_path)
    assert gongzhi("migrate").exit_code == 0
    return empty_url


def test_a_new_database_gets_its_first_administrator(gongzhi: Command, migrated: str) -> None:
    assert gongzhi(*ARGUMENTS).exit_code == 0
    assert databases.run(state(migrated)) == (1, 1)
    assert databases.run(may_publish(migrated))
    issued = gongzhi("token", "issue", "--account", "li-hua")
    assert issued.exit_code == 0
    assert issued.stdout.count(".") == 2


def test_a_second_setup_is_refused_and_changes_nothing(gongzhi: Command, migrated: str) -> None:
    assert gongzhi(*ARGUMENTS).exit_code == 0
    again = gongzhi(*ARGUMENTS)
    assert again.exit_code == 1
    assert "has a territory already" in again.stderr
    assert databases.run(state(migrated)) == (1, 1)


def test_a_setup_that_fails_in_the_middle_leaves_nothing(gongzhi: Command, migrated: str) -> None:
    failed = gongzhi(*ARGUMENTS[:-3], "not a code", *ARGUMENTS[-2:])
    assert failed.exit_code == 1
    assert databases.run(state(migrated)) == (0, 0)


def test_an_issuer_needs_the_subject(gongzhi: Command, migrated: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGZHI_ISSUER", "https://id.example.org")
    missing = gongzhi(*ARGUMENTS)
    assert missing.exit_code == 1
    assert "--subject" in missing.stderr
    assert gongzhi(*ARGUMENTS, "--subject", "4711").exit_code == 0
