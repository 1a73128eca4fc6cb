"""Receipts are numbered without a gap and without a double."""

import pytest

from gongzhi.core import ledger
from gongzhi.core.db import Database, count_statements
from gongzhi.core.errors import Invalid
from tests.core.ledger.books import crowd


async def test_each_series_counts_from_one(database: Database) -> None:
    assert [await ledger.next_number("DONGYUAN-2015") for _ in range(3)] == [1, 2, 3]
    assert await ledger.next_number("DONGYUAN-2016") == 1
    with count_statements() as counter:
        assert await ledger.next_number("DONGYUAN-2015") == 4
    assert counter.count == 1


async def test_a_number_that_was_rolled_back_is_given_out_again(database: Database) -> None:
    async def work() -> None:
        assert await ledger.next_number("a") == 2
        raise OSError("the receipt cannot be written")

    assert await ledger.next_number("a") == 1
    with pytest.raises(OSError, match="receipt"):
        await database.run_in_transaction(work)
    assert await ledger.next_number("a") == 2


async def test_many_at_once_get_different_numbers(database: Database) -> None:
    numbers = await crowd(ledger.next_number("a") for _ in range(40))
    assert set(numbers) == set(range(1, 41))


@pytest.mark.parametrize("series", ["", "a b", "a\n", "x" * 161])
async def test_a_series_is_a_code(database: Database, series: str) -> None:
    with pytest.raises(Invalid) as caught:
        await ledger.next_number(series)
    assert [problem.field for problem in caught.value.problems] == ["series"]
