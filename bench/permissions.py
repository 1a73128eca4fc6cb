"""Deciding, compiling and reloading at a district's size, beside plain Casbin in the same run."""

import asyncio
import statistics
import tempfile
import time
from collections.abc import Iterator
from itertools import islice, product
from pathlib import Path
from random import Random
from uuid import UUID

import casbin

from gongzhi.core.permissions import (
    Binding,
    PolicyFile,
    PolicyStore,
    Principal,
    Snapshot,
    compile_policy,
    core_vocabulary,
    decide,
    pinned,
)
from gongzhi.core.permissions.roles import PUBLIC, SYSTEM_ROLE
from gongzhi.core.permissions.store import shipped
from gongzhi.core.territory.path import within

FEW, MANY, CASBINS = 200, 100_000, 10_000
MEMBERSHIPS = 50_000
REQUESTS = 20_000
CASBIN_REQUESTS = 3
Row = tuple[str, float, str, float | None]
Request = tuple[Principal, str, str, str]

VOCABULARY = core_vocabulary()
COMMUNITIES = [f"/futian/s{s}/c{c}" for s, c in product(range(10), range(10))]
TERRITORIES = ["/futian", *(f"/futian/s{s}" for s in range(10)), *COMMUNITIES]
TERRITORIES += [f"{place}/g{number:02}" for place in COMMUNITIES for number in range(13)][: 1_400 - len(TERRITORIES)]
ROLES = [name for name in VOCABULARY.roles if name not in (PUBLIC, SYSTEM_ROLE)]
PAIRS = sorted(VOCABULARY.pairs())[:10]
LEAVES = [place for place in TERRITORIES if place.count("/") == 4]


def lines(count: int) -> Iterator[str]:
    """Rules that all matter, one in ten denying: every role gets every action at one grid, then at the next, ...

    So every question meets a rule's role and action with few rules as with many, and only their number differs.
    """
    grids = Random(3).sample(LEAVES, len(LEAVES))
    every = ((place, pair, role) for place, pair, role in product(grids, PAIRS, ROLES))
    for position, (place, (resource, action), role) in enumerate(islice(every, count)):
        effect = "deny" if position % 10 == 9 else "allow"
        yield f"p, role:{role}, {place}, {resource}, {action}, any, {effect}"


def policy(count: int) -> PolicyFile:
    return PolicyFile("bench.csv", "\n".join(lines(count)).encode() + b"\n")


def compiled(count: int) -> Snapshot:
    model = [file for file in shipped() if file.name == "model.conf"]
    return compile_policy([*model, policy(count)], VOCABULARY, set(TERRITORIES))


def principals(count: int) -> list[Principal]:
    """One for each membership."""
    random = Random(1)
    return [
        Principal(
            account_id=UUID(int=number + 1),
            account_code=f"person{number}",
            bindings=(Binding(random.choice(ROLES), random.choice(TERRITORIES), UUID(int=1), UUID(int=number % 500)),),
        )
        for number in range(count)
    ]


def requests(callers: list[Principal]) -> list[Request]:
    """Questions about grids where the caller's post counts."""
    random = Random(2)
    found = []
    below_of = {path: [place for place in LEAVES if within(place, path)] or LEAVES for path in TERRITORIES}
    for _ in range(REQUESTS):
        caller = random.choice(callers)
        below = below_of[caller.bindings[0].path]
        resource, action = random.choice(PAIRS)
        found.append((caller, action, resource, random.choice(below)))
    return found


def decision_time(snapshot: Snapshot, asked: list[Request]) -> float:
    """Microseconds for one decision, in the median over groups of ten."""
    times = []
    with pinned(snapshot):
        for start in range(0, len(asked), 10):
            began = time.perf_counter_ns()
            for caller, action, resource, path in asked[start : start + 10]:
                decide(caller, action, resource, path)
            times.append((time.perf_counter_ns() - began) / 10_000)
    return statistics.median(times)


def casbin_time(asked: list[Request]) -> float:
    """Microseconds for one decision of plain Casbin with the same model, in the median.

    Each question is asked twice and the second time counts: the first also builds what Casbin keeps for its place.
    """
    model = next(file for file in shipped() if file.name == "model.conf")
    with tempfile.TemporaryDirectory() as folder:
        paths = Path(folder, "model.conf"), Path(folder, "policy.csv")
        paths[0].write_bytes(model.content)
        paths[1].write_bytes(policy(CASBINS).content)
        enforcer = casbin.Enforcer(*map(str, paths))
    enforcer.add_function("within", within)
    enforcer.add_named_domain_matching_func("g", within)
    times = []
    for caller, action, resource, path in asked[:CASBIN_REQUESTS]:
        question = (f"role:{caller.bindings[0].role}", path, resource, action, "any")
        enforcer.enforce(*question)
        began = time.perf_counter_ns()
        enforcer.enforce(*question)
        times.append((time.perf_counter_ns() - began) / 1_000)
    return statistics.median(times)


async def longest_stall(folder: Path) -> float:
    """Milliseconds for which requests waited at most while 100,000 rules were loaded anew."""
    file = folder / "core.csv"  # in place of the shipped grants, which would make some of these rules unreachable
    file.write_bytes(policy(MANY).content)
    store = PolicyStore(VOCABULARY, folder, known_paths=lambda: set(TERRITORIES))
    store.load()
    loading = asyncio.create_task(asyncio.to_thread(store.reload))
    worst = 0.0
    while not loading.done():
        began = time.perf_counter()
        await asyncio.sleep(0.001)
        worst = max(worst, time.perf_counter() - began - 0.001)
    return worst * 1_000


def rows() -> list[Row]:
    few, began = compiled(FEW), time.perf_counter()
    many = compiled(MANY)
    callers = principals(MEMBERSHIPS)
    compiling = time.perf_counter() - began
    asked = requests(callers)
    decision_time(few, asked)
    rounds = [(decision_time(few, asked), decision_time(many, asked)) for _ in range(9)]
    small, large = (statistics.median(column) for column in zip(*rounds, strict=True))
    casbins = casbin_time(asked)
    with tempfile.TemporaryDirectory() as folder:
        stall = asyncio.run(longest_stall(Path(folder)))
    return [
        (f"decision, {FEW} rules", small, "µs", 5),
        (f"decision, {MANY:,} rules, {MEMBERSHIPS:,} memberships", large, "µs", 5),
        ("the second to the first", large / small, "ratio", 1.5),
        (f"decision of plain Casbin, {CASBINS:,} rules", casbins, "µs", None),
        ("ours to Casbin's", large / casbins, "ratio", 0.001),
        (f"compile {MANY:,} rules, {MEMBERSHIPS:,} memberships", compiling, "s", 10),
        (f"longest wait of a request while {MANY:,} rules reload", stall, "ms", 50),
    ]


if __name__ == "__main__":
    for name, value, unit, target in rows():
        print(f"{name}: {value:.3g} {unit} (target {target})")
