"""Search over 10,000 items in memory: how long a query takes, how long the index takes to build, what it weighs."""

import random
import subprocess
import sys
import time
from collections.abc import Iterator
from statistics import median
from uuid import UUID

from gongzhi.core.catalogue.content import materialise
from gongzhi.core.catalogue.item import Item
from gongzhi.core.catalogue.lists import ListRegistry
from gongzhi.core.catalogue.search import SearchFilters, SearchIndex
from gongzhi.core.ids import uuid7
from gongzhi.data import LISTS, reference_list

SIZE = 10_000
ROUNDS = 15
QUERIES = {
    "chinese": "养老",
    "chinese, two words": "老年人 体检",
    "chinese, not found": "量子计算机",
    "chinese, a wrong character": "居家养佬服务",
    "pinyin": "yanglao",
    "pinyin, initials": "ylfw",
    "pinyin, southern": "yanlao",
    "pinyin and chinese": "yang老",
    "english": "elderly care",
    "english, misspelt": "eldrely",
    "one letter": "s",
    "one character": "服",
    "code": "B001",
    "nothing at all": "zzzzqqqqxxxx",
    "as long as allowed": "社区服务" * 50,
    "eight terms": "社区 服务 居民 管理 登记 咨询 健康 教育",
}
FILTERED = SearchFilters(lists=("basic-services",), free=True)

Row = tuple[str, float, str, float]


def items(size: int = SIZE) -> Iterator[Item]:
    """Items of the reference lists, over and over, their texts varied so that no two have one name."""
    chance = random.Random(1)
    registry = ListRegistry()
    known = [(registry.get(slug), content) for slug in LISTS for content in reference_list(slug).items]
    words = [content.name for _, content in known]
    edition: UUID = uuid7()
    for number in range(size):
        spec, content = known[number % len(known)]
        item = materialise(content, spec, item_id=uuid7(), edition_id=edition, edition_number=1, position=number)
        fields = {name: getattr(item, name) for name in Item.__struct_fields__}
        fields["code"] = f"{content.code}-{number}"
        fields["name"] = chance.choice(words)[: chance.randint(2, 8)] + chance.choice(words)
        fields["description"] = content.description + chance.choice(words)
        yield Item(**fields)


def rows() -> list[Row]:
    """Name, value, unit and target of each measurement."""
    found = list(items())
    start = time.thread_time()
    index = SearchIndex.build(found)
    build = time.thread_time() - start
    times = {name: _time(index, query) for name, query in QUERIES.items()}
    times["with filters"] = _time(index, "服务", FILTERED)
    slowest = max(times, key=lambda name: times[name])
    return [
        (f"search of {SIZE:,} items, the median kind of query", median(times.values()), "ms", 5),
        (f"search of {SIZE:,} items, the slowest kind ({slowest})", times[slowest], "ms", 100),
        (f"building the index of {SIZE:,} items", build * 1000, "ms", 2000),
        (f"memory of the index of {SIZE:,} items, with the readings", _memory(), "MB", 40),
    ]


def _time(index: SearchIndex, query: str, filters: SearchFilters | None = None) -> float:
    """Milliseconds of computing, the shortest of several: others use the machine too."""
    taken = []
    for _ in range(ROUNDS):
        start = time.thread_time()
        index.search(query, filters=filters or SearchFilters(), limit=20)
        taken.append((time.thread_time() - start) * 1000)
    return min(taken)


def _memory() -> float:
    """What a fresh process grows by when it builds the index of items that it holds already, in MB."""
    answer = subprocess.run([sys.executable, "-m", "bench.search", "--memory"], capture_output=True, check=True)
    return float(answer.stdout)


def _resident() -> int:
    with open("/proc/self/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))


def _print_growth() -> None:
    found = list(items())
    before = _resident()
    index = SearchIndex.build(found)
    index.search("ylfw")
    print((_resident() - before) / 1024)


if __name__ == "__main__":
    if "--memory" in sys.argv:
        _print_growth()
    else:
        for name, value, unit, target in rows():
            print(f"{name}: {value:.2f} {unit} (target {target:g})")
