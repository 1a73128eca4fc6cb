"""Sealing: every line once, in one chain, by any number of workers, however late it was committed."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from gongzhi.core.audit import sealing, signing
from gongzhi.core.audit.encoding import GENESIS
from gongzhi.core.audit.sealing import Sealer, Watch, backlog, head
from gongzhi.core.audit.stored import verify
from gongzhi.core.audit.tables import AuditEntry, AuditPending, AuditSeal
from gongzhi.core.audit.verification import anchor
from gongzhi.core.db import Database
from gongzhi.core.errors import Conflict, Invalid
from gongzhi.core.permissions.tables import DecisionEntry
from tests.core.audit.chain import sealed, tampering, written


async def test_an_empty_log_is_sound(database: Database) -> None:
    report = await verify()
    assert (report.sound, report.lines, str(report.head)) == (True, 0, f"0:{GENESIS}")
    assert await Sealer(database).seal_due() == 0


async def test_lines_wait_from_their_own_transaction_on(database: Database) -> None:
    await written(database, 9)
    waiting = await backlog()
    assert waiting.lines == 9
    assert waiting.seconds < sealing.OVERDUE_SECONDS
    assert (await verify()).waiting == 9
    assert await Sealer(database).seal_all() == 9
    assert await AuditPending.count() == 0
    assert await head() == (await verify()).head


async def test_eight_sealers_at_once_make_one_chain(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "BATCH", 20)
    await written(database, 400)
    await asyncio.gather(*(Sealer(database).seal_all() for _ in range(8)))
    report = await verify()
    assert (report.sound, report.lines, report.head.sequence, report.waiting) == (True, 400, 400, 0)


async def test_a_batch_that_is_broken_off_is_sealed_again_as_a_whole(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await written(database, 9)
    store = sealing._store

    async def killed(rows: Sequence[Mapping[str, Any]]) -> None:
        await store(rows)
        raise asyncio.CancelledError

    with monkeypatch.context() as patched:
        patched.setattr(sealing, "_store", killed)
        with pytest.raises(asyncio.CancelledError):
            await Sealer(database).seal_due()
    assert (await AuditSeal.count(), await AuditPending.count()) == (0, 9)
    assert await Sealer(database).seal_all() == 9
    assert (await verify()).sound


async def test_a_transaction_that_commits_late_is_sealed_late(database: Database) -> None:
    if database.dialect == "sqlite":
        pytest.skip("SQLite has one writer: ids and commits have one order")
    begun, sealed_others = asyncio.Event(), asyncio.Event()

    async def late() -> None:
        async with database.transaction():
            await written(database, 3)
            begun.set()
            await sealed_others.wait()

    writing = asyncio.create_task(late())
    await begun.wait()
    await written(database, 6)
    assert await Sealer(database).seal_all() == 6
    sealed_others.set()
    await writing
    assert await Sealer(database).seal_all() == 3
    report = await verify()
    assert (report.sound, report.lines, report.warnings) == (True, 9, [])


async def test_a_worker_seals_within_two_seconds_and_goes_on(database: Database) -> None:
    working = asyncio.create_task(Sealer(database).run())
    try:
        for round_ in range(1, 3):
            await written(database, 5)
            async with asyncio.timeout(2 * sealing.POLL_SECONDS + 3):
                await _reached(5 * round_)
    finally:
        working.cancel()
    assert (await verify()).sound


async def _reached(lines: int) -> None:
    while await AuditSeal.count() < lines:  # noqa: ASYNC110  # another process might seal: nothing to wait for
        await asyncio.sleep(0.05)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET action = 'x'",
        "UPDATE audit_entry SET record_salt = 'x'",
        "UPDATE audit_entry SET source = ''",
        "UPDATE audit_entry SET actor_label = 'account:somebody-else'",
        "DELETE FROM audit_entry",
        "UPDATE decision_entry SET rule = 'x'",
        "UPDATE decision_entry SET source = 'x'",
        "DELETE FROM decision_entry",
        "UPDATE audit_seal SET signature = 'x'",
        "DELETE FROM audit_seal",
        "UPDATE audit_pending SET log = 'x'",
        "DELETE FROM audit_pending",
        "INSERT INTO audit_checkpoint SELECT sequence, hash, sealed_at FROM audit_seal",
        "INSERT OR REPLACE INTO audit_entry SELECT * FROM audit_entry",
        "INSERT OR REPLACE INTO audit_seal SELECT * FROM audit_seal",
        "TRUNCATE audit_entry",
        "TRUNCATE decision_entry",
        "TRUNCATE audit_seal",
        "TRUNCATE audit_pending",
        "TRUNCATE audit_checkpoint",
    ],
)
async def test_the_database_refuses_everything_but_adding(database: Database, statement: str) -> None:
    foreign = {"sqlite": "TRUNCATE", "postgresql": "INSERT OR"}[database.dialect]
    if statement.startswith(foreign):
        pytest.skip("the other engine's statement")
    await sealed(database, 6)
    await written(database, 3)
    before = await AuditEntry.select(), await DecisionEntry.select(), await AuditSeal.select()
    with pytest.raises(Conflict, match="does not allow this kind of change"):
        await database.execute(statement)
    assert (await AuditEntry.select(), await DecisionEntry.select(), await AuditSeal.select()) == before
    assert await AuditPending.count() == 3


async def test_the_log_tells_the_head_once_an_hour(database: Database, caplog: pytest.LogCaptureFixture) -> None:
    sealer = Sealer(database)
    with caplog.at_level("INFO", "gongzhi.audit"):
        await written(database, 2)
        await sealer.seal_all()
        noted = await head()
        await written(database, 2)
        await sealer.seal_all()
    (told,) = caplog.messages
    assert told.startswith(f"audit head {noted}; keep it elsewhere")


async def test_signatures_tell_a_log_that_was_rewritten_as_a_whole(database: Database) -> None:
    key, other = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    await written(database, 10)
    assert await Sealer(database, key).seal_all() == 10
    report = await verify(keys=[key.public_key()])
    assert (report.sound, report.signed_until) == (True, 10)
    assert [each.kind for each in (await verify(keys=[other.public_key()])).findings] == ["forged", "unsigned"]
    for forger, kinds in ((None, ["unsigned"]), (other, ["forged", "unsigned"])):
        async with tampering(database):
            await database.execute("UPDATE audit_entry SET action = 'x'")
            await AuditSeal.delete(force=True)
            for table, log in (("audit_entry", "change"), ("decision_entry", "decision")):
                await database.execute(f"INSERT INTO audit_pending SELECT id, '{log}' FROM {table}")
            assert await Sealer(database, forger).seal_all() == 10
            assert (await verify()).sound
            assert [each.kind for each in (await verify(keys=[key.public_key()])).findings] == kinds


async def test_a_key_that_was_changed_signs_on(database: Database) -> None:
    first, second = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    for key in (None, first, second):
        await written(database, 3)
        await Sealer(database, key).seal_all()
    report = await verify(keys=[first.public_key(), second.public_key()])
    assert (report.sound, report.signed_until) == (True, 9)


def test_keys_are_read_from_files_or_given(tmp_path: Path) -> None:
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "key.pem").write_text(pem)
    (tmp_path / "key.pub").write_bytes(public)
    (given,) = signing.public_keys([tmp_path / "key.pub"])
    for source in (pem, str(tmp_path / "key.pem")):
        read = signing.private_key(source)
        assert read is not None
        assert signing.holds([given], 7, GENESIS, signing.signed(read, 7, GENESIS))
        assert not signing.holds([given], 8, GENESIS, signing.signed(read, 7, GENESIS))
    assert not signing.holds([given], 7, GENESIS, "no hexadecimal digits")
    for wrong in ("-----BEGIN NOTHING", str(tmp_path / "none.pem"), str(tmp_path / "key.pub")):
        with pytest.raises(Invalid, match="openssl genpkey"):
            signing.private_key(wrong)
    for name in ("key.pem", "none.pub"):
        with pytest.raises(Invalid, match="pubout"):
            signing.public_keys([tmp_path / name])


@pytest.mark.parametrize("text", ["", "12", "x:" + GENESIS, "1:" + GENESIS[1:], "1:" + "g" * 64])
def test_what_is_no_head_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="as it was printed"):
        anchor(text)
    assert str(anchor(f" 12:{GENESIS}\n")) == f"12:{GENESIS}"


async def test_an_alarm_when_nobody_seals(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    watch = Watch()
    assert await watch.overdue() is None
    await written(database, 3)
    assert await watch.overdue() is None
    monkeypatch.setattr(sealing, "OVERDUE_SECONDS", 0.0)
    assert (await watch.overdue() or "").startswith("3 audit lines wait for their seal since 20")
    await Sealer(database).seal_all()
    assert await watch.overdue() is None
