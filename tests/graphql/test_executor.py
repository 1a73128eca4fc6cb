"""The planned executor answers what graphql-core's answers: data, order of fields, errors, denials, reads.

`differential/` says how; `python -m tests.graphql.differential` compares at length.
"""

import sys
from random import Random

from tests.graphql.differential.__main__ import walked
from tests.graphql.differential.both import ACCOUNTS, both
from tests.graphql.differential.documents import executable
from tests.graphql.differential.values import gathered

SEED = 20151231
DOCUMENTS = 180


async def test_random_documents_are_answered_alike(demo_url: str) -> None:
    async with both(demo_url) as api:
        found = await walked(api, await gathered(api), Random(SEED), DOCUMENTS)
    assert found.differences == []
    executed = sum(api.counts.values())
    by_plan = sum(count for way, count in api.counts.items() if way.startswith("by plan"))
    sys.stdout.write(f"{executed}: {dict(api.counts)}; statements {dict(api.statements)}; {dict(found.codes)}\n")
    assert executed > 0.9 * DOCUMENTS
    assert by_plan > 0.5 * executed
    assert api.counts["given up"] > 0.02 * executed
    assert api.statements["by plan"] <= 1.01 * api.statements["stock"]
    assert found.codes.keys() >= {"FORBIDDEN", "UNAUTHENTICATED", "INVALID", "NOT_FOUND"}
    assert "INTERNAL" not in found.codes


async def test_the_operations_of_tests_pages_and_examples_are_answered_alike(demo_url: str) -> None:
    random = Random(SEED)
    async with both(demo_url) as api:
        asked = list(executable(api.schema, await gathered(api), random))
        found = [
            difference
            for number, (text, variables) in enumerate(asked)
            for difference in [(await api.compare(ACCOUNTS[number % len(ACCOUNTS)], text, variables))[0]]
        ]
        found += [
            difference
            for text, variables in asked[::3]
            for difference in [(await api.compare("demo-district-admin", text, variables))[0]]
        ]
    sys.stdout.write(f"{len(asked)} operations: {dict(api.counts)}\n")
    assert list(filter(None, found)) == []
    assert len(asked) > 150
    assert api.counts["by plan"] > 0.3 * len(asked)
