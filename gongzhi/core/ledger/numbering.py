"""Numbers of receipts: 1, 2, 3 in each series, none left out and none twice."""

import msgspec

from gongzhi.core.fields import checked
from gongzhi.core.ids import uuid7
from gongzhi.core.ledger.accounts import in_transaction
from gongzhi.core.ledger.commands import AccountCode
from gongzhi.core.ledger.tables import LedgerNumber

_NEXT = """
INSERT INTO ledger_number (id, series, last) VALUES ({}, {}, 1)
ON CONFLICT (series) DO UPDATE SET last = ledger_number.last + 1 RETURNING last
"""


class _Series(msgspec.Struct, frozen=True):
    series: AccountCode


async def next_number(series: str) -> int:
    """The next number of a series (`DONGYUAN-2015`), the first time 1. One statement.

    The series stays locked until the caller's transaction ends, and a number whose transaction is rolled back is given
    to the next one: so there are no gaps.

    :raises Invalid: a series that is no code.
    """
    checked(_Series(series))

    async def work() -> int:
        rows = await LedgerNumber.raw(_NEXT, uuid7(), series)
        return int(rows[0]["last"])

    return await in_transaction(work)
