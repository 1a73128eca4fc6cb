"""`gongzhi policy diff`: what a change means, before it decides anything."""

from pathlib import Path

import click

from gongzhi.cli.policy import diff_page, diff_text, options, output
from gongzhi.cli.policy.source import Source, source
from gongzhi.cli.session import opened, run
from gongzhi.core.actors import roster
from gongzhi.core.permissions import Principal
from gongzhi.core.permissions.impact import compare
from gongzhi.web.policy.wording import stamp_of


@click.command()
@click.argument("old")
@click.argument("new")
@click.option("--html", metavar="FILE", type=click.Path(path_type=Path), help="Write a page to print and to show.")
@options.database
@options.as_json
def diff(old: str, new: str, html: Path | None, database: str | None, as_json: bool) -> None:
    """Show what changes for whom between two policies.

    OLD and NEW are directories, or `shipped` for the policy without one. By role and place: `+` gained, `-` lost, `!`
    denied where it was not granted either, `~` no longer denied. Where there is a database, the accounts for which
    decisions change are counted. The exit status is 1 when something changes, 0 when nothing does.
    """
    found = source(None, database)
    before, after = found.at(old).loaded(as_json), found.at(new).loaded(as_json)
    comparison = compare(before, after, people(found))
    if html is not None:
        html.write_text(diff_page.render(comparison, found.vocabulary, stamp_of(after)), "utf-8")
    if as_json:
        output.echo_json(comparison)
    else:
        click.echo(diff_text.render(comparison))
    if comparison.parts:
        raise click.exceptions.Exit(1)


def people(found: Source) -> list[Principal] | None:
    """Every account with its posts; None without a database."""
    return run(_roster(found)) if found.has_database else None


async def _roster(found: Source) -> list[Principal]:
    async with opened(found.settings, found.apps):
        return await roster.principals()
