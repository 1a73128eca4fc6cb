"""The demo's lists: the reference texts, published as an authority would publish them."""

from gongzhi.core import journal
from gongzhi.core.catalogue import drafts, editions, tables
from gongzhi.core.catalogue.commands import DraftEdition, PublishEdition, StepEdition
from gongzhi.core.catalogue.store import Catalogue
from gongzhi.core.permissions import SYSTEM, require
from gongzhi.data import ReferenceList
from gongzhi.demo.scenario import LISTS_FROM


async def publish(catalogue: Catalogue, reference: ReferenceList, owner: str) -> int:
    """Enter the list as its owner's and publish its first edition; answers the number of items."""
    await _describe(reference, owner)
    command = DraftEdition(
        slug=reference.list,
        label=reference.label,
        label_en=reference.label_en,
        note=reference.note,
        based_on=0,
        provenance=reference.provenance.kind,
    )
    edition = await editions.draft(SYSTEM, catalogue, command)
    decision = require(SYSTEM, "import", editions.RESOURCE, await editions.place_of(edition))
    await drafts.replace_all(edition, list(reference.items))
    edition = await editions.touch(edition)
    after = {"items": len(reference.items), "file": f"{reference.list}.yaml"}
    await journal.write(SYSTEM, decision, journal.label_of(edition), before={"items": 0}, after=after)
    edition = await editions.submit(SYSTEM, StepEdition(edition=edition.id, version=edition.version))
    last = PublishEdition(edition=edition.id, version=edition.version, effective_from=LISTS_FROM)
    return (await editions.publish(SYSTEM, catalogue, last)).item_count


async def _describe(reference: ReferenceList, owner: str) -> None:
    table = tables.ServiceList
    origin = reference.provenance
    await table.update(
        {
            table.owner: owner,
            table.provenance: origin.kind.value,
            table.provenance_note: origin.note,
            table.provenance_note_en: origin.note_en,
        }
    ).where(table.slug == reference.list)
