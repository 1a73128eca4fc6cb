"""The database itself: whether it answers, its version, size and space, its clock, its migrations."""

import shutil
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from gongzhi.core import clock
from gongzhi.core.backup import files
from gongzhi.core.db import Database
from gongzhi.core.doctor.finding import Checked, Findings, size
from gongzhi.core.errors import GongzhiError
from gongzhi.core.migrations import App, pending, unknown

SLOW_SECONDS = 0.5
LARGE_LOG = 256_000_000
"""Bytes of SQLite's write-ahead log; it is emptied again and again, unless somebody reads without an end."""
LITTLE_SPACE, NO_SPACE = 2_000_000_000, 200_000_000
CLOCKS_APART = timedelta(seconds=2)
OLDEST_POSTGRESQL = 140_000


async def answering(database: Database) -> Findings:
    """Whether it answers soon, in a version that is supported, with the settings that lose nothing."""
    checked = Checked("database")
    await database.ping()
    seconds = await database.ping()
    if seconds > SLOW_SECONDS:
        checked.warning(f"it takes {seconds:.2f} s to answer nothing", "look at its load, and at the network to it")
    told = await (_sqlite if database.dialect == "sqlite" else _postgresql)(database, checked)
    return checked.findings(f"{database.address.shown}: {told}")


async def _sqlite(database: Database, checked: Checked) -> str:
    version = (await database.execute("SELECT sqlite_version() AS version"))[0]["version"]
    return f"SQLite {version}, {_file(Path(database.address.target), checked)}"


def _file(path: Path, checked: Checked) -> str:
    log = path.with_name(f"{path.name}-wal")
    if log.exists() and log.stat().st_size > LARGE_LOG:
        checked.warning(
            f"its write-ahead log has {size(log.stat().st_size)}: somebody has been reading for very long",
            "restart the server and end what else has the file open",
        )
    free = shutil.disk_usage(path.parent).free
    if free < LITTLE_SPACE:
        report = checked.error if free < NO_SPACE else checked.warning
        report(f"{size(free)} are free on its disk; without space nothing is saved", "make room, or move it")
    if path.stat().st_mode & 0o007:
        checked.warning("anybody on this machine may read it", f"run `chmod o-rwx {path}`")
    return f"{size(path.stat().st_size)}, {size(free)} free"


async def _postgresql(database: Database, checked: Checked) -> str:
    (row,) = await database.execute(
        "SELECT current_setting('server_version_num')::int AS number, current_setting('server_version') AS version,"
        " pg_database_size(current_database()) AS size, current_setting('fsync') AS fsync,"
        " current_setting('full_page_writes') AS pages, current_setting('synchronous_commit') AS commits,"
        " current_setting('max_connections')::int AS most, (SELECT count(*) FROM pg_stat_activity) AS used"
    )
    if row["number"] < OLDEST_POSTGRESQL:
        checked.error(f"PostgreSQL {row['version']} is not supported", "upgrade to version 14 or newer")
    for setting, value in (("fsync", row["fsync"]), ("full_page_writes", row["pages"])):
        if value != "on":
            checked.error(f"{setting} is {value}: a crash may lose everything", f"ALTER SYSTEM SET {setting} = on")
    if row["commits"] == "off":
        checked.warning(
            "synchronous_commit is off: a crash loses answers that were given",
            "ALTER SYSTEM SET synchronous_commit = on",
        )
    if row["used"] > 0.9 * row["most"]:
        checked.warning(
            f"{row['used']} of {row['most']} connections are taken",
            "lower pool_size or workers, or raise max_connections",
        )
    invalid = await database.execute("SELECT indexrelid::regclass::text AS name FROM pg_index WHERE NOT indisvalid")
    for each in invalid:
        checked.warning(f"the index {each['name']} is not valid", f"REINDEX INDEX {each['name']}")
    return f"PostgreSQL {row['version']}, {size(row['size'])}"


async def clocks(database: Database) -> Findings:
    """Whether this machine's clock is the database's, and not before what is recorded."""
    checked = Checked("clock")
    remedy = "keep time with NTP (chrony, systemd-timesyncd) on both machines"
    if database.dialect == "postgresql":
        apart = abs((await database.execute("SELECT clock_timestamp() AS now"))[0]["now"] - datetime.now(UTC))
        if apart > CLOCKS_APART:
            checked.error(f"the database's clock and ours are {apart.total_seconds():.1f} s apart", remedy)
    rows = await database.execute("SELECT id FROM audit_entry ORDER BY id DESC LIMIT 1")
    if rows:
        made = datetime.fromtimestamp((int(str(rows[0]["id"]).replace("-", ""), 16) >> 80) / 1000, UTC)
        ahead = made - clock.now()
        if ahead > CLOCKS_APART:
            checked.error(
                f"the newest line of the audit log is {ahead.total_seconds():.0f} s in the future: a clock was set "
                "back, or was wrong; the order of entries is not that of time",
                remedy,
            )
    return checked.findings("as the database's, and after all that is recorded")


async def migrations(database: Database, apps: Sequence[App]) -> Findings:
    """Whether the tables are those that the code expects."""
    checked = Checked("migrations")
    missing, newer = await pending(database, apps), await unknown(database, apps)
    if missing:
        shown = f"{', '.join(missing[:3])}{' …' if len(missing) > 3 else ''}"
        checked.error(f"{len(missing)} are not applied ({shown}): the server refuses to start", "run `gongzhi migrate`")
    if newer:
        checked.error(
            f"a newer version applied {', '.join(newer)}",
            "install that version of gongzhi, or restore a backup from before",
        )
    return checked.findings("the tables are up to date")


async def damage(database: Database) -> Findings:
    """Reads every page of a SQLite file; on PostgreSQL that is pg_amcheck's."""
    checked = Checked("damage")
    if database.dialect == "postgresql":
        checked.note("PostgreSQL looks for damage with a tool of its own", "run `pg_amcheck --install-missing`")
        return checked.findings("not looked for")
    try:
        with files.opened(Path(database.address.target)) as connection:
            files.check(connection, "The database")
    except GongzhiError as error:
        checked.error(error.message, "stop the server, copy the file, and `gongzhi restore` the last backup")
    return checked.findings("none")
