"""`gongzhi policy explain`, `who-can`, `what-can`, `status` and `watch`."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest

from tests.cli.conftest import Command

PLACE = "/futian/nanyuan/dongyuan"
OFFERING = "catalogue.offering"
MANAGERS = "p, role:org.staff, /, catalogue.offering, update, own, allow"
ADMINISTRATORS = "p, role:district.admin, /, catalogue.*, *, any, allow"


def rule_at(text: str) -> str:
    """Where core.csv has this rule."""
    lines = (files("gongzhi") / "policies" / "core.csv").read_text("utf-8").splitlines()
    return f"core.csv:{lines.index(text) + 1}"


@pytest.fixture
def demo(folder: Path, demo_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The demo's database, configured; once on each engine."""
    monkeypatch.setenv("GONGZHI_DATABASE", demo_url)
    return demo_url


def test_a_grant_is_explained(gongzhi: Command, demo: str) -> None:
    result = gongzhi("policy", "explain", "demo-org-manager", "update", OFFERING, PLACE, "--relation", "own")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0] == f"account:demo-org-manager may update {OFFERING} at {PLACE} (own)."
    assert lines[2:5] == [
        f"  rule        {rule_at(MANAGERS)}: {MANAGERS}",
        "  roles       role:org.manager -> role:org.staff",
        f"  membership  manager of dongyuan-centre 东园社区党群服务中心, at {PLACE}",
    ]


def test_the_record_of_an_organization_is_own_to_its_people_alone(gongzhi: Command, demo: str) -> None:
    asked = ["policy", "explain", "demo-org-manager", "update", OFFERING, PLACE, "--json", "--organization"]
    assert json.loads(gongzhi(*asked, "dongyuan-centre").stdout)["allowed"]
    other = json.loads(gongzhi(*asked, "dongyuan-station").stdout)
    assert not other["allowed"]
    assert other["nearest"] == ["allowed on own records", "allowed for role district.admin"]


def test_a_denial_names_what_would_have_been_enough(gongzhi: Command, demo: str) -> None:
    result = gongzhi("policy", "explain", "demo-resident", "read", "audit.entry", PLACE)
    assert result.exit_code == 0
    assert result.stdout.splitlines()[:3] == [
        f"account:demo-resident may not read audit.entry at {PLACE}.",
        "  No rule grants it.",
        "  It is allowed for role party.secretary.",
    ]


def test_a_rule_that_denies_is_named(gongzhi: Command, folder: Path, demo: str) -> None:
    gongzhi("policy", "init", "p")
    asked = ["policy", "explain", "demo-station-head", "close", OFFERING, PLACE, "--relation", "own", "--json"]
    assert json.loads(gongzhi(*asked).stdout)["allowed"]
    answer = json.loads(gongzhi(*asked, "--policies", "p").stdout)
    assert not answer["allowed"]
    assert [reason["rule"] for reason in answer["reasons"]] == ["local.csv:17"]


def test_whoever_has_not_signed_in_has_no_membership(gongzhi: Command, demo: str) -> None:
    (reason,) = json.loads(gongzhi("policy", "explain", "anonymous", "read", OFFERING, PLACE, "--json").stdout)[
        "reasons"
    ]
    assert reason["chain"] == ["role:public"]
    assert reason["membership"] == "none: everybody holds the role"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["raed", OFFERING, PLACE], "ACTION: there is no 'raed'. Did you mean read?"),
        (
            ["read", "catalogue.ofering", PLACE],
            "RESOURCE: there is no 'catalogue.ofering'. Did you mean catalogue.offering",
        ),
        (["read", OFFERING, PLACE + "x"], f"PATH: there is no '{PLACE}x'. Did you mean {PLACE}?"),
        (["read", OFFERING, "futian"], "PATH: path: 'futian' is not a territory path"),
        (["read", OFFERING, PLACE, "--relation", "mine"], "--relation: there is no 'mine'. Use one of any, own"),
    ],
)
def test_a_misspelt_question_is_not_answered(gongzhi: Command, demo: str, words: list[str], message: str) -> None:
    result = gongzhi("policy", "explain", "demo-resident", *words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in " ".join(result.stderr.split())


def test_an_account_that_is_not_there(gongzhi: Command, demo: str) -> None:
    result = gongzhi("policy", "explain", "nobody", "read", OFFERING, PLACE)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "there is no account 'nobody'" in result.stderr


def test_without_a_database_nobody_is_known(gongzhi: Command) -> None:
    result = gongzhi("policy", "explain", "demo-resident", "read", OFFERING, PLACE)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "run `gongzhi migrate` first" in result.stderr


def test_who_can(gongzhi: Command, demo: str) -> None:
    result = gongzhi("policy", "who-can", "publish", "catalogue.edition", PLACE)
    assert result.stdout.splitlines() == [
        f"Who may publish catalogue.edition at {PLACE}:",
        f"  role:district.admin  any  {rule_at(ADMINISTRATORS)}",
        "1 account may today: demo-district-admin.",
    ]
    own = json.loads(gongzhi("policy", "who-can", "close", OFFERING, PLACE, "--relation", "own", "--json").stdout)
    assert len(own["accounts"]) == 7
    assert "demo-org-manager" in own["accounts"]
    nobody = gongzhi("policy", "who-can", "close", OFFERING, PLACE, "--json").stdout
    assert json.loads(nobody)["accounts"] == ["demo-district-admin"]


def test_who_can_without_a_database_tells_the_roles(gongzhi: Command) -> None:
    result = gongzhi("policy", "who-can", "publish", "catalogue.edition", "/futian")
    assert result.stdout.splitlines()[1:] == [f"  role:district.admin  any  {rule_at(ADMINISTRATORS)}"]


def test_what_can(gongzhi: Command, demo: str) -> None:
    lines = gongzhi("policy", "what-can", "demo-org-manager", PLACE).stdout.splitlines()
    assert lines[0] == f"account:demo-org-manager at {PLACE} may:"
    assert "catalogue.offering read, create (own), update (own), close (own)" in [
        " ".join(each.split()) for each in lines
    ]
    elsewhere = gongzhi("policy", "what-can", "demo-org-manager", "/futian").stdout
    assert "catalogue.offering read" in [" ".join(each.split()) for each in elsewhere.splitlines()]
    assert json.loads(gongzhi("policy", "what-can", "anonymous", "/futian", "--json").stdout)["abilities"]


def test_status(gongzhi: Command, folder: Path) -> None:
    assert gongzhi("policy", "status").stdout.splitlines()[0] == "directory  none: the shipped policy holds"
    gongzhi("policy", "init", "p")
    good = json.loads(gongzhi("policy", "status", "--policies", "p", "--json").stdout)
    assert good["files"]["local.csv"] == 2
    assert good["problems"] == []
    with (folder / "p" / "local.csv").open("a") as file:
        file.write("x\n")
    result = gongzhi("policy", "status", "--policies", "p")
    assert result.exit_code == 1
    assert "refused    1 problem; a running server keeps the policy before" in result.stdout
    assert "p/local.csv:22:1: a line cannot start with 'x'" in result.stdout


def test_watch_needs_something_that_changes(gongzhi: Command) -> None:
    assert gongzhi("policy", "watch").exit_code == 2


@pytest.fixture
def watching(gongzhi: Command, folder: Path) -> Iterator[subprocess.Popen[str]]:
    assert gongzhi("policy", "init", "p").exit_code == 0
    command = [sys.executable, "-m", "gongzhi.cli", "policy", "watch", "p", "--json"]
    # A shell lets what it starts in the background ignore Ctrl-C, and it is inherited: these tests are often run so.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ)
    finally:
        signal.signal(signal.SIGINT, before)
    with process:
        yield process
        process.kill()


def test_watch_checks_every_change_until_it_is_interrupted(watching: subprocess.Popen[str], folder: Path) -> None:
    assert watching.stdout is not None
    assert watching.stderr is not None
    local = folder / "p" / "local.csv"
    first = json.loads(watching.stdout.readline())
    assert (first["problems"], first["failures"], first["decisions"]) == ([], [], 72)
    good = local.read_text("utf-8")
    local.write_text(good.replace("deny\n", "dney\n"), "utf-8")
    second = json.loads(watching.stdout.readline())
    assert [problem["row"] for problem in second["problems"]] == [17]
    assert second["revision"] is None
    local.write_text(good.replace("close, own, deny", "update, own, deny"), "utf-8")
    third = json.loads(watching.stdout.readline())
    assert len(third["failures"]) == 3
    watching.send_signal(signal.SIGINT)
    assert watching.wait(10) == 0
    assert watching.stderr.read() == ""
