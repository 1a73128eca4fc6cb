"""Tests of one group run in one process, so that what they share is made once and they do not disturb each other."""

import os

import pytest


@pytest.mark.xdist_group("tried")
def test_a_group_is_known_to_what_distributes_the_tests(request: pytest.FixtureRequest) -> None:
    if "PYTEST_XDIST_WORKER" not in os.environ or not request.config.option.loadgroup:
        return  # nothing is distributed, or by itself
    assert request.node.nodeid.endswith("@tried")
