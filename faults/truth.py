"""What the database says, beside what callers were told: nothing lost, nothing doubled, nothing torn."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

import msgspec

from faults.callers import MARK, Sent
from faults.ground import Ground
from faults.outcome import Check, exactly
from gongzhi.core.audit.stored import verify
from gongzhi.core.db import using
from gongzhi.testing import databases

KEYED = {
    "account": ("account", "code"),
    "organization": ("organization", "code"),
    "case": ("mediation_case", "title"),
    "donation": ("foundation_donation", "donor"),
}
"""Where the records of a kind are, and the column of their key."""
_MEMBERSHIPS = (
    "SELECT m.id AS id, m.version AS version, a.code AS key FROM membership m JOIN account a ON a.id = m.account "
    f"WHERE a.code LIKE '{MARK}-%'"
)


class Found(msgspec.Struct):
    """A record of the database: its key, how often it was changed, and the audit lines and events of it."""

    kind: str
    key: str
    id: str
    changes: int
    lines: int = 0
    events: int = 0


class Truth(msgspec.Struct):
    """What is there, and how far it is whole."""

    records: list[Found]
    torn: list[str]

    def by_key(self, kind: str) -> dict[str, list[Found]]:
        """Records of a kind; more than one of a key is one too many."""
        found: dict[str, list[Found]] = defaultdict(list)
        for record in self.records:
            if record.kind == kind:
                found[record.key].append(record)
        return found


class Base(msgspec.Struct):
    """Of each community its version, and of every record its audit lines and events, before callers change them."""

    versions: dict[str, int]
    lines: Counter[str]
    events: Counter[str]


async def before(ground: Ground) -> Base:
    """What there is by now."""
    rows = await ground.store.rows("SELECT path, version FROM territory WHERE level = 'community'")
    versions = {row["path"]: row["version"] for row in rows}
    return Base(versions, await _counts(ground, "audit_entry"), await _counts(ground, "event"))


async def read(ground: Ground, base: Base) -> Truth:
    """Read everything that callers may have written."""
    lines, events = await _counts(ground, "audit_entry"), await _counts(ground, "event")
    records = [record async for record in _records(ground, base)]
    for record in records:
        record.lines, record.events = lines[record.id], events[record.id]
        if record.kind == "territory":
            record.lines, record.events = record.lines - base.lines[record.id], record.events - base.events[record.id]
    torn = [f"{each.kind} {each.key}" for each in records if not each.changes == each.lines == each.events]
    torn += await _alone(ground, records) + await _money(ground) + await _parties(ground)
    return Truth(records, torn)


async def _counts(ground: Ground, table: str) -> Counter[str]:
    done = " WHERE result = 'done'" if table == "audit_entry" else ""
    rows = await ground.store.rows(f"SELECT record, COUNT(*) AS times FROM {table}{done} GROUP BY record")
    return Counter({row["record"].partition(":")[2]: row["times"] for row in rows})


async def _records(ground: Ground, base: Base) -> Any:
    for kind, (table, column) in KEYED.items():
        sql = f"SELECT id, version, {column} AS key FROM {table} WHERE {column} LIKE '{MARK}-%'"
        for row in await ground.store.rows(sql):
            yield Found(kind, row["key"], str(row["id"]), row["version"])
    for row in await ground.store.rows(_MEMBERSHIPS):
        yield Found("membership", row["key"], str(row["id"]), row["version"])
    for row in await ground.store.rows("SELECT id, path, version FROM territory WHERE level = 'community'"):
        yield Found("territory", row["path"], str(row["id"]), row["version"] - base.versions[row["path"]])


async def _alone(ground: Ground, records: Iterable[Found]) -> list[str]:
    """Audit lines and events of records that are not there."""
    found = []
    for label, table in {
        "Account": "account",
        "Organization": "organization",
        "Case": "mediation_case",
        "Donation": "foundation_donation",
        "Membership": "membership",
    }.items():
        there = {str(row["id"]) for row in await ground.store.rows(f"SELECT id FROM {table}")}
        for source in ("audit_entry", "event"):
            rows = await ground.store.rows(f"SELECT DISTINCT record FROM {source} WHERE record LIKE '{label}:%'")
            found += [row["record"] for row in rows if row["record"].partition(":")[2] not in there]
    return found


async def _money(ground: Ground) -> list[str]:
    """Gifts received without their posting, postings without their gift, postings that do not add up."""
    gifts = await ground.store.rows(f"SELECT id, state, entry FROM foundation_donation WHERE donor LIKE '{MARK}-%'")
    entries = {str(row["id"]) for row in await ground.store.rows("SELECT id FROM ledger_entry")}
    torn = [f"gift {row['id']}" for row in gifts if (row["state"] == "received") != (str(row["entry"]) in entries)]
    sums = await ground.store.rows("SELECT entry, SUM(amount) AS total FROM ledger_line GROUP BY entry")
    torn += [f"entry {row['entry']}" for row in sums if row["total"] != 0]
    return torn + [f"entry {key} without lines" for key in entries - {str(row["entry"]) for row in sums}]


async def _parties(ground: Ground) -> list[str]:
    rows = await ground.store.rows(
        "SELECT c.title AS title, COUNT(p.id) AS parties FROM mediation_case c LEFT JOIN mediation_party p "
        f"ON p.\"case\" = c.id WHERE c.title LIKE '{MARK}-%' GROUP BY c.title HAVING COUNT(p.id) <> 2"
    )
    return [f"case {row['title']} with {row['parties']} parties" for row in rows]


async def checks(ground: Ground, base: Base, sent: Iterable[Sent]) -> list[Check]:
    """Lost, doubled and torn, of everything that was sent since `before`."""
    truth = await read(ground, base)
    sent = list(sent)
    lost, doubled = [], []
    for kind in (*KEYED, "membership"):
        found = truth.by_key(kind)
        lost += [each.key for each in sent if each.kind == kind and acknowledged(each) and each.key not in found]
        doubled += [key for key, records in found.items() if len(records) > 1]
        refused = {each.key for each in sent if each.kind == kind and each.outcome == "refused"}
        truth.torn += [f"{key} was refused and is there" for key in refused & found.keys()]
    received = {row["donor"] for row in await _received(ground)}
    lost += [each.key for each in sent if each.kind == "receipt" and acknowledged(each) and each.key not in received]
    for place, records in truth.by_key("territory").items():
        tried = [each for each in sent if each.kind == "territory" and each.key == place]
        least = sum(acknowledged(each) for each in tried)
        most = least + sum(each.outcome == "unknown" for each in tried)
        lost += [place] * max(0, least - records[0].changes)
        doubled += [place] * max(0, records[0].changes - most)
    if lost or doubled or truth.torn:
        print("lost", lost[:9], "doubled", doubled[:9], "torn", truth.torn[:9], flush=True)
    return [exactly("lost", len(lost), 0), exactly("doubled", len(doubled), 0), exactly("torn", len(truth.torn), 0)]


async def _received(ground: Ground) -> list[dict[str, Any]]:
    return await ground.store.rows("SELECT donor FROM foundation_donation WHERE state = 'received'")


async def sound_log(ground: Ground) -> bool:
    """Whether the audit log holds, once every line of it is sealed."""
    while (await ground.store.rows("SELECT COUNT(*) AS lines FROM audit_pending"))[0]["lines"]:  # noqa: ASYNC110  # a count
        await asyncio.sleep(0.1)
    async with databases.opened(ground.store.url) as database:
        with using(database):
            return (await verify()).sound


def acknowledged(sent: Sent) -> bool:
    """Whether its caller was told that it is done."""
    return sent.outcome == "acknowledged"
