"""`gongzhi token issue`."""

from pathlib import Path

import jwt
import pytest

from gongzhi.core.actors import accounts
from gongzhi.core.actors.commands import CreateAccount, SetAccountStatus
from gongzhi.core.actors.records import AccountStatus
from gongzhi.core.permissions import SYSTEM, activate, core_vocabulary, load
from gongzhi.core.settings import Settings
from gongzhi.core.signin import TokenVerifier
from gongzhi.core.signin.local import ISSUER
from gongzhi.testing import databases
from tests.cli.conftest import Command


def command(code: str, issuer: str, subject: str) -> CreateAccount:
    return CreateAccount(code=code, name="李", issuer=issuer, subject=subject or code)


async def add(
    url: str, code: str, status: AccountStatus = AccountStatus.active, issuer: str = ISSUER, subject: str = ""
) -> None:
    activate(load(None, core_vocabulary()))
    async with databases.opened(url) as database, database.transaction():
        created = await accounts.create(SYSTEM, command(code, issuer, subject))
        if status is not AccountStatus.active:
            await accounts.set_status(SYSTEM, SetAccountStatus(code=code, version=created.version, status=status))


def test_only_the_token_is_printed_and_it_is_accepted(
    gongzhi: Command, migrated_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    databases.run(add(migrated_url, "li"))
    monkeypatch.setenv("GONGZHI_DATABASE", migrated_url)
    result = gongzhi("token", "issue", "--account", "li", "--hours", "2")
    assert result.exit_code == 0, result.output
    assert result.stderr == ""
    token = result.stdout.removesuffix("\n")
    claims = jwt.decode(token, options={"verify_signature": False})
    assert claims["sub"] == "li"
    assert claims["exp"] - claims["iat"] == 2 * 3600
    verified = databases.run(TokenVerifier(Settings.load()).verify(token))
    assert verified.subject == "li"


def test_an_account_that_is_not_there_gets_none(
    gongzhi: Command, migrated_url: str, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    monkeypatch.setenv("GONGZHI_DATABASE", migrated_url)
    result = gongzhi("token", "issue", "--account", "li")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "there is no account 'li'" in result.stderr
    assert not (folder / ".gongzhi").exists()


def test_a_suspended_account_gets_none(gongzhi: Command, migrated_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    databases.run(add(migrated_url, "li", AccountStatus.suspended))
    monkeypatch.setenv("GONGZHI_DATABASE", migrated_url)
    result = gongzhi("token", "issue", "--account", "li")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "suspended" in result.stderr


def test_no_token_where_an_issuer_is_configured(
    gongzhi: Command, migrated_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    databases.run(add(migrated_url, "li"))
    monkeypatch.setenv("GONGZHI_DATABASE", migrated_url)
    monkeypatch.setenv("GONGZHI_ISSUER", "https://id.example.org")
    result = gongzhi("token", "issue", "--account", "li")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "sign in at https://id.example.org" in result.stderr


def test_a_token_names_the_identity_that_the_account_is_bound_to(
    gongzhi: Command, migrated_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    databases.run(add(migrated_url, "li", subject="li@home"))
    databases.run(add(migrated_url, "wang", issuer="https://id.example.org"))
    monkeypatch.setenv("GONGZHI_DATABASE", migrated_url)
    token = gongzhi("token", "issue", "--account", "li").stdout.strip()
    assert jwt.decode(token, options={"verify_signature": False})["sub"] == "li@home"
    result = gongzhi("token", "issue", "--account", "wang")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "bind it to issuer gongzhi-local, subject wang first" in result.stderr


@pytest.mark.parametrize("hours", ["0", "-1", "745", "nan", "1.5"])
def test_lifetimes_out_of_range_are_usage_errors(gongzhi: Command, hours: str) -> None:
    result = gongzhi("token", "issue", "--account", "li", "--hours", hours)
    assert (result.exit_code, result.stdout) == (2, "")


def test_without_a_database_nothing_is_made(gongzhi: Command, folder: Path) -> None:
    result = gongzhi("token", "issue", "--account", "li")
    assert result.exit_code == 1
    assert "run `gongzhi migrate` first" in result.stderr
    assert list(folder.iterdir()) == []


def test_the_demo_is_found_when_it_is_the_only_database(gongzhi: Command, folder: Path, migrated_file: Path) -> None:
    (folder / ".gongzhi").mkdir()
    (folder / ".gongzhi/demo.sqlite").write_bytes(migrated_file.read_bytes())
    databases.run(add(f"sqlite:///{folder}/.gongzhi/demo.sqlite", "demo"))
    assert gongzhi("token", "issue", "--account", "demo").exit_code == 0

    (folder / "gongzhi.sqlite").write_bytes(migrated_file.read_bytes())
    assert gongzhi("token", "issue", "--account", "demo").exit_code == 1
