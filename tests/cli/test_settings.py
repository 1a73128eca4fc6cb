"""`gongzhi settings`."""

import json
from pathlib import Path

import msgspec
import pytest

from gongzhi.core.settings import Settings, describe
from tests.cli.conftest import Command


def test_every_setting_is_shown_with_its_source(
    gongzhi: Command, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "gongzhi.toml").write_text("port = 8080\n", "utf-8")
    monkeypatch.setenv("GONGZHI_DATABASE", "postgresql://me:hunter2@db/gongzhi")
    shown = json.loads(gongzhi("settings", "--json").stdout)
    assert list(shown) == [setting.name for setting in describe(Settings)]
    assert shown["port"] == {"value": "8080", "source": "toml"}
    assert shown["database"] == {"value": "'postgresql://me:***@db/gongzhi'", "source": "env"}
    assert shown["host"]["source"] == "default"


def test_the_table_says_where_a_value_is_from(gongzhi: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGZHI_SIGNING_KEY", "not-to-be-seen")
    result = gongzhi("settings")
    lines = {line.split(" = ")[0].strip(): line.split(" = ")[1] for line in result.stdout.splitlines()}
    assert len(lines) == len(msgspec.structs.fields(Settings)) - 1
    assert lines["signing_key"] == "***  # env"
    assert lines["port"] == "8000"
    assert "not-to-be-seen" not in result.output


def test_what_serve_would_refuse_is_said(gongzhi: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    assert gongzhi("settings").stderr == ""
    monkeypatch.setenv("GONGZHI_HOST", "0.0.0.0")
    result = gongzhi("settings")
    assert result.exit_code == 0
    assert "would refuse to start: issuer: only the development key signs tokens" in result.stderr
