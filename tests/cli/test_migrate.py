"""`gongzhi migrate`."""

from pathlib import Path

import pytest

from gongzhi.installation import standard
from tests.cli.conftest import Command


def test_an_empty_database_is_migrated_once(gongzhi: Command, empty_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGZHI_DATABASE", empty_url)
    first = gongzhi("migrate")
    assert first.exit_code == 0, first.output
    steps = first.stdout.splitlines()
    assert {step.split("/")[0] for step in steps} == {app.name for app in standard().apps()}
    assert f"{len(steps)} migrations applied" in first.stderr

    second = gongzhi("migrate")
    assert (second.exit_code, second.stdout) == (0, "")
    assert gongzhi("migrate", "--check").exit_code == 0


def test_check_changes_nothing(gongzhi: Command, folder: Path) -> None:
    result = gongzhi("migrate", "--check")
    assert result.exit_code == 1
    assert "run `gongzhi migrate`" in result.stderr
    assert list(folder.iterdir()) == []


def test_check_names_what_is_missing(gongzhi: Command, folder: Path) -> None:
    (folder / "gongzhi.sqlite").touch()
    result = gongzhi("migrate", "--check")
    assert result.exit_code == 1
    names = tuple(f"missing: {app.name}/" for app in standard().apps())
    assert all(line.startswith(names) for line in result.stdout.splitlines())
    assert f"lacks {len(result.stdout.splitlines())} migrations" in result.stderr


def test_a_server_that_is_not_there_is_said(gongzhi: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGZHI_DATABASE", "postgresql://me:hunter2@127.0.0.1:1/gongzhi")
    result = gongzhi("migrate")
    assert result.exit_code == 1
    assert "Traceback" not in result.stderr
    assert "hunter2" not in result.output
