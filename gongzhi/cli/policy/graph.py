"""`gongzhi policy graph`: the roles, and whose rules each has too."""

from pathlib import Path

import click

from gongzhi.cli.policy import drawing, options, output
from gongzhi.cli.policy.source import source
from gongzhi.core.permissions import review


@click.command()
@options.policies
@click.option("--svg", metavar="FILE", type=click.Path(path_type=Path), help="Write a picture.")
@click.option("--mermaid", is_flag=True, help="Print a Mermaid flowchart. It is what is printed by default.")
@options.as_json
def graph(policies: Path | None, svg: Path | None, mermaid: bool, as_json: bool) -> None:
    """Draw the roles and whose rules each has too.

    An arrow leads from a role to the one whose rules it has as well.
    """
    if svg is not None and mermaid:
        raise click.UsageError("--svg and --mermaid exclude each other")
    policy = source(policies).loaded(as_json)
    if svg is not None:
        svg.write_text(drawing.svg(policy), "utf-8")
    if as_json:
        roles = list(policy.vocabulary.roles.values())
        links = [{"from": each.child, "to": each.parent, "at": each.dom, "line": each.place} for each in policy.links]
        output.echo_json({"revision": policy.revision, "roles": roles, "links": links})
    elif svg is not None:
        click.echo(f"{svg} written")
    else:
        click.echo(review.graph(policy), nl=False)
