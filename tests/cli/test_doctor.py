"""`gongzhi doctor`: each fault is put in, found, and told with its remedy; on both engines where both can have it."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any, NoReturn

import pytest

from gongzhi import __version__
from gongzhi.core import clock
from gongzhi.core.doctor import records, store
from gongzhi.core.host import Candidate, Host
from gongzhi.testing import databases
from tests.cli.conftest import Command
from tests.cli.faults import FAULTS, Fault


def examined(gongzhi: Command, *options: str) -> tuple[int, list[dict[str, str]]]:
    """The exit status, and what was found and is not good."""
    result = gongzhi("doctor", "--json", *options)
    assert "Traceback" not in result.output
    found = json.loads(result.stdout)
    assert found["healthy"] == (result.exit_code == 0)
    return result.exit_code, [each for each in found["findings"] if each["severity"] != "good"]


def only(found: list[dict[str, str]], check: str, severity: str) -> dict[str, str]:
    """The one finding of a check in a severity; it says what to do."""
    (each,) = [each for each in found if (each["check"], each["severity"]) == (check, severity)]
    assert each["remedy"]
    return each


@pytest.fixture
def url(migrated_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("GONGZHI_DATABASE", migrated_url)
    if migrated_url.startswith("sqlite"):
        Path(migrated_url.removeprefix("sqlite:///")).chmod(0o600)
    return migrated_url


@pytest.fixture
def file(folder: Path, migrated_file: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A migrated SQLite file in force."""
    path = folder / "gongzhi.sqlite"
    path.write_bytes(migrated_file.read_bytes())
    path.chmod(0o600)
    monkeypatch.setenv("GONGZHI_DATABASE", f"sqlite:///{path}")
    return path


def put_in(url: str, *faults: Fault) -> None:
    async def work() -> None:
        async with databases.opened(url):
            for fault in faults:
                await fault()

    databases.run(work())


def test_a_good_installation_has_no_errors_and_says_what_was_looked_at(gongzhi: Command, url: str) -> None:
    assert gongzhi("backup", "one.backup").exit_code == (0 if url.startswith("sqlite") else 1)
    for options in ((), ("--deep",)):
        result = gongzhi("doctor", *options)
        assert result.exit_code == 0, result.output
        assert result.stdout.splitlines()[-1] == "0 errors, 0 warnings"
        checks = {line.split()[1] for line in result.stdout.splitlines() if line.startswith("good")}
        expected = {"settings", "keys", "plugins", "backup", "database", "migrations", "policy", "clock", "audit"}
        assert checks == expected | {"ledger", "events", "webhooks"} | ({"damage"} if options else set())


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_of_the_records_is_found(gongzhi: Command, url: str, name: str, request: pytest.FixtureRequest) -> None:
    fault, check, severity, said = FAULTS[name]
    if url.startswith("postgresql") and check == "migrations":  # the other tests of this process have it, too
        databases.run(databases._on_server("CREATE TABLE kept AS SELECT * FROM migration", url))
        request.addfinalizer(lambda: databases.run(databases._on_server(REPAIR, url)))
    put_in(url, fault)
    status, found = examined(gongzhi)
    assert status == (1 if severity == "error" else 0), found
    assert said in only(found, check, severity)["message"]


REPAIR = "DELETE FROM migration; INSERT INTO migration SELECT * FROM kept; DROP TABLE kept"


def test_what_takes_long_is_done_when_asked_for(gongzhi: Command, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "MOST_LINES", -1)
    monkeypatch.setattr(store, "SLOW_SECONDS", -1)
    _, found = examined(gongzhi)
    assert "--deep" in only(found, "audit", "note")["remedy"]
    assert "--deep" in only(found, "ledger", "note")["remedy"]
    assert "to answer nothing" in only(found, "database", "warning")["message"]
    _, found = examined(gongzhi, "--deep")
    assert [each for each in found if each["check"] in ("audit", "ledger")] == []


def test_settings_that_are_not_safe_or_not_known(gongzhi: Command, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGZHI_HOST", "0.0.0.0")
    monkeypatch.setenv("GONGZHI_BACKGROUND", "false")
    status, found = examined(gongzhi)
    assert (status, only(found, "settings", "error")["message"][:8]) == (1, "issuer: ")
    assert "gongzhi worker" in only(found, "settings", "note")["remedy"]
    monkeypatch.setenv("GONGZHI_NONSENSE", "1")
    status, found = examined(gongzhi)
    assert (status, len(found)) == (1, 1)
    assert "NONSENSE" in only(found, "settings", "error")["message"]


def test_a_key_that_others_may_read_or_replace(gongzhi: Command, url: str, folder: Path) -> None:
    assert gongzhi("token", "issue", "--account", "x").exit_code in (0, 1)
    place = folder / ".gongzhi"
    place.mkdir(exist_ok=True)
    key = place / "signing_key.pem"
    key.touch()
    key.chmod(0o644)
    place.chmod(0o777)
    status, found = examined(gongzhi)
    error, warning = only(found, "keys", "error"), only(found, "keys", "warning")
    assert (status, error["remedy"].split()[:2]) == (1, ["run", "`chmod"])
    assert "chmod go-w" in warning["remedy"]


def test_a_policy_file_that_is_wrong(gongzhi: Command, url: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "policies").mkdir()
    (folder / "policies" / "mine.csv").write_text("p, role:public, /, catalogue.edition, read, any, dney\n")
    monkeypatch.setenv("GONGZHI_POLICIES", "policies")
    status, found = examined(gongzhi)
    error = only(found, "policy", "error")
    assert (status, "mine.csv:1" in error["message"]) == (1, True)


def test_a_plugin_that_fails(gongzhi: Command, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> NoReturn:
        raise ImportError("the hammer is missing")

    host = Host([Candidate("tools", "tests", broken)], __version__)
    monkeypatch.setattr("gongzhi.cli.doctor.host_of", lambda _: host)
    status, found = examined(gongzhi)
    error = only(found, "plugins", "error")
    assert (status, "tools is switched off" in error["message"]) == (1, True)
    assert "the hammer is missing" in error["message"]


@pytest.mark.parametrize("address", ["postgresql://me:hunter2@127.0.0.1:1/gongzhi", "sqlite:///nowhere.sqlite"])
def test_a_database_that_is_not_there(gongzhi: Command, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("GONGZHI_DATABASE", address)
    status, found = examined(gongzhi)
    error = only(found, "database", "error")
    assert (status, "hunter2" in json.dumps(found)) == (1, False)
    assert error["message"] in ("The database does not answer; try again in a moment.", f"there is no {address}")


def test_a_damaged_file(gongzhi: Command, file: Path) -> None:
    whole = file.read_bytes()
    with closing(sqlite3.connect(file)) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'offering'").fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    file.write_bytes(whole[: (page - 1) * size] + b"\xff" * size + whole[page * size :])
    assert examined(gongzhi)[0] == 0
    status, found = examined(gongzhi, "--deep")
    assert (status, "gongzhi restore" in only(found, "damage", "error")["remedy"]) == (1, True)
    file.write_text("gone")
    status, found = examined(gongzhi)
    assert (status, "damaged" in only(found, "database", "error")["message"]) == (1, True)


def test_a_disk_that_is_nearly_full_and_a_log_that_grows(
    gongzhi: Command, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def left(free: int) -> Callable[[Any], Any]:
        return lambda _: type("Usage", (), {"free": free})

    for free, severity, expected in ((1_000_000_000, "warning", 0), (1_000_000, "error", 1)):
        monkeypatch.setattr(store.shutil, "disk_usage", left(free))
        status, found = examined(gongzhi)
        assert (status, "are free on its disk" in only(found, "database", severity)["message"]) == (expected, True)
    monkeypatch.undo()
    monkeypatch.setenv("GONGZHI_DATABASE", f"sqlite:///{file}")
    monkeypatch.setattr(store, "LARGE_LOG", 100)
    file.chmod(0o604)
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE one (id INTEGER)")
        connection.commit()
        _, found = examined(gongzhi)
    said = [each["message"] for each in found if each["check"] == "database"]
    assert [message.split(":")[0].split(" has ")[0] for message in said] == [
        "its write-ahead log",
        "anybody on this machine may read it",
    ]


def test_backups_that_are_missing_old_or_gone(
    gongzhi: Command, file: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "no backup was taken" in only(examined(gongzhi)[1], "backup", "warning")["message"]
    assert gongzhi("backup", "one.backup").exit_code == 0
    assert examined(gongzhi) == (0, [])
    (folder / "one.backup").unlink()
    assert "not there any more" in only(examined(gongzhi)[1], "backup", "warning")["message"]
    record = file.with_name(f"{file.name}.last-backup.json")
    taken = json.loads(record.read_text())
    (folder / "one.backup").touch()
    record.write_text(json.dumps({**taken, "at": (clock.now() - timedelta(days=3, hours=1)).isoformat()}))
    assert "3 days and 1 hours old" in only(examined(gongzhi)[1], "backup", "warning")["message"]


def test_postgresql_that_may_lose_answers(
    gongzhi: Command, migrated_postgresql: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GONGZHI_DATABASE", migrated_postgresql)
    name = migrated_postgresql.rpartition("/")[2]
    index = "UPDATE pg_index SET indisvalid = {} WHERE indexrelid = 'event_delivery_event'::regclass"

    def put(*statements: str) -> None:
        for statement in statements:
            databases.run(databases._on_server(statement, migrated_postgresql))

    put(f'ALTER DATABASE "{name}" SET synchronous_commit = off', index.format("false"))
    try:
        status, found = examined(gongzhi)
    finally:
        put(f'ALTER DATABASE "{name}" RESET synchronous_commit', index.format("true"))
    messages = [each["message"] for each in found if (each["check"], each["severity"]) == ("database", "warning")]
    assert (status, len(messages)) == (0, 2), found
    assert "synchronous_commit is off" in messages[0]
    assert "event_delivery_event is not valid" in messages[1]


ANOTHER = """
CREATE SCHEMA another;
CREATE FUNCTION another.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS
  $$ SELECT pg_catalog.clock_timestamp() + interval '9 seconds' $$;
CREATE FUNCTION another.current_setting(name text) RETURNS text LANGUAGE sql AS
  $$ SELECT CASE name WHEN 'server_version_num' THEN '130018' WHEN 'server_version' THEN '13.18'
     WHEN 'fsync' THEN 'off' WHEN 'full_page_writes' THEN 'off' WHEN 'max_connections' THEN '1'
     ELSE pg_catalog.current_setting(name) END $$
"""
"""A server that says of itself what no test server may be: its functions are found before PostgreSQL's own."""


def test_a_server_that_is_old_full_unsafe_and_of_another_time(
    gongzhi: Command, migrated_postgresql: str, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.setenv("GONGZHI_DATABASE", migrated_postgresql)
    name = migrated_postgresql.rpartition("/")[2]

    def put(sql: str) -> None:
        databases.run(databases._on_server(sql, migrated_postgresql))

    put(ANOTHER)
    request.addfinalizer(lambda: put(f'ALTER DATABASE "{name}" RESET search_path; DROP SCHEMA another CASCADE'))
    put(f'ALTER DATABASE "{name}" SET search_path = another, pg_catalog, public')
    status, found = examined(gongzhi)
    told = [(each["severity"], each["message"], each["remedy"]) for each in found if each["check"] == "database"]
    taken = next(message for severity, message, _ in told if severity == "warning")
    assert (status, told) == (
        1,
        [
            ("error", "PostgreSQL 13.18 is not supported", "upgrade to version 14 or newer"),
            ("error", "fsync is off: a crash may lose everything", "ALTER SYSTEM SET fsync = on"),
            ("error", "full_page_writes is off: a crash may lose everything", "ALTER SYSTEM SET full_page_writes = on"),
            ("warning", taken, "lower pool_size or workers, or raise max_connections"),
        ],
    )
    assert taken.endswith(" of 1 connections are taken")
    clocks = only(found, "clock", "error")
    assert (clocks["message"], "NTP" in clocks["remedy"]) == ("the database's clock and ours are 9.0 s apart", True)
