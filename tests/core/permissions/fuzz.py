"""`python -m tests.core.permissions.fuzz --requests 1000000`: compiled decisions against plain Casbin, at length."""

import argparse
import multiprocessing
import sys
import time
from random import Random

from tests.core.permissions.worlds import World

REQUESTS_PER_WORLD = 100
FOREIGN_SHARE = 0.1
SHARE = 1000
"""Requests of one seed."""


def differences(seed: int, requests: int) -> tuple[int, list[str]]:
    """(requests made, descriptions of those that were decided differently), for one seed."""
    random = Random(seed)
    made, found = 0, []
    while made < requests:
        world = World(random, foreign=random.random() < FOREIGN_SHARE)
        for _ in range(min(REQUESTS_PER_WORLD, requests - made)):
            request = world.request(random)
            if world.ours(request) != world.casbins(request):
                found.append(world.describe(request, f"seed {seed}: ours {world.ours(request)}"))
            made += 1
    return made, found


def main() -> int:
    """Print the figures; 1 when any request was decided differently."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=multiprocessing.cpu_count())
    arguments = parser.parse_args()
    began = time.perf_counter()
    starts = range(0, arguments.requests, SHARE)
    pieces = [(arguments.seed + i, min(SHARE, arguments.requests - start)) for i, start in enumerate(starts)]
    with multiprocessing.Pool(arguments.jobs) as pool:
        results = pool.starmap(differences, pieces, chunksize=4)
    made = sum(count for count, _ in results)
    found = [text for _, texts in results for text in texts]
    for text in found[:3]:
        sys.stderr.write(text + "\n")
    seconds = time.perf_counter() - began
    policies = made // REQUESTS_PER_WORLD
    sys.stdout.write(f"{made:,} requests over {policies:,} policies: {len(found)} differences, {seconds:.0f} s\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
