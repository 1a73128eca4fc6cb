"""`gongzhi audit verify` and `head`: whether the chain holds, and where it ends."""

from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

import click
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from gongzhi.cli.client import database_option
from gongzhi.cli.policy.output import echo_json
from gongzhi.cli.session import opened, run, settings_for
from gongzhi.core.audit import sealing, signing, stored
from gongzhi.core.audit.export import verify_file
from gongzhi.core.audit.verification import Report, anchor


@click.command()
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--head", "heads", multiple=True, metavar="NUMBER:HASH", help="Noted earlier; may repeat.")
@click.option("--heads", "noted", type=click.File(), help="A file with such heads, one a line.")
@click.option(
    "--public-key",
    "keys",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The public key of audit_key, in PEM; may repeat, for the keys before.",
)
@click.option("--strict", is_flag=True, help="Warnings are failures too.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@database_option
def verify(
    file: Path | None,
    heads: Sequence[str],
    noted: TextIO | None,
    keys: Sequence[Path],
    strict: bool,
    as_json: bool,
    database: str | None,
) -> None:
    """Check that nothing of the log was changed or removed.

    Without FILE the log in the database, with it an exported one, which needs no database. A head that was noted
    earlier tells whether the end was cut off or all of it rewritten. The exit status is 1 if something is wrong.
    """
    lines = [line for line in noted or () if line.strip() and not line.startswith("#")]
    anchors = [anchor(text) for text in (*heads, *lines)]
    public = signing.public_keys(keys)
    if file is not None:
        with file.open("rb") as content:
            report = verify_file(content, anchors, public)
    else:
        report = run(_stored(database, anchors, public))
    if as_json:
        echo_json({"sound": report.sound, **_plain(report)})
    else:
        click.echo(render(report, signed=bool(public)))
    if report.wrong or (strict and report.warnings):
        raise click.exceptions.Exit(1)


@click.command()
@database_option
def head(database: str | None) -> None:
    """Print the end of the chain, to be kept elsewhere.

    Keep it where the database's administrators cannot write: `gongzhi audit verify --head` compares with it.
    """

    async def work() -> sealing.Head:
        async with opened(settings_for(database)):
            return await sealing.head()

    click.echo(str(run(work())))


def render(report: Report, *, signed: bool) -> str:
    """The report for people: what is wrong first."""
    lines = [f"WRONG    {finding}" for finding in report.findings]
    if report.wrong > len(report.findings):
        lines.append(f"WRONG    and {report.wrong - len(report.findings)} more")
    lines += [f"look at  {warning}" for warning in report.warnings]
    begins = f", after {report.checkpoint.sequence} that were pruned" if report.checkpoint else ""
    lines.append(f"lines    {report.lines} sealed{begins}; {report.waiting} wait for their seal")
    if report.erased:
        lines.append(f"erased   {report.erased} lines no longer say who")
    if signed:
        lines.append(f"signed   up to line {report.signed_until}")
    lines.append(f"head     {report.head}")
    lines.append("sound" if report.sound else "NOT SOUND")
    return "\n".join(lines)


def _plain(report: Report) -> dict[str, object]:
    return {name: getattr(report, name) for name in report.__struct_fields__}


async def _stored(database: str | None, anchors: Sequence[sealing.Head], keys: Sequence[Ed25519PublicKey]) -> Report:
    async with opened(settings_for(database)):
        return await stored.verify(anchors, keys)
