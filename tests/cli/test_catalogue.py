"""`gongzhi catalogue import` and `export`."""

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gongzhi.core.catalogue.tables import Edition, EditionItem
from gongzhi.testing import databases
from tests.cli.conftest import Command

ADMIN = "demo-district-admin"
LIST = "value-added-services"
SIZE = 23
Lines = list[list[str]]


@pytest.fixture(autouse=True)
def copied(demo_sqlite: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of a copy of the demo, which the settings name."""
    path = folder / "demo.db"
    path.write_bytes(Path(demo_sqlite.removeprefix("sqlite:///")).read_bytes())
    monkeypatch.setenv("GONGZHI_DATABASE", f"sqlite:///{path}")
    return f"sqlite:///{path}"


async def state(url: str) -> list[tuple[Any, ...]]:
    """Every edition with its state and version, and how many items there are."""
    async with databases.opened(url):
        rows = await Edition.select(Edition.number, Edition.state, Edition.version).order_by(Edition.id)
        return [*(tuple(row.values()) for row in rows), (await EditionItem.count(),)]


def edited(gongzhi: Command, folder: Path, change: Callable[[Lines], object]) -> str:
    """The list as CSV with a change in its lines."""
    exported = gongzhi("catalogue", "export", "--list", LIST, "--format", "csv", "--language", "en")
    lines = list(csv.reader(io.StringIO(exported.stdout_bytes.decode("utf-8-sig"))))
    change(lines)
    with (folder / "list.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(lines)
    return "list.csv"


@pytest.mark.parametrize("kind", ["csv", "xlsx", "yaml"])
def test_what_is_exported_is_imported_without_a_difference(gongzhi: Command, copied: str, kind: str) -> None:
    before = databases.run(state(copied))
    assert gongzhi("catalogue", "export", "--list", LIST, "--format", kind, "-o", f"list.{kind}").exit_code == 0
    result = gongzhi("catalogue", "import", f"list.{kind}", "--list", LIST, "--account", ADMIN, "--dry-run")
    assert result.exit_code == 0, result.output
    assert result.stdout == "0 added, 0 removed, 0 changed, 0 moved\n"
    assert result.stderr == "A dry run: nothing was changed.\n"
    assert databases.run(state(copied)) == before


def test_a_change_is_shown_and_then_made_in_one_draft(gongzhi: Command, folder: Path, copied: str) -> None:
    before = databases.run(state(copied))
    file = edited(gongzhi, folder, lambda lines: lines.pop())
    rehearsed = gongzhi("catalogue", "import", file, "--list", LIST, "--account", ADMIN, "--dry-run")
    assert rehearsed.stdout.startswith("0 added, 1 removed, 0 changed, 0 moved\n- ")
    assert databases.run(state(copied)) == before

    done = gongzhi("catalogue", "import", file, "--list", LIST, "--account", ADMIN)
    assert done.stdout == rehearsed.stdout
    assert f"is a draft with {SIZE - 1} items" in done.stderr
    *editions, (items,) = databases.run(state(copied))
    assert [edition for edition in editions if edition not in before] == [(2, "draft", 2)]
    assert (items,) == (before[-1][0] + SIZE - 1,)

    again = gongzhi("catalogue", "import", file, "--list", LIST, "--account", ADMIN)
    assert again.stdout == "0 added, 0 removed, 0 changed, 0 moved\n"
    assert len(databases.run(state(copied))) == len(before) + 1


def test_every_problem_is_told_with_its_place(gongzhi: Command, folder: Path, copied: str) -> None:
    def spoil(lines: Lines) -> None:
        lines[1][lines[0].index("Channels")] = "telepathy"
        lines[2][lines[0].index("Name")] = ""
        lines[3][0] = lines[4][0]

    before = databases.run(state(copied))
    result = gongzhi("catalogue", "import", edited(gongzhi, folder, spoil), "--list", LIST, "--account", ADMIN)
    assert (result.exit_code, result.stdout) == (1, "")
    places = [line.split(":")[:2] for line in result.stderr.splitlines() if line.startswith("list.csv:")]
    assert [row for _, row in places] == ["2", "3", "5"]
    assert databases.run(state(copied)) == before


@pytest.mark.parametrize("kind", ["csv", "yaml"])
def test_a_changed_code_is_told_with_its_place(gongzhi: Command, folder: Path, copied: str, kind: str) -> None:
    before = databases.run(state(copied))
    exported = gongzhi("catalogue", "export", "--list", LIST, "--format", kind).stdout_bytes.decode("utf-8-sig")
    code = str(re.findall(r"\b[A-Z]\d{3}\b", exported)[0])
    (folder / f"list.{kind}").write_text(exported.replace(code, "Z999"), "utf-8")
    result = gongzhi("catalogue", "import", f"list.{kind}", "--list", LIST, "--account", ADMIN)
    assert (result.exit_code, result.stdout) == (1, "")
    row = next(number for number, line in enumerate(exported.splitlines(), start=1) if code in line)
    assert f"list.{kind}:{row}: code: " in result.stderr
    assert f"(use {code})" in result.stderr
    assert databases.run(state(copied)) == before


def test_without_permission_nothing_is_drafted(gongzhi: Command, folder: Path, copied: str) -> None:
    before = databases.run(state(copied))
    file = edited(gongzhi, folder, lambda lines: lines.pop())
    for account in ("demo-resident", "demo-auditor", "nobody"):
        result = gongzhi("catalogue", "import", file, "--list", LIST, "--account", account)
        assert (result.exit_code, result.stdout) == (1, "")
    assert databases.run(state(copied)) == before


def test_other_catalogues_get_every_item(gongzhi: Command) -> None:
    exported = gongzhi("catalogue", "export", "--list", LIST, "--format", "cpsv-ap", "--base-url", "https://a.example")
    nodes = json.loads(exported.stdout)["@graph"]
    services = [node for node in nodes if node["@type"] == "cpsv:PublicService"]
    assert len(services) == SIZE
    assert all(node["@id"].startswith("https://a.example/") for node in services)


def test_other_catalogues_get_who_offers_what_where(gongzhi: Command) -> None:
    exported = gongzhi("catalogue", "export", "--list", LIST, "--format", "hsds")
    services = json.loads(exported.stdout)["contents"]
    assert len({service["name"] for service in services}) == SIZE
    assert len({service["organization_id"] for service in services}) > SIZE
    assert "东园社区" in exported.stdout
    assert gongzhi("catalogue", "export", "--list", LIST, "--format", "hsds").stdout_bytes == exported.stdout_bytes


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--list", "basic"], "there is no list 'basic'"),
        (["--list", LIST, "--edition", "9"], "there is no published edition 9"),
        (["--list", LIST, "--as-of", "1990-01-01"], "no edition of value-added-services is in force on 1990-01-01"),
        (["--list", LIST, "-o", "nowhere/list.csv"], "nowhere/list.csv: No such file or directory"),
    ],
)
def test_what_is_not_there_is_said(gongzhi: Command, arguments: list[str], message: str) -> None:
    result = gongzhi("catalogue", "export", "--format", "csv", *arguments)
    assert (result.exit_code, result.stdout) == (1, "")
    assert message in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["export", "--list", LIST, "--format", "pdf"],
        ["export", "--list", LIST, "--format", "csv", "--edition", "1", "--as-of", "2026-01-01"],
        ["export", "--list", LIST, "--format", "csv", "--as-of", "yesterday"],
        ["import", "missing.csv", "--list", LIST, "--account", ADMIN],
    ],
)
def test_mistakes_in_the_command_line_are_usage_errors(gongzhi: Command, arguments: list[str]) -> None:
    assert gongzhi("catalogue", *arguments).exit_code == 2


def test_an_unknown_kind_of_file_is_refused(gongzhi: Command, folder: Path) -> None:
    (folder / "list.pdf").touch()
    result = gongzhi("catalogue", "import", "list.pdf", "--list", LIST, "--account", ADMIN)
    assert result.exit_code == 1
    assert "use .csv, .xlsx, .yaml, .yml" in result.stderr
