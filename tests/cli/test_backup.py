"""`gongzhi backup` and `gongzhi restore`: a copy of one moment while others write, and back, or nothing."""

import multiprocessing
import os
import shutil
import sqlite3
import stat
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from gongzhi.core.backup import files
from gongzhi.core.backup.taking import last_of
from gongzhi.testing import databases
from tests.cli.conftest import Command
from tests.cli.server import started

ACCOUNTS = 20


@pytest.fixture
def live(folder: Path, migrated_file: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A migrated database with a few rows, where the commands look for it."""
    path = folder / "data" / "gongzhi.sqlite"
    path.parent.mkdir()
    shutil.copyfile(migrated_file, path)
    monkeypatch.setenv("GONGZHI_DATABASE", f"sqlite:///{path}")
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE purse (id INTEGER PRIMARY KEY, fen INTEGER)")
        connection.execute("CREATE TABLE moved (id INTEGER PRIMARY KEY, text TEXT)")
        connection.executemany("INSERT INTO purse (fen) VALUES (?)", [(100,)] * ACCOUNTS)
    return path


def rows(path: Path) -> dict[str, str]:
    with files.opened(path) as connection:
        return files.contents(connection).digests


def move(path: Path, count: int) -> None:
    """Move money between purses, each time noting it in the same transaction."""
    with closing(sqlite3.connect(path, isolation_level=None, timeout=20)) as connection:
        for number in range(count):
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("UPDATE purse SET fen = fen - 1 WHERE id = ?", (number % ACCOUNTS + 1,))
            connection.execute("UPDATE purse SET fen = fen + 1 WHERE id = ?", ((number * 7) % ACCOUNTS + 1,))
            connection.execute("INSERT INTO moved (text) VALUES (?)", ("x" * 500,))
            connection.execute("COMMIT")


@contextmanager
def moving(path: Path) -> Iterator[None]:
    """Another process that writes all the time."""
    writer = multiprocessing.get_context("spawn").Process(target=move, args=(path, 1_000_000), daemon=True)
    writer.start()
    try:
        yield
    finally:
        writer.kill()
        writer.join()


def moves(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("SELECT count(*) FROM moved").fetchone()[0])


def test_a_backup_under_writing_is_of_one_moment_and_comes_back(gongzhi: Command, live: Path, folder: Path) -> None:
    with moving(live):
        while moves(live) < 20:
            time.sleep(0.01)
        for number in range(3):
            result = gongzhi("backup", str(folder / f"{number}.backup"))
            assert result.exit_code == 0, result.output
        later = moves(live)
    seen = []
    for number in range(3):
        with closing(sqlite3.connect(folder / f"{number}.backup")) as copy:
            (total,), (count,) = (
                copy.execute("SELECT sum(fen) FROM purse").fetchone(),
                copy.execute("SELECT count(*) FROM moved").fetchone(),
            )
            replayed = [100] * ACCOUNTS
            for step in range(count):
                replayed[step % ACCOUNTS] -= 1
                replayed[(step * 7) % ACCOUNTS] += 1
            assert [fen for (fen,) in copy.execute("SELECT fen FROM purse ORDER BY id")] == replayed
        assert total == 100 * ACCOUNTS
        seen.append(count)
    assert 20 <= seen[0] < seen[1] < seen[2] <= later

    taken = rows(folder / "2.backup")
    result = gongzhi("restore", str(folder / "2.backup"))
    assert result.exit_code == 0, result.output
    assert rows(live) == taken
    (kept,) = live.parent.glob("*.before-restore-*")
    assert moves(kept) >= later
    assert sorted(each.name for each in live.parent.iterdir() if ".part" in each.name) == []


def test_what_is_told_of_a_backup(gongzhi: Command, live: Path, folder: Path) -> None:
    result = gongzhi("backup", "one.backup")
    assert result.exit_code == 0, result.output
    file = folder / "one.backup"
    with files.opened(file) as connection:
        contents = files.contents(connection)
    assert f"{file}: {file.stat().st_size:,} bytes" in result.stdout
    assert contents.digest in result.stdout
    assert f"{len(contents.migrations)} migrations" in result.stdout
    assert "signing key" in result.stderr
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    last = last_of(live)
    assert last is not None
    assert (last.file, last.digest) == (str(file), contents.digest)
    assert sorted(each.name for each in folder.iterdir()) == ["data", "one.backup"]


def test_a_file_that_is_there_is_not_replaced_without_being_told_to(gongzhi: Command, live: Path, folder: Path) -> None:
    (folder / "mine").write_text("mine")
    refused = gongzhi("backup", "mine")
    assert (refused.exit_code, (folder / "mine").read_text()) == (1, "mine")
    assert "--force" in refused.stderr
    assert gongzhi("backup", "mine", "--force").exit_code == 0
    assert rows(folder / "mine") == rows(live)
    itself = gongzhi("backup", str(live), "--force")
    assert (itself.exit_code, "the database itself" in itself.stderr) == (1, True)
    assert gongzhi("backup", "no/such/folder").exit_code == 1
    assert moves(live) == 0


def test_a_running_server_keeps_its_database(gongzhi: Command, live: Path, folder: Path) -> None:
    before = rows(live)
    assert gongzhi("backup", "one.backup").exit_code == 0
    environ = {"GONGZHI_DATABASE": os.environ["GONGZHI_DATABASE"], "GONGZHI_PORT": "0"}
    with started(folder, "serve", environ=environ) as server:
        server.wait()
        refused = gongzhi("restore", "one.backup")
        assert refused.exit_code == 1
        assert "is in use; stop `gongzhi serve`" in refused.stderr
        assert "data" in server.ask("{ __typename }")
        server.stop()
    assert list(live.parent.glob("*.before-restore-*")) == []
    assert gongzhi("restore", "one.backup").exit_code == 0
    assert rows(live) == before


@pytest.mark.parametrize("fault", ["bits", "half", "text", "orphans", "foreign", "newer"])
def test_what_is_no_good_backup_is_refused_and_nothing_is_changed(
    gongzhi: Command, live: Path, folder: Path, fault: str
) -> None:
    assert gongzhi("backup", "one.backup").exit_code == 0
    file = folder / "one.backup"
    spoil(file, fault)
    before = rows(live)
    refused = gongzhi("restore", "one.backup")
    assert refused.exit_code == 1, refused.output
    assert "Traceback" not in refused.output
    expected = {"newer": "newer version", "foreign": "no record of migrations", "orphans": "refer to none"}
    assert expected.get(fault, "damaged") in refused.stderr
    assert rows(live) == before
    assert [each.name for each in live.parent.iterdir() if ".part" in each.name or "before" in each.name] == []


def spoil(file: Path, fault: str) -> None:
    whole = file.read_bytes()
    if fault == "bits":
        file.write_bytes(whole[:8192] + b"\xff" * 8192 + whole[16384:])
    elif fault == "half":
        file.write_bytes(whole[: len(whole) // 2])
    elif fault == "text":
        file.write_text("not a database at all" * 100)
    else:
        with closing(sqlite3.connect(file)) as connection, connection:
            statement = {
                "orphans": "UPDATE edition_item SET edition = 'x'",
                "foreign": "DROP TABLE migration",
                "newer": "INSERT INTO migration (name, app_name) VALUES ('2999-01-01', 'core_audit')",
            }[fault]
            if fault == "orphans":
                connection.execute("CREATE TABLE child (id INTEGER PRIMARY KEY, purse INTEGER REFERENCES purse (id))")
                statement = "INSERT INTO child (purse) VALUES (99)"
            connection.execute(statement)


def test_a_damaged_database_is_replaced_and_kept(gongzhi: Command, live: Path, folder: Path) -> None:
    before = rows(live)
    assert gongzhi("backup", "one.backup").exit_code == 0
    live.write_text("gone")
    assert gongzhi("restore", "one.backup").exit_code == 0
    assert rows(live) == before
    (kept,) = live.parent.glob("*.before-restore-*Z")
    assert kept.read_text() == "gone"


def test_an_old_backup_is_migrated(gongzhi: Command, live: Path, folder: Path) -> None:
    with closing(sqlite3.connect(live)) as connection, connection:
        connection.execute("DROP TABLE idempotency_key")
        connection.execute("DELETE FROM migration WHERE app_name = 'core_idempotency'")
    assert gongzhi("backup", "old.backup").exit_code == 0
    restored = gongzhi("restore", "old.backup")
    assert restored.exit_code == 0, restored.output
    assert "migrated: core_idempotency/" in restored.stdout
    assert gongzhi("migrate", "--check").exit_code == 0


def test_a_restore_that_dies_leaves_the_old_database(
    gongzhi: Command, live: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert gongzhi("backup", "one.backup").exit_code == 0
    move(live, 3)
    before = rows(live)

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device", "part")

    monkeypatch.setattr("gongzhi.core.backup.files._to_disk", fail)
    refused = gongzhi("restore", "one.backup")
    assert (refused.exit_code, "No space left" in refused.stderr) == (1, True)
    assert rows(live) == before


def test_postgresql_is_told_its_own_commands_and_they_work(
    gongzhi: Command, migrated_postgresql: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = migrated_postgresql.replace("postgres@", "postgres:hunter2@")
    monkeypatch.setenv("GONGZHI_DATABASE", secret)
    for arguments in (("backup", "a copy.dump"), ("restore", "a copy.dump")):
        told = gongzhi(*arguments)
        assert told.exit_code == 1
        assert "hunter2" not in told.output
        command = told.stderr.splitlines()[-1]
        assert command.startswith("pg_dump" if arguments[0] == "backup" else "pg_restore")
        if shutil.which(command.partition(" ")[0]) is None:
            pytest.skip("PostgreSQL's client programs are not here")
        name = urlsplit(migrated_postgresql).path.removeprefix("/")
        other = f"{name}_restored" if arguments[0] == "restore" else name
        if other != name:
            databases.run(databases._on_server(f'DROP DATABASE IF EXISTS "{other}"'))
            databases.run(databases._on_server(f'CREATE DATABASE "{other}"'))
        subprocess.run(command.replace(name, other), shell=True, check=True, cwd=folder, timeout=60)
        if other != name:
            databases.run(databases._on_server(f'DROP DATABASE "{other}" WITH (FORCE)'))
    assert (folder / "a copy.dump").stat().st_size > 1000
