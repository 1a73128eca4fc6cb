"""`gongzhi schema`: the SDL that front ends generate their types from."""

import difflib
from pathlib import Path

import click

from gongzhi.core.errors import Invalid
from gongzhi.core.settings import Settings

FILE = Path("schema.graphql")


@click.command()
@click.option("--write", is_flag=True, help=f"Write it to {FILE}.")
@click.option("--check", is_flag=True, help=f"Exit with 1 and the difference if {FILE} is out of date.")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), default=FILE, help="Another file.")
@click.option("--installed", is_flag=True, help="With the plugins of installed packages, as this installation serves.")
def schema(write: bool, check: bool, output: Path, installed: bool) -> None:
    """Print or write the GraphQL schema.

    It is that of the core and the built-in plugins.
    """
    from gongzhi.graphql.schema import build_for, sdl
    from gongzhi.installation import host_of, standard

    if write and check:
        raise click.UsageError("--write and --check exclude each other")
    host = host_of(Settings.load()) if installed else standard()
    schema = build_for(host)
    if host.failures:
        raise Invalid("; ".join(f"plugin {status.id}: {status.reason}" for status in host.failures))
    text = sdl(schema).rstrip("\n") + "\n"
    if write:
        output.write_text(text, "utf-8")
        click.echo(f"{output} written.", err=True)
    elif check:
        _compare(output, text)
    else:
        click.echo(text, nl=False)


def _compare(file: Path, text: str) -> None:
    before = file.read_text("utf-8") if file.exists() else ""
    difference = difflib.unified_diff(before.splitlines(), text.splitlines(), str(file), "the code", lineterm="", n=1)
    lines = list(difference)
    if lines:
        click.echo("\n".join(lines))
        raise click.ClickException(f"{file} is not what the code says; run `make schema` and look at the difference.")
