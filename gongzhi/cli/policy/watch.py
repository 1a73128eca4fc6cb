"""`gongzhi policy watch`: every change checked while it is made."""

import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import click
import msgspec

from gongzhi.cli.policy import options
from gongzhi.cli.policy.cases import FOLDER, case_files
from gongzhi.cli.policy.output import counted
from gongzhi.cli.policy.source import Source, source
from gongzhi.core import clock
from gongzhi.core.errors import Invalid, Problem
from gongzhi.core.permissions.cases import Failure, run_cases

POLL_SECONDS = 0.4


class Finding(msgspec.Struct, frozen=True):
    """One check: good when there are neither problems nor failures. `decisions` counts the cases' answers, if any."""

    moment: str
    revision: str | None = None
    rules: int = 0
    decisions: int = 0
    problems: tuple[Problem, ...] = ()
    failures: tuple[Failure, ...] = ()


@click.command()
@options.directory
@options.database
@options.as_json
def watch(directory: Path | None, database: str | None, as_json: bool) -> None:
    """Check again whenever a file changes, until Ctrl-C.

    The test cases of the directory are run too. With --json, each check is one line.
    """
    found = source(directory, database)
    if found.directory is None:
        raise click.UsageError("name a directory, or set GONGZHI_POLICIES: the shipped policy does not change")
    # The key may be pressed while a finding is printed as well as between two of them.
    with suppress(KeyboardInterrupt):
        for finding in findings(found, found.directory):
            click.echo(msgspec.json.encode(finding).decode() if as_json else render(finding))


def findings(found: Source, directory: Path) -> Iterator[Finding]:
    """One at once and one after each change, without end."""
    seen = None
    while True:
        if (now := _state(directory)) != seen:
            seen = now
            yield judged(found)
        time.sleep(POLL_SECONDS)


def _state(directory: Path) -> list[tuple[str, int, int]]:
    """What tells that a file was written, added or removed."""
    found: list[tuple[str, int, int]] = []
    for path in [*directory.glob("*"), *(directory / FOLDER).glob("*.yaml")]:
        # An editor may replace the file between the listing and the look at it.
        with suppress(FileNotFoundError):
            stat = path.stat()
            found.append((str(path), stat.st_mtime_ns, stat.st_size))
    return sorted(found)


def judged(found: Source) -> Finding:
    """The policy as its files are now, and its cases if there are any."""
    moment = f"{clock.now():%H:%M:%S}"
    try:
        policy = found.load(found.known_paths())
        has_cases = found.directory is not None and (found.directory / FOLDER).is_dir()
        report = run_cases(case_files(found.directory), policy) if has_cases else None
    except Invalid as error:
        return Finding(moment, problems=error.problems)
    decisions, failures = (report.decisions, report.failures) if report else (0, ())
    return Finding(moment, policy.revision, len(policy.rules), decisions, failures=failures)


def render(finding: Finding) -> str:
    """The problems and failures, each on its line, below the time and the sum."""
    if finding.problems:
        head = f"{finding.moment}  refused: {counted(len(finding.problems), 'problem')}"
    else:
        tried = f"{counted(finding.decisions, 'decision')} tried, {counted(len(finding.failures), 'failure')}"
        head = f"{finding.moment}  good: {counted(finding.rules, 'rule')}, revision {finding.revision}; {tried}"
    return "\n".join([head, *map(str, finding.problems), *map(str, finding.failures)])
