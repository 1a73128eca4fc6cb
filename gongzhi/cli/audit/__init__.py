"""`gongzhi audit`: what operators and auditors do with the audit log."""

import click

from gongzhi.cli.group import LazyGroup

COMMANDS = {
    "verify": ("gongzhi.cli.audit.verify:verify", "Check that nothing of the log was changed or removed."),
    "head": ("gongzhi.cli.audit.verify:head", "Print the end of the chain, to be kept elsewhere."),
    "show": ("gongzhi.cli.audit.show:show", "List who did what, on which authority."),
    "export": ("gongzhi.cli.audit.export:export", "Write the sealed log as JSON Lines."),
    "prune": ("gongzhi.cli.audit.prune:prune", "Remove sealed lines that are old enough."),
}
"""Name -> (where it is, what `gongzhi audit --help` says of it). A test compares both helps."""


@click.group(cls=LazyGroup, commands_at=COMMANDS)
def audit() -> None:
    """Verify, export and show the audit log.

    docs/audit.md says what the log proves, what it does not, and which heads to keep where.
    """
