"""`gongzhi plugin`: which plugins there are, a new one to start from, and whether one keeps the contract."""

import click

from gongzhi.cli.group import LazyGroup

COMMANDS = {
    "list": ("gongzhi.cli.plugin.listing:listing", "List the plugins of this installation."),
    "new": ("gongzhi.cli.plugin.new:new", "Write a package with a plugin to start from."),
    "check": ("gongzhi.cli.plugin.check:check", "Check whether a plugin keeps the contract, and explain."),
    "run": ("gongzhi.cli.plugin.run:run", "Run a command that a plugin brings."),
}
"""Name -> (where it is, what `gongzhi plugin --help` says of it). A test compares both helps."""


@click.group(cls=LazyGroup, commands_at=COMMANDS)
def plugin() -> None:
    """List, write and check plugins.

    A plugin is a package that names itself under the entry points `gongzhi.plugins`. docs/tutorial-plugin.md is an
    introduction.
    """
