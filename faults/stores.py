"""The two databases that faults are done to, made by the suite itself and thrown away afterwards."""

import os
import shutil
import socket
import sqlite3
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import asyncpg

PROGRAMS = Path("/usr/lib/postgresql")
NO_PROGRAMS = "no PostgreSQL programs (initdb, pg_ctl); on Debian: apt-get install postgresql"


def programs() -> Path | None:
    """The folder of the newest PostgreSQL's programs, None where none is installed."""
    found = shutil.which("initdb")
    if found is not None:
        return Path(found).resolve().parent
    folders = [path.parent for path in PROGRAMS.glob("*/bin/initdb")]
    return max(folders, key=lambda folder: float(folder.parent.name), default=None)


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


class SQLiteStore:
    """A file."""

    engine = "SQLite"
    dialect = "sqlite"

    def __init__(self, path: Path) -> None:
        self.path = path
        self.url = f"sqlite:///{path}"

    async def rows(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        """Of one statement with `?` for each value; also a write, which is committed."""
        with sqlite3.connect(self.path, timeout=10) as connection:
            connection.row_factory = lambda cursor, row: {
                column[0]: value for column, value in zip(cursor.description, row, strict=True)
            }
            found: list[dict[str, Any]] = connection.execute(sql, values).fetchall()
        connection.close()
        return found

    async def script(self, sql: str) -> None:
        """Several statements."""
        connection = sqlite3.connect(self.path, timeout=10)
        connection.executescript(sql)
        connection.close()

    def stop_immediately(self) -> None:
        """Nothing: its only process is the server's own."""

    def start(self) -> None:
        """Nothing likewise."""


class Cluster:
    """A PostgreSQL server of the suite's own, in a folder, on a port of this machine."""

    def __init__(self, folder: Path) -> None:
        found = programs()
        if found is None:
            raise RuntimeError(NO_PROGRAMS)
        self._programs = found
        self.folder = folder
        self.data = folder / "data"
        self.port = free_port()

    def create(self) -> None:
        """Make it and start it. PostgreSQL refuses to run as root; the user postgres does it then."""
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres", "postgres")
        self.run("initdb", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-locale", str(self.data))
        self.start()

    def run(self, program: str, *arguments: str) -> None:
        """One of PostgreSQL's programs, as the user that may."""
        owner = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        command = [*owner, str(self._programs / program), *arguments]
        done = subprocess.run(command, cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        if done.returncode:
            raise RuntimeError(f"{program}: {done.stdout.decode()}")

    def start(self) -> None:
        """Start it and wait until it answers; recovers what was committed when it was stopped immediately."""
        options = f"-c listen_addresses=127.0.0.1 -c port={self.port} -c unix_socket_directories={self.folder}"
        options += " -c max_connections=60 -c log_min_messages=fatal"
        log = f"--log={self.folder / 'log'}"
        # Without a session of its own it would get the Ctrl-C that is meant for the suite.
        self.run("pg_ctl", f"--pgdata={self.data}", "--wait", "--silent", log, f"--options={options}", "start")

    def stop(self, mode: str) -> None:
        """`immediate` is a crash; `fast` is not."""
        self.run("pg_ctl", f"--pgdata={self.data}", f"--mode={mode}", "--wait", "--silent", "stop")

    def remove(self) -> None:
        """Stop it, if it runs, and delete its folder."""
        if (self.data / "postmaster.pid").exists():
            self.stop("immediate")
        shutil.rmtree(self.folder)

    def url(self, name: str) -> str:
        """The address of one of its databases."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{name}"


class PostgreSQLStore:
    """A database of a cluster."""

    engine = "PostgreSQL"
    dialect = "postgresql"

    def __init__(self, cluster: Cluster, name: str) -> None:
        self.cluster = cluster
        self.url = cluster.url(name)

    async def rows(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        """Of one statement with `?` for each value; also a write, which is committed."""
        for number in range(len(values)):
            sql = sql.replace("?", f"${number + 1}", 1)
        connection = await asyncpg.connect(self.url, timeout=10)
        try:
            return [dict(row) for row in await connection.fetch(sql, *values)]
        finally:
            await connection.close()

    async def script(self, sql: str) -> None:
        """Several statements."""
        connection = await asyncpg.connect(self.url, timeout=10)
        await connection.execute(sql)
        await connection.close()

    def stop_immediately(self) -> None:
        """As when the machine loses its power."""
        self.cluster.stop("immediate")

    def start(self) -> None:
        """Start it again; it recovers by itself."""
        self.cluster.start()


Store = SQLiteStore | PostgreSQLStore


def identifiers(rows: Sequence[dict[str, Any]], column: str = "id") -> set[str]:
    """The ids of rows, as text; SQLite keeps them as such."""
    return {str(row[column]) for row in rows}
