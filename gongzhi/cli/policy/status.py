"""`gongzhi policy status`: what the server would decide by if it started now, and what stops it."""

from pathlib import Path

import click
import msgspec

from gongzhi.cli.policy import options, output
from gongzhi.cli.policy.source import Source, source
from gongzhi.core.errors import Invalid, Problem
from gongzhi.core.permissions.store import commit_of


class Status(msgspec.Struct, frozen=True):
    """A policy on disk. `files` are (name, number of its lines that say something); no revision: refused."""

    directory: str | None
    revision: str | None
    commit: str | None
    files: dict[str, int] = {}
    accounts: int = 0
    problems: tuple[Problem, ...] = ()


@click.command()
@options.policies
@options.database
@options.as_json
def status(policies: Path | None, database: str | None, as_json: bool) -> None:
    """Show which policy holds and whether its files are good.

    A refused policy never decides: a server that runs keeps the one before, and says so under /health/ready and in its
    log. Compare the revision here with the one in its answers. The exit status is 1 for a policy with problems.
    """
    found = source(policies, database)
    shown = status_of(found)
    if as_json:
        output.echo_json(shown)
    else:
        click.echo(render(shown))
    if shown.problems:
        raise click.exceptions.Exit(1)


def status_of(found: Source) -> Status:
    """The policy as its files are now."""
    directory = str(found.directory) if found.directory is not None else None
    commit = commit_of(found.directory) if found.directory is not None else None
    try:
        policy = found.load(found.known_paths())
    except Invalid as error:
        return Status(directory, None, commit, problems=error.problems)
    lines = [*(rule.file for rule in policy.rules), *(link.file for link in policy.links)]
    files = {file.name: lines.count(file.name) for file in policy.files}
    return Status(directory, policy.revision, commit, files, len(policy.accounts))


def render(shown: Status) -> str:
    """A line for each fact."""
    lines = [f"directory  {shown.directory or 'none: the shipped policy holds'}"]
    if shown.commit:
        lines.append(f"commit     {shown.commit}")
    if shown.problems:
        refused = (
            f"refused    {output.counted(len(shown.problems), 'problem')}; a running server keeps the policy before"
        )
        return "\n".join([*lines, refused, *map(str, shown.problems)])
    lines.append(f"revision   {shown.revision}")
    rules = [f"{name} ({output.counted(count, 'line')})" for name, count in shown.files.items() if count]
    lines.append(f"files      {', '.join(rules)}")
    if shown.accounts:
        lines.append(f"accounts   {output.counted(shown.accounts, 'account')} named in files")
    return "\n".join(lines)
