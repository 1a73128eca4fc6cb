"""The page on the command line, from the commands' own help."""

from collections.abc import Iterator

import click

from docs.markdown import code, heading, table
from gongzhi.cli import main


def commands() -> Iterator[str]:
    """Every command with its options."""
    yield from heading(
        "Commands",
        "Exit status 0 is success, 1 a refusal with its reason on standard error, 2 a mistake in the command line.",
    )
    yield from _group(main, click.Context(main, info_name="gongzhi"))


def _group(group: click.Group, context: click.Context) -> Iterator[str]:
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        inner = click.Context(command, info_name=name, parent=context)
        if isinstance(command, click.Group):
            yield from _group(command, inner)
        else:
            yield from _command(command, inner)


def _command(command: click.Command, context: click.Context) -> Iterator[str]:
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    yield from (f"## `{context.command_path}`", "", f"    {usage}", "", *_paragraphs(command.help or ""))
    # `params` and not `get_params`: the names of the help option depend on how the command was called before.
    records = [parameter.get_help_record(context) for parameter in command.params]
    rows = [(code(record[0]), record[1]) for record in records if record is not None]
    if rows:
        yield from table(("option", "meaning"), rows)
        yield ""


def _paragraphs(help_text: str) -> Iterator[str]:
    for paragraph in help_text.replace("\b", "").strip().split("\n\n"):
        yield from (" ".join(paragraph.split()), "")
