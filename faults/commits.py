"""COMMIT itself fails, more often than the pool has connections: by a deferred rule, and by a lost connection."""

import asyncio
import time

import httpx

from faults import truth
from faults.callers import Sent, change, fresh
from faults.ground import ADMIN, POOL, Ground
from faults.outcome import Check, Outcome, exactly

TITLE = "COMMIT fails, pool size + 1 times"
TIMES = POOL + 1
REFUSED, CUT = "nocommit", "cut"
_POSTGRESQL = f"""
CREATE FUNCTION fault_at_commit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF NEW.code LIKE '{CUT}-%' THEN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(1); END IF;
  RAISE EXCEPTION 'not today';
END $$;
CREATE CONSTRAINT TRIGGER fault_at_commit AFTER INSERT ON account DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (NEW.code LIKE '{REFUSED}-%' OR NEW.code LIKE '{CUT}-%') EXECUTE FUNCTION fault_at_commit()
"""
_SQLITE = f"""
CREATE TABLE fault_parent (id INTEGER PRIMARY KEY);
CREATE TABLE fault_child (parent INTEGER REFERENCES fault_parent DEFERRABLE INITIALLY DEFERRED);
CREATE TRIGGER fault_at_commit AFTER INSERT ON account WHEN NEW.code LIKE '{REFUSED}-%'
BEGIN INSERT INTO fault_child VALUES (1); END
"""
_UNDO = {
    "sqlite": "DROP TRIGGER fault_at_commit; DROP TABLE fault_child; DROP TABLE fault_parent",
    "postgresql": "DROP TRIGGER fault_at_commit ON account; DROP FUNCTION fault_at_commit",
}
_OPEN = "SELECT COUNT(*) AS times FROM pg_stat_activity WHERE application_name = 'gongzhi' AND state LIKE 'idle in%'"


async def fault(ground: Ground) -> Outcome:
    """So many failures one after the other, as many at once, and then what there was before."""
    await ground.serving()
    base = await truth.before(ground)
    dialect = ground.store.dialect
    await ground.store.script(_POSTGRESQL if dialect == "postgresql" else _SQLITE)
    kinds = (REFUSED, CUT) if dialect == "postgresql" else (REFUSED,)
    async with ground.client() as client:
        codes = []
        for kind in kinds:
            accounts = [f"{kind}-{number}" for number in range(2 * TIMES)]
            for account in accounts[:TIMES]:
                codes.append(await _create(ground, client, account))
            codes += await asyncio.gather(*(_create(ground, client, account) for account in accounts[TIMES:]))
        slowest, refusals = await _well(ground, client)
        await ground.store.script(_UNDO[dialect])
        sent = [Sent("account", fresh("account")) for _ in range(3 * POOL)]
        answers = await asyncio.gather(*(_create(ground, client, each.key) for each in sent))
        for each, answer in zip(sent, answers, strict=True):
            each.outcome = "acknowledged" if answer == "" else "refused"
    found = await ground.store.rows("SELECT code FROM account WHERE code LIKE 'nocommit-%' OR code LIKE 'cut-%'")
    left = await _left(ground) if dialect == "postgresql" else 0
    bad = [code for code in codes if code not in ("CONFLICT", "UNAVAILABLE")]
    return Outcome(
        f"{len(codes)} times, pool of {POOL}",
        [
            exactly("answered otherwise than CONFLICT or UNAVAILABLE", len(bad), 0),
            exactly("written all the same", len(found), 0),
            Check("slowest query after", slowest, most=ground.seconds(1), unit="s"),
            exactly("refused after", refusals + sum(answer != "" for answer in answers), 0),
            exactly("transactions left open", left, 0),
            *await truth.checks(ground, base, sent),
        ],
    )


async def _left(ground: Ground) -> int:
    """Transactions that stay open; background work has one now and then, for a moment."""
    left = 1
    for _ in range(20):
        left = (await ground.store.rows(_OPEN))[0]["times"]
        if not left:
            break
        await asyncio.sleep(0.1)
    return left


async def _create(ground: Ground, client: httpx.AsyncClient, code: str) -> str:
    """The code of the refusal; empty for success."""
    asked = await change(ground, client, ADMIN, "createAccount", "account { id }", {"code": code, "name": "丙"})
    return asked.code


async def _well(ground: Ground, client: httpx.AsyncClient) -> tuple[float, int]:
    """The slowest of as many mutations at once as the pool has connections, in seconds; and how many were refused."""
    began = time.monotonic()

    async def one() -> tuple[float, str]:
        refusal = await _create(ground, client, fresh("account"))
        return time.monotonic() - began, refusal

    done = await asyncio.gather(*(one() for _ in range(POOL)))
    return max(seconds for seconds, _ in done), sum(refusal != "" for _, refusal in done)
