"""Other people's clients, as they come from npm, against the API: each with what front ends do with it."""

import shutil
from pathlib import Path

import pytest

from tests.clients.conftest import HERE, Node
from tests.style.source import ROOT

pytestmark = [pytest.mark.node, pytest.mark.xdist_group("node")]


@pytest.mark.parametrize(
    ("program", "checks"), [("audits.js", 61), ("request.js", 6), ("apollo.js", 6), ("urql.js", 5), ("sockets.js", 8)]
)
def test_a_client_is_served(node: Node, program: str, checks: int) -> None:
    assert len(node(program)) >= checks


def test_generated_types_are_strict(node: Node, tmp_path: Path) -> None:
    """graphql-codegen over every example operation, compiled by `tsc --strict`, and run."""
    shutil.copytree(HERE / "codegen", tmp_path, dirs_exist_ok=True)
    (tmp_path / "node_modules").symlink_to(HERE / "node_modules")
    (tmp_path / "package.json").write_text('{"type": "module"}')
    node("graphql-codegen", "--config", str(tmp_path / "codegen.ts"), cwd=tmp_path)
    node("tsc", "--project", str(tmp_path), cwd=tmp_path)
    assert node(str(tmp_path / "use.js"), cwd=tmp_path) == ["ok the generated types fit the answers"]


def test_relay_pages_and_fetches_again(node: Node, tmp_path: Path) -> None:
    """relay-compiler takes the schema for one of Relay's; relay-runtime runs what it has made."""
    shutil.copytree(HERE / "relay", tmp_path / "relay")
    shutil.copy(ROOT / "schema.graphql", tmp_path / "relay")
    (tmp_path / "node_modules").symlink_to(HERE / "node_modules")
    (tmp_path / "package.json").write_text('{"type": "commonjs"}')
    node("relay-compiler", str(tmp_path / "relay" / "relay.config.json"), cwd=tmp_path / "relay")
    assert len(node("relay.js")) == 2
