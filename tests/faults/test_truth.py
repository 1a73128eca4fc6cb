"""What the fault suite reads from the database: that it would see whatever is lost, doubled or torn."""

import pytest

from faults import truth
from faults.callers import Sent, change, fresh
from faults.ground import ADMIN
from tests.faults.conftest import Injected

pytestmark = pytest.mark.xdist_group("faults-sqlite")


class Made:
    """A database in which a server has made one account, and the account's code."""

    def __init__(self, injected: Injected, base: truth.Base, code: str) -> None:
        self.injected, self.base, self.code = injected, base, code
        self.whole = injected.ground.store.path.read_bytes()

    def seen(self, harm: str, outcome: str = "acknowledged") -> dict[str, float]:
        """The figures after some harm was done to the database, which is undone afterwards."""
        store = self.injected.ground.store
        try:
            self.injected.runner.run(store.script(harm.replace("CODE", self.code)))
            sent = [Sent("account", self.code, outcome)]
            checks = self.injected.runner.run(truth.checks(self.injected.ground, self.base, sent))
        finally:
            store.path.write_bytes(self.whole)
        return {check.name: check.value for check in checks}


@pytest.fixture(scope="module")
def made(sqlite_ground: Injected) -> Made:
    return sqlite_ground.runner.run(_made(sqlite_ground))


async def _made(injected: Injected) -> Made:
    ground = injected.ground
    await ground.serving()
    base, code = await truth.before(ground), fresh("account")
    async with ground.client() as client:
        asked = await change(ground, client, ADMIN, "createAccount", "account { id }", {"code": code, "name": "甲"})
    assert not asked.code, asked
    ground.server.kill()
    for log in ("audit_entry", "event"):
        sql = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?"
        await ground.store.script("; ".join(f"DROP TRIGGER {row['name']}" for row in await ground.store.rows(sql, log)))
    await ground.store.rows("PRAGMA journal_mode = DELETE")  # all of it into the one file
    return Made(injected, base, code)


LAST = "(SELECT 'Account:' || id FROM account WHERE code = 'CODE')"


@pytest.mark.parametrize(
    ("harm", "figure"),
    [
        ("DELETE FROM account WHERE code = 'CODE'", "lost"),
        ("DELETE FROM account WHERE code = 'CODE'", "torn"),
        (f"DELETE FROM audit_entry WHERE record = {LAST}", "torn"),
        (f"DELETE FROM event WHERE record = {LAST}", "torn"),
        ("UPDATE account SET version = 2 WHERE code = 'CODE'", "torn"),
        ("UPDATE territory SET version = version + 1 WHERE path = '/futian/nanyuan/dongyuan'", "doubled"),
    ],
)
def test_harm_is_seen(made: Made, harm: str, figure: str) -> None:
    assert made.seen(harm)[figure] > 0


def test_what_was_refused_and_is_there_all_the_same_is_torn(made: Made) -> None:
    assert made.seen("SELECT 1", "refused")["torn"] == 1


def test_nothing_is_seen_where_nothing_was_harmed(made: Made) -> None:
    assert made.seen("SELECT 1") == {"lost": 0, "doubled": 0, "torn": 0}
