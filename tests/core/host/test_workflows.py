"""Workflows, gates and commands of plugins: joined by the host, or the plugin that contradicts the rest is off."""

from pathlib import Path
from typing import Any

import click

from gongzhi.core.db import Database
from gongzhi.core.hooks import DefaultPolicy
from gongzhi.core.host import prepare_tables
from gongzhi.core.workflow import Gate, Passage, Workflow
from tests.core.host.samples import host, plugin, reasons
from tests.core.workflow.loans import GRANTS, LOAN, LOANS, STATES, TRANSITIONS, WORKFLOW

LENDING = {"gongzhi_resources": (LOAN,), "gongzhi_policy": DefaultPolicy(GRANTS), "gongzhi_workflows": (WORKFLOW,)}


async def passed(record: str, path: str) -> Passage:
    return Passage(True)


REPORT = Gate("police.report", "报案", "Police report", passed)


def test_a_gate_of_one_plugin_opens_the_workflow_of_another() -> None:
    found = host(plugin("tools", LENDING), plugin("police", {"gongzhi_gates": (REPORT,)}))
    assert reasons(found) == {}
    assert list(found.gates()) == ["police.report"]
    assert [workflow.name for workflow in found.workflows()] == ["tools.loan"]


def test_a_workflow_whose_gate_nobody_provides_is_off_and_says_which() -> None:
    found = host(plugin("tools", LENDING), plugin("other"))
    assert reasons(found) == {"tools": "its workflows require police.report, which no plugin at work provides"}
    assert found.workflows() == []


def test_when_who_provides_a_gate_fails_who_requires_it_is_off_too() -> None:
    broken = {"gongzhi_gates": (REPORT,), "gongzhi_policy": DefaultPolicy(b"nonsense\n")}
    assert set(reasons(host(plugin("tools", LENDING), plugin("police", broken)))) == {"police", "tools"}


def test_two_plugins_with_one_gate_or_one_workflow_are_both_named() -> None:
    gates = host(plugin("a", {"gongzhi_gates": (REPORT,)}), plugin("b", {"gongzhi_gates": (REPORT,)}))
    assert reasons(gates) == {"b": "police.report is declared by a and by b"}
    police = plugin("police", {"gongzhi_gates": (REPORT,)})
    flows = host(plugin("a", LENDING), plugin("b", {"gongzhi_workflows": (WORKFLOW,)}), police)
    assert reasons(flows) == {"b": "tools.loan is declared by a and by b"}


def test_a_workflow_needs_its_resource_and_its_actions() -> None:
    police = plugin("police", {"gongzhi_gates": (REPORT,)})
    lacking = host(plugin("tools", {"gongzhi_workflows": (WORKFLOW,)}), police)
    assert "there is no resource tools.loan" in reasons(lacking)["tools"]
    renamed = tuple(type(each)(**{**_fields(each), "action": "fly"}) for each in TRANSITIONS)
    flow: Workflow[Any] = Workflow(LOANS, STATES, renamed, WORKFLOW.deadlines)
    flying = host(plugin("tools", {**LENDING, "gongzhi_workflows": (flow,)}), police)
    assert reasons(flying)["tools"] == "tools.loan has no action fly, which lend needs"


def _fields(transition: Any) -> dict[str, Any]:
    return {name: getattr(transition, name) for name in transition.__struct_fields__}


def test_commands_are_there_while_the_plugin_is_at_work() -> None:
    command = click.Command("count")
    found = host(plugin("tools", {"gongzhi_commands": (command,)}), plugin("other"))
    assert found.commands("tools") == {"count": command}
    assert found.commands("other") == {}
    found.fail("tools", "no reason")
    assert found.commands("tools") == {}


async def test_a_migration_that_raises_switches_its_plugin_off(
    database: Database, tmp_path: Path, monkeypatch: Any
) -> None:
    package = tmp_path / "raising"
    (package / "migrations").mkdir(parents=True)
    (package / "__init__.py").write_text("", "utf-8")
    (package / "migrations" / "__init__.py").write_text("", "utf-8")
    (package / "migrations" / "first.py").write_text(
        'ID = "2026-01-01T00:00:00:000000"\n\nasync def forwards():\n    raise RuntimeError("no disk today")\n', "utf-8"
    )
    (package / "piccolo_app.py").write_text(
        "from piccolo.conf.apps import AppConfig\n"
        'APP_CONFIG = AppConfig("raising", migrations_folder_path="", table_classes=[], migration_dependencies=[])\n',
        "utf-8",
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    found = host(plugin("raising", {"gongzhi_tables": "raising.piccolo_app"}), plugin("quiet"))
    assert reasons(found) == {}
    await prepare_tables(database, found, migrating=True)
    assert reasons(found) == {"raising": "its tables are not up to date: no disk today"}
    assert [each.module.id for each in found.plugins] == ["quiet"]
