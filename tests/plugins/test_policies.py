"""Every built-in module's policy, tried by its own cases: decisions and lists agree, and every rule has been used."""

import pytest

from gongzhi.core.permissions import load
from gongzhi.core.permissions.cases import run_cases
from gongzhi.installation import standard

MODULES = [plugin.module.id for plugin in standard().plugins]


def test_the_built_in_modules_are_at_work() -> None:
    host = standard()
    assert host.failures == []
    assert MODULES == ["foundations", "mediation", "ustations"]


@pytest.mark.parametrize("name", MODULES)
def test_a_module_grants_what_its_cases_say_and_nothing_else(name: str) -> None:
    host = standard()
    plugin = next(each for each in host.plugins if each.module.id == name)
    assert plugin.policy is not None
    policy = load(None, host.vocabulary(), plugins=host.policies())
    report = run_cases({f"{name}.yaml": plugin.policy.cases}, policy)
    assert report.failures == ()
    assert [str(rule) for rule in report.uncovered if rule.file == f"{name}.csv"] == []
    assert report.decisions > 0
