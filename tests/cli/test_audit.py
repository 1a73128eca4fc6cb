"""`gongzhi audit`: the log verified, exported, shown and pruned, and what each says when something is wrong."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from gongzhi.core import clock
from gongzhi.core.audit.sealing import Sealer
from gongzhi.core.db import Database
from gongzhi.testing import databases
from tests.cli.conftest import Command
from tests.core.audit.chain import written

KEY = Ed25519PrivateKey.generate()


async def _filled(url: str, lines: int, at: datetime | None) -> None:
    async with databases.opened(url) as database:
        with clock.frozen(at or datetime.now(UTC)):
            await written(database, lines)
            await Sealer(database, KEY).seal_all()


def filled(url: str, lines: int = 12, at: datetime | None = None) -> None:
    databases.run(_filled(url, lines, at))


async def _tampered(url: str) -> None:
    async with databases.opened(url) as database:
        await _without_triggers(database, "UPDATE audit_entry SET action = 'x'")


async def _without_triggers(database: Database, statement: str) -> None:
    async with database.transaction():
        if database.dialect == "postgresql":
            await database.execute("SET LOCAL session_replication_role = replica")
        else:
            await database.execute("DROP TRIGGER audit_entry_changed_refused")
        await database.execute(statement)


def test_a_log_is_verified_against_heads_and_signatures(gongzhi: Command, migrated_url: str, folder: Path) -> None:
    filled(migrated_url)
    at = ("--database", migrated_url)
    noted = gongzhi("audit", "head", *at).stdout.strip()
    assert noted.startswith("12:")
    (folder / "heads").write_text(f"# kept on paper\n{noted}\n")
    (folder / "key.pub").write_bytes(KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    options = ("--heads", "heads", "--head", noted, "--public-key", "key.pub")
    good = gongzhi("audit", "verify", *options, *at)
    assert (good.exit_code, good.stdout.splitlines()) == (
        0,
        [
            "lines    12 sealed; 0 wait for their seal",
            "signed   up to line 12",
            f"head     {noted}",
            "sound",
        ],
    )
    databases.run(_tampered(migrated_url))
    bad = gongzhi("audit", "verify", *options, *at)
    assert bad.exit_code == 1
    assert bad.stdout.startswith("WRONG    line 1: the line, its seal or the order is not what was sealed (")
    assert bad.stdout.endswith("NOT SOUND\n")
    report = json.loads(gongzhi("audit", "verify", "--json", *at).stdout)
    assert (report["sound"], report["wrong"], report["lines"]) == (False, 4, 12)
    assert [finding["sequence"] for finding in report["findings"]] == [1, 4, 7, 10]
    refused = gongzhi("audit", "verify", "--head", "12:abc", *at)
    assert (refused.exit_code, "is no head" in refused.stderr) == (1, True)


def test_an_export_is_verified_without_a_database(gongzhi: Command, migrated_url: str, folder: Path) -> None:
    filled(migrated_url)
    at = ("--database", migrated_url)
    assert gongzhi("audit", "export", "-o", "log.jsonl", *at).exit_code == 0
    noted = gongzhi("audit", "head", *at).stdout.strip()
    good = gongzhi("audit", "verify", "log.jsonl", "--head", noted)
    assert (good.exit_code, good.stdout.splitlines()[-1]) == (0, "sound")
    content = (folder / "log.jsonl").read_text("utf-8")
    assert len(content.splitlines()) == 12 + 2
    (folder / "log.jsonl").write_text(content.replace('"li-ming"', '"li"').replace("li-ming", "wang-ming", 1), "utf-8")
    bad = gongzhi("audit", "verify", "log.jsonl")
    assert (bad.exit_code, bad.stdout.splitlines()[0].partition(" (")[0]) == (
        1,
        "WRONG    line 1: who did it, or from where, is not what was sealed",
    )
    bare = gongzhi("audit", "export", "--without-personal", *at).stdout
    assert ("li-ming" in bare, len(bare.splitlines())) == (False, 14)
    none = gongzhi("audit", "export", "--since", "2999-01-01", *at)
    assert (none.exit_code, "No line of the audit log was sealed in that period" in none.stderr) == (1, True)


def test_strict_makes_warnings_failures(gongzhi: Command, migrated_url: str) -> None:
    filled(migrated_url)
    at = ("--database", migrated_url)
    assert gongzhi("audit", "prune", "--yes", *at).stderr == "Nothing is older than 1095 days.\n"
    before = "3:" + "0" * 64
    assert gongzhi("audit", "verify", "--strict", *at).exit_code == 0
    assert gongzhi("audit", "verify", "--head", before, *at).exit_code == 1


def test_what_is_old_is_pruned(gongzhi: Command, migrated_url: str) -> None:
    filled(migrated_url, 12, datetime.now(UTC) - timedelta(days=1100))
    filled(migrated_url, 6)
    at = ("--database", migrated_url)
    early = gongzhi("audit", "head", *at).stdout.strip()
    assert gongzhi("audit", "prune", *at).exit_code == 1
    pruned = gongzhi("audit", "prune", "--yes", *at)
    assert (pruned.exit_code, pruned.stderr.startswith("12 lines are gone; the chain begins after 12:")) == (0, True)
    good = gongzhi("audit", "verify", "--head", early, *at)
    assert good.stdout.splitlines()[0] == "lines    6 sealed, after 12 that were pruned; 1 wait for their seal"
    assert good.exit_code == 0


def test_lines_are_shown_to_people_and_programs(gongzhi: Command, migrated_url: str) -> None:
    filled(migrated_url)
    at = ("--database", migrated_url)
    assert len(gongzhi("audit", "show", *at).stdout.splitlines()) == 12
    (line,) = gongzhi("audit", "show", "--account", "li-ming", "--kind", "change", "-n", "1", *at).stdout.splitlines()
    parts = line.split("\t")
    assert (parts[0], parts[2:]) == (
        "10",
        [
            *("account:li-ming", "192.0.2.7", "change", "territory.territory update", "Territory:9"),
            *("/futian/nanyuan", parts[8], "name"),
        ],
    )
    assert parts[8].startswith("core.csv:")
    (shown,) = gongzhi("audit", "show", "--record", "Territory:9", "--json", *at).stdout.splitlines()
    assert json.loads(shown)["changed"] == ["name"]
    counts = {
        options: len(gongzhi("audit", "show", *options, *at).stdout.splitlines())
        for options in (
            ("--account", "system"),
            ("--account", "anonymous"),
            ("--kind", "denial"),
            ("--resource", "audit.entry"),
            ("--within", "/futian/meilin"),
            ("--since", "2999-01-01"),
            ("--until", "2999-01-01"),
        )
    }
    assert list(counts.values()) == [4, 0, 4, 4, 0, 0, 12]


def test_days_to_keep_below_180_are_refused(gongzhi: Command, folder: Path) -> None:
    (folder / "gongzhi.toml").write_text("audit_keep_days = 179\n")
    refused = gongzhi("settings")
    assert (refused.exit_code, "audit_keep_days" in refused.output) == (1, True)
