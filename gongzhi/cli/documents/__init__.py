"""`gongzhi documents`: operations that may be named by their digest, or that are the only ones answered."""

from collections.abc import Sequence
from pathlib import Path

import click

from gongzhi.cli.client import database_option
from gongzhi.cli.documents.checking import Checked, checked
from gongzhi.cli.documents.manifests import read
from gongzhi.cli.session import run, say, settings_for
from gongzhi.cli.workplace import working
from gongzhi.core.clients import service
from gongzhi.core.clients.records import TrustedDocument
from gongzhi.core.permissions import SYSTEM
from gongzhi.core.settings import Settings

client_option = click.option(
    "--client", default="", metavar="CODE", help="For this API client alone; default: for all."
)
files_argument = click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))


@click.group()
def documents() -> None:
    """Register trusted documents.

    They are operations that a client may name by their SHA-256. FILES are .graphql files, each a document as it will
    be sent byte for byte, or the JSON manifests that clients' tools write: Apollo's persisted query manifest, and the
    map from hash to text of Relay and graphql-codegen.
    """


@documents.command()
@files_argument
@client_option
@database_option
def add(files: Sequence[Path], client: str, database: str | None) -> None:
    """Check documents against the schema and the limits, and register them: all, or none.

    Prints the digest of each that was not registered before.
    """
    settings = settings_for(database)
    found = _checked(settings, files)

    async def work() -> list[str]:
        async with working(settings) as (opened, _), opened.transaction():
            return await service.add_documents(SYSTEM, [each.document for each in found], client)

    added = run(work())
    for digest in added:
        click.echo(digest)
    say(f"{len(added)} added, {len(found) - len(added)} known already.")


@documents.command()
@files_argument
def check(files: Sequence[Path]) -> None:
    """Check documents as `add` does, and register nothing: for the tests of a front end.

    Prints digest, name and cost of each operation; a cost that depends on variables is that of pages of 20.
    """
    for each in _checked(Settings.load(), files):
        for name, cost in each.costs.items():
            click.echo(f"{each.digest}\t{name or each.document.name}\t{cost}")


@documents.command("list")
@click.option("--client", default=None, metavar="CODE", help="Those of this API client alone.")
@database_option
def list_(client: str | None, database: str | None) -> None:
    """List the trusted documents: digest, client, day, name."""

    async def work() -> list[TrustedDocument]:
        async with working(settings_for(database)):
            return await service.documents(SYSTEM, client)

    for each in run(work()):
        click.echo(f"{each.digest}\t{each.client or '-'}\t{each.added_at:%Y-%m-%d}\t{each.name}")


@documents.command()
@click.argument("digest")
@client_option
@database_option
def remove(digest: str, client: str, database: str | None) -> None:
    """Trust a document no longer; the beginning of its digest is enough where it is the only such."""

    async def work() -> TrustedDocument:
        async with working(settings_for(database)) as (opened, _), opened.transaction():
            return await service.remove_document(SYSTEM, digest, client)

    gone = run(work())
    say(f"{gone.name} ({gone.digest[:12]}) is trusted no longer.")


def _checked(settings: Settings, files: Sequence[Path]) -> list[Checked]:
    return checked(settings, [document for file in files for document in read(file)])
