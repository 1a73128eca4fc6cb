"""`gongzhi doctor`: each fault is put in, found, and told with its remedy; on both engines where both can have it."""

import json
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any, NoReturn

import pytest

from gongzhi import __version__
from gongzhi.core import clock
from gongzhi.core.audit.tables import AuditEntry, AuditSeal
from gongzhi.core.db import current
from gongzhi.core.doctor import records, store
from gongzhi.core.events.tables import PARKED, Event, EventDelivery, EventTarget
from gongzhi.core.host import Candidate, Host
from gongzhi.core.idempotency.tables import IdempotencyKey
from gongzhi.core.ids import uuid7, uuid7_at
from gongzhi.core.ledger.tables import LedgerAccount
from gongzhi.core.webhooks.tables import Webhook
from gongzhi.testing import databases
from tests.cli.conftest import Command

Fault = Callable[[], Awaitable[object]]
HOUR = timedelta(hours=1)
DIGEST = "0" * 64


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


def delivery(state: str) -> EventDelivery:
    return EventDelivery(
        event=uuid7(), target="plugin:x", record="A:1", position=1, state=state, due_at=clock.now() - HOUR
    )


def audit_line(at: timedelta) -> AuditEntry:
    moment = clock.now() + at
    return AuditEntry(
        id=uuid7_at(moment), at=moment, actor_label="x", action="update", resource="x", path="/", record="A:1"
    )


def suspended() -> Webhook:
    place = {"organization": uuid7(), "role": "x", "path": "/", "url": "https://x.example/"}
    return Webhook(code="site", name="x", salt="x.y", created_at=clock.now(), active=False, reason="410 Gone", **place)


def expired() -> IdempotencyKey:
    moment = clock.now() - 2 * HOUR
    return IdempotencyKey(entry=DIGEST, account=uuid7(), fingerprint=DIGEST, at=moment, expires_at=moment)


FAULTS: dict[str, tuple[Fault, str, str, str]] = {
    "ledger": (
        lambda: LedgerAccount.insert(
            LedgerAccount(
                book="b", code="a", unit="fen", kind="asset", owner="n", path="/", balance=5, opened_at=clock.now()
            )
        ),
        "ledger",
        "error",
        "balance-differs: b: account a has 5",
    ),
    "seal": (
        lambda: AuditSeal.insert(
            AuditSeal(
                sequence=1, entry=uuid7(), log="change", person=DIGEST, state=DIGEST, sealed_at=clock.now(), hash=DIGEST
            )
        ),
        "audit",
        "error",
        "the chain does not hold",
    ),
    "unsealed": (lambda: AuditEntry.insert(audit_line(-HOUR)), "audit", "warning", "1 lines have waited"),
    "clock": (lambda: AuditEntry.insert(audit_line(HOUR)), "clock", "error", "s in the future"),
    "waiting": (
        lambda: Event.insert(Event(at=clock.now() - HOUR, kind="a.b", record="A:1", path="/")),
        "events",
        "warning",
        "1 events wait for more than 5 minutes",
    ),
    "due": (lambda: EventDelivery.insert(delivery("waiting")), "events", "warning", "1 events wait"),
    "parked": (lambda: EventDelivery.insert(delivery(PARKED)), "events", "warning", "given up after many failures, to"),
    "failing": (
        lambda: EventTarget.insert(EventTarget(name="plugin:x", failing=3, failing_since=clock.now())),
        "events",
        "warning",
        "nothing reaches plugin:x since",
    ),
    "webhook": (lambda: Webhook.insert(suspended()), "webhooks", "warning", "site is suspended (410 Gone): what"),
    "keys": (lambda: IdempotencyKey.insert(expired()), "keys kept", "warning", "1 of 1 idempotency keys"),
    "missing": (
        lambda: current().execute("DELETE FROM migration WHERE app_name = 'core_idempotency'"),
        "migrations",
        "error",
        "1 are not applied (core_idempotency/",
    ),
    "newer": (
        lambda: current().execute("INSERT INTO migration (name, app_name) VALUES ('2999-01-01', 'core_audit')"),
        "migrations",
        "error",
        "a newer version applied core_audit/2999-01-01",
    ),
}
"""Fault -> how it is put in, the check that finds it, how severe it is, and what is said."""


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
