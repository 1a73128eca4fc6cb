"""What `gongzhi catalogue import` does: a file into a list's draft, or nothing."""

import msgspec

from gongzhi.cli.workplace import principal_of, working
from gongzhi.core.catalogue import editing, editions
from gongzhi.core.catalogue.commands import DraftEdition, ImportFile
from gongzhi.core.catalogue.diff import EditionDiff
from gongzhi.core.catalogue.fileformat import Format
from gongzhi.core.catalogue.records import Edition, EditionState
from gongzhi.core.catalogue.store import Catalogue
from gongzhi.core.permissions import Principal
from gongzhi.core.settings import Settings


class Job(msgspec.Struct, frozen=True):
    """One import. `label` names the draft that is opened if the list has none."""

    filename: str
    content: bytes
    format: Format
    slug: str
    account: str
    label: str
    dry_run: bool


class Outcome(msgspec.Struct, frozen=True):
    """The draft after the import, and how it differs from before."""

    edition: Edition
    difference: EditionDiff


class _Rehearsed(Exception):  # it is no error: it takes back what a dry run did
    def __init__(self, outcome: Outcome) -> None:
        super().__init__()
        self.outcome = outcome


async def run(settings: Settings, job: Job) -> Outcome:
    """Import in one transaction; a dry run does the same and takes it back.

    :raises Invalid: with every problem of the file.
    """
    async with working(settings) as (database, catalogue):
        await catalogue.ensure_lists()
        principal = await principal_of(job.account)
        try:
            async with database.transaction():
                outcome = await _import(principal, catalogue, job)
                if job.dry_run:
                    raise _Rehearsed(outcome)
        except _Rehearsed as rehearsed:
            return rehearsed.outcome
        return outcome


async def _import(principal: Principal, catalogue: Catalogue, job: Job) -> Outcome:
    draft = await _draft(principal, catalogue, job)
    command = ImportFile(
        edition=draft.id, version=draft.version, data=job.content, format=job.format, filename=job.filename
    )
    return Outcome(*await editing.import_file(principal, catalogue, command))


async def _draft(principal: Principal, catalogue: Catalogue, job: Job) -> Edition:
    """The list's draft, or a new one with the items of the newest published edition."""
    catalogue.registry.get(job.slug)
    owner = await editions.service_list(job.slug)
    for open_edition in await editions.open_editions(principal, owner.id):
        if open_edition.state is EditionState.draft:
            return open_edition
    return await editions.draft(principal, catalogue, DraftEdition(slug=job.slug, label=job.label))
