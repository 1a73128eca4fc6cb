"""`gongzhi policy test`: what the policy must allow and deny, as data."""

from importlib.resources import files
from pathlib import Path

import click

from gongzhi.cli.policy import options, output
from gongzhi.cli.policy.source import Source, source
from gongzhi.core.errors import Invalid, Problem
from gongzhi.core.permissions.cases import Report, run_cases
from gongzhi.core.permissions.checker import RESERVED_FILE
from gongzhi.core.permissions.rules import DIRECTORY, Rule

FOLDER = "tests"
CORE_FILES = (RESERVED_FILE, "core.csv")


@click.command("test")
@options.directory
@click.option(
    "--min-coverage",
    type=click.IntRange(0, 100),
    default=0,
    show_default=True,
    metavar="PERCENT",
    help="Fail when a smaller share of the rules decided some answer.",
)
@options.as_json
def cases(directory: Path | None, min_coverage: int, as_json: bool) -> None:
    """Run the policy's test cases.

    They are the files tests/*.yaml of the directory; without a directory, the shipped ones of core and of plugins.
    Whatever they do not list must be denied, to a decision about the record and to a list of records alike. Rules that
    decided no answer are named; the exit status is 1 for an answer that is not the expected one.
    """
    found = source(directory)
    snapshot = found.loaded(as_json)
    try:
        report = run_cases(_chosen(found), snapshot)
    except Invalid as error:
        output.echo_problems(error.problems, as_json)
        raise click.exceptions.Exit(1) from error
    covered, uncovered = (
        [rule for rule in rules if _is_own(rule, found)] for rules in (report.covered, report.uncovered)
    )
    if as_json:
        output.echo_json(as_data(report, covered, uncovered))
    else:
        echo(report, covered, uncovered)
    if not report.passed or len(covered) * 100 < min_coverage * (len(covered) + len(uncovered)):
        raise click.exceptions.Exit(1)


def _chosen(found: Source) -> dict[str, bytes]:
    """The directory's cases; without one, those of core and of the plugins that bring some."""
    if found.directory is not None:
        return case_files(found.directory)
    return case_files(None) | {f"{name}/policy_cases.yaml": content for name, content in found.cases.items()}


def _is_own(rule: Rule, found: Source) -> bool:
    """Whether the cases are about this rule: one of the directory's, else of core or of a plugin that brings cases."""
    if found.directory is not None:
        return rule.layer == DIRECTORY
    return rule.file in CORE_FILES or rule.file.removesuffix(".csv") in found.cases


def case_files(directory: Path | None) -> dict[str, bytes]:
    """Path -> content of the case files, the shipped ones without a directory; Invalid when there are none."""
    folder = directory / FOLDER if directory is not None else files("gongzhi") / "policies" / FOLDER
    found = [path for path in folder.iterdir() if path.name.endswith(".yaml")] if folder.is_dir() else []
    if not found:
        none = Problem(message="there are no cases", file=str(folder), remedy="`gongzhi policy init` writes an example")
        raise Invalid(str(none), [none])
    prefix = FOLDER if directory is None else directory / FOLDER
    return {f"{prefix}/{path.name}": path.read_bytes() for path in sorted(found, key=lambda each: each.name)}


def echo(report: Report, covered: list[Rule], uncovered: list[Rule]) -> None:
    """The failures, the rules that decided nothing, and the figures."""
    for failure in report.failures:
        click.echo(str(failure))
    for rule in uncovered:
        click.echo(f"{rule.place}: not covered by any case: {rule.text}")
    click.echo(
        f"{output.counted(report.records, 'record')}, {output.counted(report.decisions, 'decision')}, "
        f"{output.counted(len(report.failures), 'failure')}; "
        f"{len(covered)} of {output.counted(len(covered) + len(uncovered), 'rule')} covered."
    )


def as_data(report: Report, covered: list[Rule], uncovered: list[Rule]) -> dict[str, object]:
    """The report for programs."""
    return {
        "passed": report.passed,
        "revision": report.revision,
        "records": report.records,
        "decisions": report.decisions,
        "failures": report.failures,
        "covered": [rule.place for rule in covered],
        "uncovered": [{"rule": rule.place, "text": rule.text} for rule in uncovered],
    }
