"""`gongzhi policy check` and `test` on files that were edited wrongly: each mistake with its place and its remedy."""

import json
import re
from pathlib import Path

import pytest

from gongzhi.core.permissions import PolicyStore, core_vocabulary
from gongzhi.core.permissions.running import current
from tests.cli.conftest import Command

GOOD = "p, role:org.manager, /, catalogue.edition, read_draft, any, allow\n"
PLACED = re.compile(r"^\S+:\d+:\d+: .+ \(.+\)$")

WRONG = {
    "misspelt effect": (
        GOOD + "p, role:station.head, /, catalogue.offering, close, own, dney\n",
        "policies/local.csv:2:58: 'dney' is not an effect (did you mean deny?)",
    ),
    "byte order mark": (
        "\ufeff" + GOOD,
        "policies/local.csv:1:1: the file starts with a byte order mark "
        "(save the file as UTF-8 without BOM; stock Casbin would drop its first rule)",
    ),
    "full-width comma": (
        GOOD + "p, role:resident， /, catalogue.edition, read_draft, any, allow\n",
        "policies/local.csv:2:17: '，' does not separate columns (use the comma of ASCII: ',')",
    ),
    "unknown role": (
        "p, role:org.manger, /, catalogue.edition, read_draft, any, allow\n",
        "policies/local.csv:1:4: 'role:org.manger' is not a role (did you mean role:org.manager?)",
    ),
    "unknown resource": (
        "p, role:org.manager, /, catalogue.editon, read_draft, any, allow\n",
        "policies/local.csv:1:25: 'catalogue.editon' is not a resource (did you mean catalogue.edition?)",
    ),
    "unknown action": (
        "p, role:org.manager, /, catalogue.edition, read_drafts, any, allow\n",
        "policies/local.csv:1:44: catalogue.edition has no action 'read_drafts' (did you mean read_draft?)",
    ),
    "unknown relation": (
        "p, role:org.manager, /, catalogue.edition, read_draft, owm, allow\n",
        "policies/local.csv:1:56: catalogue.edition has no relation 'owm' (did you mean own?)",
    ),
    "malformed territory": (
        "p, role:org.manager, futian, catalogue.edition, read_draft, any, allow\n",
        "policies/local.csv:1:22: 'futian' is not a territory path "
        "(write it like /futian/nanyuan, or / for everywhere)",
    ),
    "a column too few": (
        "# by mistake\np, role:org.manager, /, catalogue.edition, read_draft, allow\n",
        "policies/local.csv:2:56: p takes 6 columns (subject, territory, resource, action, relation, effect), not 5 "
        "(write it like: p, role:committee.director, /futian, catalogue.offering, update, own, allow)",
    ),
    "duplicate": (
        GOOD + GOOD,
        "policies/local.csv:2:1: the same as local.csv:1 (remove one of them)",
    ),
    "role cycle": (
        "g, role:party.member, role:party.secretary, /\n",
        "policies/local.csv:1:1: a role cycle: "
        "role:party.secretary -> role:party.member -> role:party.secretary (remove one of its links)",
    ),
    "unreachable rule": (
        GOOD + "p, role:org.manager, /futian, catalogue.edition, read_draft, own, allow\n",
        "policies/local.csv:2:1: unreachable: local.csv:1 already says "
        "'p, role:org.manager, /, catalogue.edition, read_draft, any, allow' (remove one of them)",
    ),
}


@pytest.fixture
def policies(folder: Path) -> Path:
    (folder / "policies").mkdir()
    return folder / "policies"


def write(directory: Path, content: str) -> None:
    (directory / "local.csv").write_text(content, "utf-8")


@pytest.mark.parametrize("mistake", WRONG)
def test_each_mistake_is_placed_with_its_remedy(gongzhi: Command, policies: Path, mistake: str) -> None:
    content, line = WRONG[mistake]
    write(policies, content)
    result = gongzhi("policy", "check", "policies")
    assert (result.exit_code, result.stdout) == (1, line + "\n")
    assert PLACED.fullmatch(line)


@pytest.mark.parametrize("mistake", WRONG)
def test_the_mistakes_are_the_same_for_programs(gongzhi: Command, policies: Path, mistake: str) -> None:
    content, line = WRONG[mistake]
    write(policies, content)
    result = gongzhi("policy", "check", "policies", "--json")
    assert result.exit_code == 1
    (problem,) = json.loads(result.stdout)["problems"]
    assert f"{problem['file']}:{problem['row']}:{problem['column']}: {problem['message']} ({problem['remedy']})" == line


@pytest.mark.parametrize("mistake", WRONG)
def test_the_last_good_policy_goes_on_deciding(policies: Path, mistake: str) -> None:
    write(policies, GOOD)
    store = PolicyStore(core_vocabulary(), policies)
    good = store.load()
    write(policies, WRONG[mistake][0])
    assert not store.reload()
    assert store.snapshot is good is current()
    assert store.status.revision == good.revision
    assert len(store.status.problems) == 1
    assert [rule.text for rule in current().rules if rule.file == "local.csv"] == [GOOD.strip()]


def test_all_mistakes_are_told_at_once(gongzhi: Command, policies: Path) -> None:
    write(policies, "p, role:org.manger, /, catalogue.editon, read, any, alow\nq, x\n")
    (policies / "second.csv").write_text("g, account:li, role:auditr, /\n", "utf-8")
    result = gongzhi("policy", "check", "policies")
    assert result.exit_code == 1
    places = [":".join(line.split(":")[:3]) for line in result.stdout.splitlines()]
    assert places == [
        "policies/local.csv:1:4",
        "policies/local.csv:1:24",
        "policies/local.csv:1:53",
        "policies/local.csv:2:1",
        "policies/second.csv:1:16",
    ]


def test_territories_are_checked_where_there_is_a_database(
    gongzhi: Command, policies: Path, demo_sqlite: str, folder: Path
) -> None:
    write(policies, GOOD.replace(" /,", " /futian/nanyaun,"))
    unchecked = gongzhi("policy", "check", "policies")
    assert unchecked.exit_code == 0
    assert unchecked.stderr == "Territories are not checked: there is no database.\n"
    checked = gongzhi("policy", "check", "policies", "--database", demo_sqlite)
    line = "policies/local.csv:1:22: there is no territory '/futian/nanyaun' (did you mean /futian/nanyuan?)\n"
    assert (checked.exit_code, checked.stdout, checked.stderr) == (1, line, "")


@pytest.mark.parametrize(
    "command", [["check", "nowhere"], ["matrix", "--policies", "nowhere"], ["diff", "shipped", "nowhere"]]
)
def test_a_directory_that_is_not_there(gongzhi: Command, command: list[str]) -> None:
    result = gongzhi("policy", *command)
    assert result.exit_code == 1
    assert result.stdout == (
        "nowhere:1:1: the policy directory cannot be read: No such file or directory (let the service's user read it)\n"
    )


def test_the_configured_directory_is_used(gongzhi: Command, policies: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(policies, "oops\n")
    assert gongzhi("policy", "check").exit_code == 0
    monkeypatch.setenv("GONGZHI_POLICIES", "policies")
    result = gongzhi("policy", "check")
    assert result.exit_code == 1
    assert result.stdout.startswith("policies/local.csv:1:1: a line cannot start with 'oops'")


CASES = """at: 2026-03-02T09:00:00+08:00
principals:
  anonymous: {}
  manager: {posts: [{kind: org, position: manager, at: /futian, organization: center}]}
records:
  - name: the list
    resource: catalogue.edition
    at: /futian
    allow:
      everybody: [read, export]
      manager: [read_draft]
"""
BAD_CASES = {
    "      manager: [read_draft]": ("", 6, 5, "the list: manager read_draft: expected denied: You may read_draft"),
    "[read, export]": ("[read, export, edit]", 6, 5, "the list: anonymous edit: expected allowed: You may not edit"),
    "      manager:": ("      manger:", 11, 7, "the file declares no principal 'manger' (did you mean manager?)"),
    "    allow:": ("    allows:", 6, 5, "Object contains unknown field `allows`"),
    "[read_draft]": ("[read_draft", 12, 1, "not YAML: "),
    "+08:00": ("", 1, 1, "Expected `datetime` with a timezone component"),
    "catalogue.edition": ("catalogue.editions", 6, 5, "the list: - -: there is no resource catalogue.editions"),
}


@pytest.mark.parametrize("wrong", BAD_CASES)
def test_a_case_that_fails_or_cannot_be_read_is_placed(gongzhi: Command, policies: Path, wrong: str) -> None:
    replacement, row, column, message = BAD_CASES[wrong]
    write(policies, GOOD)
    (policies / "tests").mkdir()
    (policies / "tests" / "local.yaml").write_text(CASES, "utf-8")
    assert gongzhi("policy", "test", "policies").exit_code == 0
    (policies / "tests" / "local.yaml").write_text(CASES.replace(wrong, replacement), "utf-8")
    result = gongzhi("policy", "test", "policies")
    assert result.exit_code == 1
    assert result.stdout.startswith(f"policies/tests/local.yaml:{row}:{column}: {message}"), result.stdout
    assert gongzhi("policy", "test", "policies", "--json").exit_code == 1


def test_a_rule_that_no_case_tries_is_named(gongzhi: Command, policies: Path) -> None:
    untried = "p, role:station.head, /, catalogue.offering, close, own, deny"
    write(policies, f"{GOOD}{untried}\n")
    (policies / "tests").mkdir()
    (policies / "tests" / "local.yaml").write_text(CASES, "utf-8")
    result = gongzhi("policy", "test", "policies")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        f"local.csv:2: not covered by any case: {untried}",
        "1 record, 20 decisions, 0 failures; 1 of 2 rules covered.",
    ]
    assert gongzhi("policy", "test", "policies", "--min-coverage", "50").exit_code == 0
    assert gongzhi("policy", "test", "policies", "--min-coverage", "51").exit_code == 1


def test_without_cases_the_test_fails(gongzhi: Command, policies: Path) -> None:
    write(policies, GOOD)
    result = gongzhi("policy", "test", "policies")
    assert result.exit_code == 1
    assert result.stdout == "policies/tests: there are no cases (`gongzhi policy init` writes an example)\n"
