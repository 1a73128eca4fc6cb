"""`gongzhi policy check`: the files, judged as the server would."""

from pathlib import Path

import click

from gongzhi.cli.policy import options, output
from gongzhi.cli.policy.source import source
from gongzhi.cli.session import say


@click.command()
@options.directory
@options.database
@options.as_json
def check(directory: Path | None, database: str | None, as_json: bool) -> None:
    """Print every problem of the policy files.

    Each is a line FILE:LINE:COL: message (remedy), and then the exit status is 1. Names of territories are checked
    where there is a database.
    """
    found = source(directory, database)
    if not found.has_database:
        say("Territories are not checked: there is no database.")
    snapshot = found.loaded(as_json)
    if as_json:
        files = [file.name for file in snapshot.files]
        output.echo_json({"problems": [], "revision": snapshot.revision, "rules": len(snapshot.rules), "files": files})
    else:
        size = f"{output.counted(len(snapshot.rules), 'rule')} in {output.counted(len(snapshot.files) - 1, 'file')}"
        click.echo(f"No problems: {size}, revision {snapshot.revision}.")
