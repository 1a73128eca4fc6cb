"""The exported log holds everything that somebody without the database needs to check it."""

import asyncio
import json
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gongzhi.core import clock
from gongzhi.core.audit.export import EVERYTHING, Period, exported, verify_file
from gongzhi.core.audit.sealing import Sealer
from gongzhi.core.audit.stored import verify
from gongzhi.core.db import Database
from gongzhi.core.errors import Invalid, NotFound
from tests.core.audit.chain import sealed, written
from tests.style.source import ROOT

MONDAY = datetime(2026, 3, 2, 4, tzinfo=UTC)


async def lines(period: Period = EVERYTHING, *, personal: bool = True) -> list[bytes]:
    return [line async for line in exported(period, personal=personal)]


async def test_an_export_is_checked_without_the_database(database: Database) -> None:
    key = Ed25519PrivateKey.generate()
    await written(database, 30)
    await Sealer(database, key).seal_all()
    await written(database, 4)
    content = await lines()
    report = verify_file(content, [(await verify()).head], [key.public_key()])
    assert (report.sound, report.lines, report.signed_until, report.warnings) == (True, 30, 30, [])
    assert report.head == (await verify()).head
    assert json.loads(content[-1])["trailer"]["not_sealed_yet"] == 4
    assert [json.loads(line)["sequence"] for line in content[1:-1]] == list(range(1, 31))


async def test_others_check_it_with_the_program_of_the_documentation(database: Database, tmp_path: Path) -> None:
    await sealed(database, 30)
    (program,) = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "audit.md").read_text("utf-8"), re.DOTALL)
    good, bad = tmp_path / "good.jsonl", tmp_path / "bad.jsonl"
    content = await lines()
    good.write_bytes(b"".join(content))
    bad.write_bytes(b"".join(_edited(content, 9, line__path="/")))
    for file, status in ((good, 0), (bad, 1)):
        done = await asyncio.to_thread(_run, program, file)
        assert (done.returncode, "AssertionError: 9" in done.stderr) == (status, status == 1), done.stderr


def _run(program: str, file: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", program, str(file)], capture_output=True, text=True, check=False)


async def test_without_personal_data_the_chain_can_still_be_checked(database: Database) -> None:
    await sealed(database, 30)
    content = await lines(personal=False)
    assert b"li-ming" not in b"".join(content)
    assert b"192.0.2.7" not in b"".join(content)
    assert b"li-ming" in b"".join(await lines())
    assert verify_file(content).sound


async def test_a_period_is_checked_from_its_first_line_on(database: Database) -> None:
    for day in range(3):
        with clock.frozen(MONDAY + timedelta(days=day)):
            await sealed(database, 10)
    tuesday = Period(MONDAY + timedelta(hours=1), MONDAY + timedelta(days=1, hours=1))
    content = await lines(tuesday)
    report = verify_file(content)
    assert (report.sound, report.first, report.lines, report.head.sequence) == (True, 11, 10, 20)
    with pytest.raises(NotFound, match="No line"):
        await lines(Period(MONDAY + timedelta(days=9)))


def _edited(content: list[bytes], number: int, **values: Any) -> list[bytes]:
    line = json.loads(content[number])
    for name, value in values.items():
        part, _, inner = name.partition("__")
        if inner:
            line[part][inner] = value
        else:
            line[part] = value
    return [*content[:number], json.dumps(line, ensure_ascii=False).encode() + b"\n", *content[number + 1 :]]


@pytest.mark.parametrize(
    ("change", "kind", "number"),
    [
        (lambda c: _edited(c, 5, line__action="x"), "changed", 5),
        (lambda c: _edited(c, 5, erasable__source="192.0.2.8"), "changed", 5),
        (lambda c: _edited(c, 5, person="0" * 64), "changed", 5),
        (lambda c: [*c[:5], *c[6:]], "missing", 5),
        (lambda c: [*c[:5], c[6], c[5], *c[7:]], "missing", 5),
        (lambda c: c[:-1], "cut", None),
        (lambda c: [*c[:20], c[-1]], "cut", None),
    ],
    ids=["edited", "address", "digest", "deleted", "swapped", "no trailer", "end cut off"],
)
async def test_a_file_that_was_changed_is_told(
    database: Database, change: Callable[[list[bytes]], list[bytes]], kind: str, number: int | None
) -> None:
    await sealed(database, 30)
    report = verify_file(change(await lines()))
    assert (report.findings[0].kind, report.findings[0].sequence) == (kind, number)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda c: [], "empty"),
        (lambda c: c[1:], "does not begin with the header"),
        (lambda c: [b'{"header":{"chain":"gongzhi-audit-1"}}', *c[1:]], "where it begins"),
        (lambda c: [c[0], b"no json", *c[1:]], "Line 2 of the file is no JSON"),
        (lambda c: [c[0], b"[]", *c[1:]], "Line 2 of the file is no line"),
        (lambda c: [c[0], b"{}", *c[1:]], "Line 2 of the file lacks a part"),
        (lambda c: _edited(c, 1, line={}), "Line 2 of the file lacks a part"),
        (lambda c: _edited(c, 1, line__id="x"), "Line 2 of the file lacks a part"),
    ],
    ids=["empty", "no header", "half a header", "no json", "an array", "an object", "no parts", "no id"],
)
async def test_a_file_that_is_no_export_is_refused(
    database: Database, change: Callable[[list[bytes]], list[bytes]], message: str
) -> None:
    await sealed(database, 2)
    with pytest.raises(Invalid, match=message):
        verify_file(change(await lines()))
