"""The proof that compiled decisions are Casbin's: generated policies and requests, decided by both."""

from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.core.permissions.worlds import World

POLICIES = 210
REQUESTS = 100
SLOW = settings(max_examples=POLICIES, deadline=None, suppress_health_check=list(HealthCheck))


def compare(policy: Random, seed: int, *, foreign: bool) -> None:
    world = World(policy, foreign=foreign)
    random = Random(seed)
    for _ in range(REQUESTS):
        request = world.request(random)
        assert world.ours(request) == world.casbins(request), world.describe(request)


@SLOW
@given(st.randoms(use_true_random=False), st.integers(0, 2**32))
def test_every_decision_is_casbins(policy: Random, seed: int) -> None:
    compare(policy, seed, foreign=False)


@settings(SLOW, max_examples=40)
@given(st.randoms(use_true_random=False), st.integers(0, 2**32))
def test_every_decision_is_casbins_under_another_model(policy: Random, seed: int) -> None:
    compare(policy, seed, foreign=True)


def test_generated_requests_are_neither_all_allowed_nor_all_denied() -> None:
    """A comparison of constants would prove nothing."""
    random = Random(3)
    worlds = [World(random) for _ in range(100)]
    allowed = sum(world.casbins(world.request(random)) for world in worlds for _ in range(20))
    assert 300 < allowed < 1700
