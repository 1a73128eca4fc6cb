"""`gongzhi serve`, in a process of its own."""

import signal
import socket
from pathlib import Path

import pytest

from tests.cli.conftest import Command
from tests.cli.server import started


def test_it_serves_until_it_is_asked_to_stop(migrated_url: str, folder: Path) -> None:
    with started(folder, "serve", "--port", "0", environ={"GONGZHI_DATABASE": migrated_url}) as server:
        server.wait()
        assert server.ask("{ serviceLists { slug } }")["data"]["serviceLists"]
        assert server.stop() in (0, -signal.SIGTERM)
        assert "Traceback" not in server.output


def test_ctrl_c_is_no_error(folder: Path) -> None:
    with started(folder, "serve", "--port", "0") as server:
        server.wait()
        server.stop(signal.SIGINT)
        assert "Traceback" not in server.output


def test_sqlite_is_migrated_by_itself(folder: Path, gongzhi: Command) -> None:
    with started(folder, "serve", "--port", "0") as server:
        server.wait()
        server.stop()
    assert gongzhi("migrate", "--check").exit_code == 0


def test_postgresql_is_not(folder: Path, postgresql_url: str) -> None:
    with started(folder, "serve", "--port", "0", environ={"GONGZHI_DATABASE": postgresql_url}) as server:
        assert server.process.wait(timeout=30) == 1
        assert "run `gongzhi migrate`" in server.output
        assert "Traceback" not in server.output


def test_a_policy_with_problems_is_refused_with_their_places(
    gongzhi: Command, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "policies").mkdir()
    (folder / "policies/own.csv").write_text("p, role:nobody, /, catalogue.list, read, any, allow\n", "utf-8")
    monkeypatch.setenv("GONGZHI_POLICIES", "policies")
    result = gongzhi("serve", "--port", "0")
    assert result.exit_code == 1
    assert "own.csv:1" in result.stderr
    assert "Traceback" not in result.stderr


def test_an_unsafe_start_is_refused(gongzhi: Command, folder: Path) -> None:
    result = gongzhi("serve", "--host", "0.0.0.0", "--port", "0")
    assert result.exit_code == 1
    assert (
        "Refusing to start. issuer: only the development key signs tokens while listening on 0.0.0.0" in result.stderr
    )
    assert list(folder.iterdir()) == []


def test_a_port_that_is_taken_is_named_with_the_remedy(gongzhi: Command, folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = gongzhi("serve", "--port", str(port))
    assert result.exit_code == 1
    assert f"127.0.0.1 port {port}" in result.stderr
    assert "--port" in result.stderr
    assert list(folder.iterdir()) == []
