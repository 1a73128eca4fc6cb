"""What `gongzhi catalogue export` does: a published edition as a file, with everything that the operator may see."""

from gongzhi.cli.workplace import working
from gongzhi.core.catalogue.exports import KINDS, Wanted, export
from gongzhi.core.permissions import SYSTEM
from gongzhi.core.settings import Settings


async def run(settings: Settings, wanted: Wanted) -> bytes:
    """The file's content.

    :raises NotFound: there is no such list or edition.
    """
    async with working(settings) as (_, catalogue):
        return await export(SYSTEM, catalogue, wanted)


__all__ = ["KINDS", "Wanted", "run"]
