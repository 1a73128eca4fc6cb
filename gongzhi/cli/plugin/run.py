"""`gongzhi plugin run`: commands that plugins bring."""

import click

from gongzhi.core.errors import NotFound
from gongzhi.core.settings import Settings


@click.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("name")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def run(name: str, arguments: tuple[str, ...]) -> None:
    """Run a command that a plugin brings.

    NAME is the plugin's id; what follows is the command with its arguments. Without one, its commands are listed.
    """
    from gongzhi.installation import host_of

    host = host_of(Settings.load())
    if name not in {status.id for status in host.statuses}:
        raise NotFound(f"there is no plugin {name!r}; `gongzhi plugin list` shows those that there are")
    commands = dict(host.commands(name))
    group = click.Group(name, commands=commands, help=f"The commands of the plugin {name}.")
    if not commands:
        raise NotFound(f"the plugin {name} brings no commands, or is not at work")
    group.main(args=list(arguments) or ["--help"], prog_name=f"gongzhi plugin run {name}", standalone_mode=True)
