"""`python -m tests.graphql.differential --documents 20000 --seed 1`: plans against graphql-core, at length."""

import argparse
import asyncio
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from random import Random

import msgspec

from gongzhi.graphql.endpoint.documents import Rejected
from tests import demos
from tests.graphql.differential.both import ACCOUNTS, Both, both
from tests.graphql.differential.values import Values, gathered
from tests.graphql.differential.walking import Walk


class Found(msgspec.Struct):
    """What comparing showed: the differences, and how many documents were not valid."""

    differences: list[str] = []
    rejected: int = 0
    codes: Counter[str] = msgspec.field(default_factory=Counter)


async def walked(api: Both, values: Values, random: Random, documents: int, most: int = 5) -> Found:
    """Compare random documents, asked by random accounts; it ends after `most` differences."""
    found = Found()
    for _ in range(documents):
        walk = Walk(api.schema, values, random)
        text, account = walk.document(), random.choice(ACCOUNTS)
        try:
            difference, answer = await api.compare(account, text, walk.variables)
        except Rejected as rejected:
            found.rejected += 1
            found.codes[f"rejected: {rejected.errors[0].message[:90]}"] += 1
            continue
        found.codes.update({error["extensions"]["code"] for error in answer.errors})
        if answer.data is not None:
            values.gather(msgspec.json.decode(answer.data))
        if difference:
            found.differences.append(difference)
            if len(found.differences) >= most:
                break
    return found


async def run(url: str, documents: int, seed: int) -> int:
    began = time.perf_counter()
    async with both(url) as api:
        found = await walked(api, await gathered(api), Random(seed), documents)
    for text in found.differences:
        sys.stderr.write(text + "\n\n")
    seconds = time.perf_counter() - began
    sys.stdout.write(
        f"{documents:,} documents, seed {seed}, {found.rejected} not valid: {len(found.differences)} differences, "
        f"{seconds:.0f} s\n{dict(api.counts)}\nstatements {dict(api.statements)}\nerrors {dict(found.codes)}\n"
    )
    return 1 if found.differences else 0


async def main() -> int:
    """Print the figures; 1 when any answer differed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", help="of the demo's data; a new SQLite one if it is not given")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = arguments.database or await demos.filled(f"sqlite:///{Path(folder) / 'demo.db'}")
        return await run(url, arguments.documents, arguments.seed)


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
