"""`gongzhi policy`: what an administrator looks at before a policy decides, and afterwards."""

import click

from gongzhi.cli.group import LazyGroup

COMMANDS = {
    "init": ("gongzhi.cli.policy.init:init", "Write an example policy with a test and instructions."),
    "check": ("gongzhi.cli.policy.check:check", "Print every problem of the policy files."),
    "test": ("gongzhi.cli.policy.cases:cases", "Run the policy's test cases."),
    "diff": ("gongzhi.cli.policy.diff:diff", "Show what changes for whom between two policies."),
    "matrix": ("gongzhi.cli.policy.matrix:matrix", "Show which role may do what."),
    "explain": ("gongzhi.cli.policy.explain:explain", "Explain why an account may, or may not, do something."),
    "who-can": ("gongzhi.cli.policy.who:who_can", "List who may do something at a place."),
    "what-can": ("gongzhi.cli.policy.who:what_can", "List what an account may do at a place."),
    "graph": ("gongzhi.cli.policy.graph:graph", "Draw the roles and whose rules each has too."),
    "status": ("gongzhi.cli.policy.status:status", "Show which policy holds and whether its files are good."),
    "watch": ("gongzhi.cli.policy.watch:watch", "Check again whenever a file changes, until Ctrl-C."),
}
"""Name -> (where it is, what `gongzhi policy --help` says of it). A test compares both helps."""


@click.group(cls=LazyGroup, commands_at=COMMANDS)
def policy() -> None:
    """Check, explain and compare permission policies.

    A policy is the built-in rules and a directory with your own Casbin files: the one that GONGZHI_POLICIES names,
    unless a command is given another. docs/policies.md is an introduction.
    """
