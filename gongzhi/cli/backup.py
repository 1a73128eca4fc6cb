"""`gongzhi backup` and `gongzhi restore`: SQLite is copied here; for PostgreSQL they say what to run."""

import shlex
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import click

from gongzhi.cli.session import run
from gongzhi.core.backup.restoring import restore as put_back
from gongzhi.core.backup.taking import take
from gongzhi.core.db.address import Address, parse
from gongzhi.core.errors import Invalid, Unavailable
from gongzhi.core.settings import Settings
from gongzhi.installation import host_of

NOT_IN_IT = "gongzhi.toml, the GONGZHI_* variables, the signing key, and the policy and calendar files"
FILE = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))


@click.command()
@FILE
@click.option("--force", is_flag=True, help="Replace a file of that name.")
def backup(file: Path, force: bool) -> None:
    """Copy the SQLite database to a file while the server goes on.

    The copy holds what was committed when it began; its rows are compared with the database's before it gets its name.
    Only its owner may read it. For PostgreSQL, pg_dump's command is printed, and nothing is done.
    """
    settings = Settings.load()
    database = _file_of(settings, f"pg_dump --format=custom --no-owner --file={shlex.quote(str(file))} --dbname={{}}")
    if not database.exists():
        raise Unavailable(f"There is no database {database}; check the setting `database`.")
    taken = take(database, file, force=force)
    click.echo(f"{taken.file}: {taken.size:,} bytes, {taken.rows:,} rows, sha256 of the rows {taken.digest}")
    click.echo(f"taken {taken.at.isoformat()}, catalogue revision {taken.revision}, {taken.migrations} migrations")
    click.echo(f"Not in it: {NOT_IN_IT}. Keep them, too.", err=True)


@click.command()
@FILE
def restore(file: Path) -> None:
    """Let a backup be the SQLite database again. The server must be stopped.

    The backup is checked and brought up to date before it takes the place of what is there, which is kept under another
    name. For PostgreSQL, pg_restore's command is printed, and nothing is done.
    """
    settings = Settings.load()
    command = "pg_restore --clean --if-exists --no-owner --single-transaction --exit-on-error"
    database = _file_of(settings, f"{command} --dbname={{}} {shlex.quote(str(file))}")
    if not file.exists():
        raise Invalid.at("file", f"there is no {file}", "name a file that `gongzhi backup` has written")
    found = run(put_back(file, database, host_of(settings).apps()))
    contents = found.contents
    click.echo(f"{database}: {sum(contents.rows.values()):,} rows, sha256 of the rows {contents.digest}")
    click.echo(f"catalogue revision {contents.revision}, {len(contents.migrations)} migrations")
    for step in found.applied:
        click.echo(f"migrated: {step}")
    if found.kept is not None:
        click.echo(f"What was there is {found.kept}; delete it when all is well.", err=True)
    click.echo(f"Not restored: {NOT_IN_IT}. Put them back, too.", err=True)


def _file_of(settings: Settings, command: str) -> Path:
    """SQLite's file; for PostgreSQL, Invalid with its own tools' command instead."""
    address = parse(settings.database)
    if address.dialect == "sqlite":
        return Path(address.target).resolve()
    raise Invalid(
        "PostgreSQL is copied and put back by its own tools, and nothing was done here. Run, with the password in "
        f"PGPASSWORD or ~/.pgpass:\n{command.format(shlex.quote(_without_password(address)))}"
    )


def _without_password(address: Address) -> str:
    """The address as PostgreSQL's tools take it, with its parameters, but for a password."""
    parts = urlsplit(address.target)
    user, host = parts.netloc.rpartition("@")[::2]
    name = user.partition(":")[0]
    query = "&".join(each for each in parts.query.split("&") if not each.startswith(("password=", "sslpassword=")))
    return urlunsplit(parts._replace(netloc=f"{name}@{host}" if name else host, query=query))
