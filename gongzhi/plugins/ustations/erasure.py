"""What the module does when a person is erased."""

from uuid import UUID

from gongzhi.api import ERASED_NAME, HappenedEvent, forget
from gongzhi.plugins.ustations.tables import Volunteer


async def erased(event: HappenedEvent) -> None:
    """A volunteer who was erased keeps shifts and points, and no name and phone."""
    theirs = (Volunteer.account == UUID(event.record.partition(":")[2])) & (Volunteer.name != ERASED_NAME)
    for row in await Volunteer.select(Volunteer.id).where(theirs):
        await forget(f"Volunteer:{row['id']}")
    await Volunteer.update({Volunteer.name: ERASED_NAME, Volunteer.phone: ""}).where(theirs)
