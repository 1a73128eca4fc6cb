"""Options that several policy commands have."""

from pathlib import Path

import click

as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON value instead of text.")
database = click.option("--database", metavar="URL", help="By default the configured database, where there is one.")
policies = click.option(
    "--policies", metavar="DIR", type=click.Path(path_type=Path), help="By default the configured directory."
)
directory = click.argument("directory", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
