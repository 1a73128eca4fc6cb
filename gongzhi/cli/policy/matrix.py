"""`gongzhi policy matrix`: roles by resources and actions."""

from pathlib import Path

import click

from gongzhi.cli.policy import matrix_page, matrix_table, options, output
from gongzhi.cli.policy.source import source
from gongzhi.cli.policy.wording import Stamp
from gongzhi.core import clock
from gongzhi.core.permissions import Snapshot, review


@click.command()
@options.policies
@click.option("--html", metavar="FILE", type=click.Path(path_type=Path), help="Write a page to print and to show.")
@options.as_json
def matrix(policies: Path | None, html: Path | None, as_json: bool) -> None:
    """Show which role may do what.

    A table for the terminal, or a page in Chinese and English that needs nothing else.
    """
    found = source(policies)
    snapshot = found.loaded(as_json)
    table = review.matrix(snapshot)
    if html is not None:
        html.write_text(matrix_page.render(table, found.vocabulary, stamp_of(snapshot)), "utf-8")
    if as_json:
        output.echo_json(table)
    elif html is not None:
        click.echo(f"{html} written")
    else:
        click.echo(matrix_table.render(table))


def stamp_of(snapshot: Snapshot) -> Stamp:
    """The policy's revision, and now."""
    return Stamp(snapshot.revision, snapshot.commit, f"{clock.now():%Y-%m-%d %H:%M}")
