"""The plugin's policy, tried by its own cases: decisions and lists agree, and every rule has been used."""

from typing import Any


def test_the_cases_hold_and_try_every_rule(gongzhi_policy_cases: Any) -> None:
    report = gongzhi_policy_cases("shared_tools")
    assert report.failures == ()
    assert report.uncovered == ()
