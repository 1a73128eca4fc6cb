"""`gongzhi schema`."""

from pathlib import Path

from graphql import build_schema

from tests.cli.conftest import Command
from tests.style.source import ROOT


def test_it_prints_what_is_checked_in(gongzhi: Command) -> None:
    result = gongzhi("schema")
    assert result.exit_code == 0
    assert result.stdout == (ROOT / "schema.graphql").read_text("utf-8"), "Run `make schema`."
    assert build_schema(result.stdout).query_type is not None


def test_check_tells_the_difference(gongzhi: Command, folder: Path) -> None:
    missing = gongzhi("schema", "--check")
    assert missing.exit_code == 1
    assert "+type Query {" in missing.stdout
    assert list(folder.iterdir()) == []

    assert gongzhi("schema", "--write").exit_code == 0
    assert gongzhi("schema", "--check").exit_code == 0

    file = folder / "schema.graphql"
    file.write_text(file.read_text("utf-8").replace("type Query {", "type Queri {"), "utf-8")
    changed = gongzhi("schema", "--check")
    assert changed.exit_code == 1
    assert "-type Queri {" in changed.stdout
    assert "run `make schema`" in changed.stderr


def test_write_and_check_exclude_each_other(gongzhi: Command, folder: Path) -> None:
    assert gongzhi("schema", "--write", "--check").exit_code == 2
    assert list(folder.iterdir()) == []
