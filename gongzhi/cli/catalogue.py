"""`gongzhi catalogue`: lists in and out as files."""

from datetime import datetime
from pathlib import Path
from typing import IO, BinaryIO

import click

from gongzhi.cli import exports, imports
from gongzhi.cli.session import run, say, settings_for
from gongzhi.core.catalogue.diff import render
from gongzhi.core.catalogue.formats import SUFFIXES, format_of
from gongzhi.core.labels import Language

ENDINGS = ", ".join(SUFFIXES)


@click.group()
def catalogue() -> None:
    """Import and export service lists."""


@catalogue.command("import")
@click.argument("file", type=click.File("rb"))
@click.option("--list", "slug", required=True, metavar="SLUG", help="The list, such as basic-services.")
@click.option("--account", required=True, metavar="CODE", help="Whose permission counts and whose name is recorded.")
@click.option("--label", default="", help="The label of a new draft; by default the file's name.")
@click.option("--dry-run", is_flag=True, help="Print what would change, and change nothing.")
@click.option("--database", metavar="URL", help="By default the configured database.")
def import_(file: BinaryIO, slug: str, account: str, label: str, dry_run: bool, database: str | None) -> None:
    """Put the rows of a CSV, XLSX or YAML file into the draft of a list.

    The list's open draft is used, else one is opened. Every problem is printed as FILE:sheet:row:column, and then
    nothing has changed; otherwise the difference to what the draft held is printed.
    """
    name = Path(file.name).name
    job = imports.Job(
        filename=name,
        content=file.read(),
        format=format_of(name),
        slug=slug,
        account=account,
        label=label or Path(name).stem,
        dry_run=dry_run,
    )
    outcome = run(imports.run(settings_for(database), job))
    click.echo(render(outcome.difference, "en"))
    number, count = outcome.edition.number, outcome.edition.item_count
    say("A dry run: nothing was changed." if dry_run else f"Edition {number} of {slug} is a draft with {count} items.")


@catalogue.command("export")
@click.option("--list", "slug", required=True, metavar="SLUG", help="The list, such as basic-services.")
@click.option("--format", "kind", required=True, type=click.Choice(exports.KINDS), help="What to write.")
@click.option("--edition", type=click.IntRange(1), help="A published edition, by its number.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), metavar="DAY", help="The edition in force on that day.")
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="Of the headings.")
@click.option("--base-url", metavar="URL", help="What cpsv-ap and hsds name things under; by default the server's.")
@click.option("-o", "--output", type=click.Path(path_type=Path, allow_dash=True), default="-", help="Default: stdout.")
@click.option("--database", metavar="URL", help="By default the configured database.")
def export(
    slug: str,
    kind: str,
    edition: int | None,
    as_of: datetime | None,
    language: Language,
    base_url: str | None,
    output: Path,
    database: str | None,
) -> None:
    """Write an edition as a file: the one in force today, unless another is named.

    csv, xlsx and yaml are what `gongzhi catalogue import` reads. cpsv-ap (CPSV-AP 3.2, JSON-LD) and hsds (HSDS 3, JSON)
    are for other catalogues, and tell also who offers the items where.
    """
    if edition is not None and as_of is not None:
        raise click.UsageError("--edition and --as-of exclude each other")
    day = as_of.date() if as_of is not None else None
    settings = settings_for(database)
    base_url = base_url or f"http://{settings.host}:{settings.port}"
    wanted = exports.Wanted(slug=slug, kind=kind, edition=edition, day=day, language=language, base_url=base_url)
    content = run(exports.run(settings, wanted))
    with click.open_file(str(output), "wb") as file:
        write_whole(file, content)


def write_whole(file: IO[bytes], content: bytes) -> None:
    """Write all of it: an unbuffered stdout (PYTHONUNBUFFERED) may take a part only, and says how much."""
    rest = memoryview(content)
    while rest:
        rest = rest[file.write(rest) :]
