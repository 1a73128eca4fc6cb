"""`gongzhi settings`: what is in force."""

import json

import click

from gongzhi.core.settings import Settings, effective


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object: name -> {value, source}.")
def settings(as_json: bool) -> None:
    """Show the settings in force and where each was set.

    Secrets, and passwords inside addresses, are masked. What must not be started with is named on standard error.
    """
    current = Settings.load()
    rows = effective(current)
    if as_json:
        shown = {row.name: {"value": row.value, "source": row.source} for row in rows}
        click.echo(json.dumps(shown, ensure_ascii=False, indent=2))
    else:
        width = max(len(row.name) for row in rows)
        for row in rows:
            click.echo(f"{row.name:<{width}} = {row.value}" + ("" if row.source == "default" else f"  # {row.source}"))
    for problem in current.unsafe():
        click.echo(f"`gongzhi serve` would refuse to start: {problem}", err=True)
