"""`gongzhi policy matrix`: roles by resources and actions."""

from pathlib import Path

import click

from gongzhi.cli.policy import matrix_table, options, output
from gongzhi.cli.policy.source import source
from gongzhi.core.permissions import review
from gongzhi.web.policy.matrix import render
from gongzhi.web.policy.wording import stamp_of


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
        html.write_text(render(table, found.vocabulary, stamp_of(snapshot)), "utf-8")
    if as_json:
        output.echo_json(table)
    elif html is not None:
        click.echo(f"{html} written")
    else:
        click.echo(matrix_table.render(table))
