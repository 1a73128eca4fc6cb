"""Loaders: every key once, those of one turn together, and nobody left waiting."""

import asyncio
from collections.abc import Iterable, Mapping

import pytest

from gongzhi.core.db import count_statements
from gongzhi.core.errors import Unavailable
from gongzhi.graphql.loaders import Loader
from gongzhi.testing.calling import calling

PAGE = """{ offerings(within: "/futian", first: 20) { nodes {
    path item { code name category { name } } organization { code name } } } }"""


class Shelf:
    """Numbers with their doubles; the odd ones are missing."""

    def __init__(self) -> None:
        self.asked: list[list[int]] = []

    async def fetch(self, keys: Iterable[int]) -> Mapping[int, int]:
        self.asked.append(list(keys))
        await asyncio.sleep(0)
        return {key: 2 * key for key in keys if key % 2 == 0}


async def test_keys_of_one_turn_are_fetched_together_and_each_once() -> None:
    shelf = Shelf()
    loader = Loader(shelf.fetch)
    assert await asyncio.gather(*(loader.load(key) for key in (2, 3, 2, 4))) == [4, None, 4, 8]
    assert await loader.load_many([4, 3, 6, 6]) == [8, None, 12, 12]
    assert await loader.load(2) == 4
    assert shelf.asked == [[2, 3, 4], [6]]


async def test_a_failure_is_told_to_everybody_who_waits() -> None:
    async def fail(keys: Iterable[int]) -> Mapping[int, int]:
        raise Unavailable("The database does not answer.")

    loader: Loader[int, int] = Loader(fail)
    told = await asyncio.gather(loader.load(1), loader.load(2), return_exceptions=True)
    assert [type(each) for each in told] == [Unavailable, Unavailable]


async def test_one_who_gives_up_leaves_the_others_their_answers() -> None:
    shelf = Shelf()
    loader = Loader(shelf.fetch)
    gone, stays = asyncio.create_task(loader.load(2)), asyncio.create_task(loader.load(4))
    await asyncio.sleep(0)
    gone.cancel()
    assert await stays == 8
    with pytest.raises(asyncio.CancelledError):
        await gone


@pytest.mark.parametrize("account", ["demo-committee-director", "demo-resident"])
async def test_a_page_of_offerings_with_items_and_providers_takes_one_statement(demo_url: str, account: str) -> None:
    async with calling(demo_url) as api:
        await api.data(account, PAGE)
        with count_statements() as counter:
            data = await api.data(account, PAGE)
    nodes = data["offerings"]["nodes"]
    assert len(nodes) == 20
    assert all(node["item"]["name"] and node["organization"]["name"] for node in nodes)
    tables = [sql.split(" FROM ")[1].split()[0] for sql in counter.statements if "rights_change" not in sql]
    assert len(tables) == 1  # items are in memory, providers come with the offerings
