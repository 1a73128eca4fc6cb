"""`gongzhi plugin check`: one plugin against the contract, each finding with what to do about it."""

import asyncio
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

import click
import msgspec

from gongzhi.cli.plugin.candidates import found
from gongzhi.cli.plugin.contract import CHECKS, Subject
from gongzhi.core.errors import GongzhiError, Invalid, Problem
from gongzhi.core.host import State


class Finding(msgspec.Struct, frozen=True):
    """What one check found: nothing wrong, or its problems."""

    check: str
    problems: tuple[Problem, ...] = ()
    note: str = ""


@click.command()
@click.argument("name", default=".")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def check(name: str, as_json: bool) -> None:
    """Check whether a plugin keeps the contract, and explain.

    NAME is the id of a plugin that is installed, or the directory of its package; by default, this one. It is admitted
    to a host with the built-in plugins, and its names, schema, policy, imports and migrations are tried. The exit
    status is 1 if something is wrong.
    """
    subject = Subject(found(name))
    findings = list(run(subject, CHECKS.items()))
    if as_json:
        click.echo(msgspec.json.encode(findings).decode())
    else:
        for finding in findings:
            click.echo(render(finding))
    if any(finding.problems for finding in findings):
        raise click.exceptions.Exit(1)


def run(subject: Subject, checks: Iterable[tuple[str, Callable[[Subject, Path], object]]]) -> Iterable[Finding]:
    """One finding a check; after one by which the plugin is switched off, the rest cannot be tried."""
    with tempfile.TemporaryDirectory() as folder:
        for name, examine in checks:
            problems = tuple(examined(examine, subject, Path(folder)))
            off = subject.status.state is not State.on
            if off:
                problems = (*problems, Problem(message=subject.status.reason))
            yield Finding(name, problems, subject.notes.get(name, ""))
            if off:
                return


def examined(examine: Callable[[Subject, Path], object], subject: Subject, folder: Path) -> Iterable[Problem]:
    """The problems that a check finds. What it raises is one as well: a plugin may raise anything."""
    try:
        outcome = examine(subject, folder)
        problems = asyncio.run(outcome) if asyncio.iscoroutine(outcome) else outcome
    except Invalid as error:
        return (Problem(message=error.message), *error.problems)
    except GongzhiError as error:
        return (Problem(message=error.message),)
    except Exception as error:  # noqa: BLE001  # it is told as a problem
        return (Problem(message=f"{type(error).__name__}: {error}", remedy="its own tests show where"),)
    return tuple(problems) if isinstance(problems, list) else ()


def render(finding: Finding) -> str:
    """A line for the check, and one below it for each problem."""
    head = f"{'wrong' if finding.problems else 'good ':<6} {finding.check}"
    note = f"  ({finding.note})" if finding.note else ""
    return "\n".join([head + note, *(f"       {problem}" for problem in finding.problems)])
