"""What the module does when a person is erased."""

from uuid import UUID

from gongzhi.api import ERASED_NAME, HappenedEvent, forget
from gongzhi.plugins.mediation.tables import Adviser, Party


async def erased(event: HappenedEvent) -> None:
    """Parties and advisers who were erased keep their place in cases and terms, and no name, phone and address."""
    account = UUID(event.record.partition(":")[2])
    parties = (Party.account == account) & (Party.name != ERASED_NAME)
    advisers = (Adviser.account == account) & (Adviser.name != ERASED_NAME)
    labels = {f"MediationCase:{row['case']}" for row in await Party.select(Party.case).where(parties)}
    labels |= {f"LegalAdviser:{row['id']}" for row in await Adviser.select(Adviser.id).where(advisers)}
    for label in sorted(labels):
        await forget(label)
    await Party.update({Party.name: ERASED_NAME, Party.phone: "", Party.address: ""}).where(parties)
    await Adviser.update({Adviser.name: ERASED_NAME, Adviser.name_en: "erased"}).where(advisers)
