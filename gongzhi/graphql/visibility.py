"""Whether a caller may see a record, asked outside of any request: by the same road as a subscription."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from gongzhi.core.audit import decisions
from gongzhi.core.permissions import Principal, gathering, pinned
from gongzhi.graphql.context import Context, Services
from gongzhi.graphql.relay import encode_id, fetch_nodes, nodes


def shown_to(services: Services) -> Callable[[Principal, str], Awaitable[str | None]]:
    """From a caller and a record (`Edition:0190…`) to its global id; None where the caller may not see it.

    That a confidential record was seen is in the decision log before the answer is there.
    """

    async def shown(principal: Principal, record: str) -> str | None:
        kind, _, key = record.partition(":")
        if kind not in nodes or not _is_uuid(key):
            return None
        global_id = encode_id(kind, UUID(key))
        with pinned(), gathering() as noticed:
            (found,) = await fetch_nodes(Context(services, principal), [global_id])
        if found is None:
            return None
        if noticed.reads:
            async with services.database.transaction():
                await decisions.write_reads(noticed.reads)
        return global_id

    return shown


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
