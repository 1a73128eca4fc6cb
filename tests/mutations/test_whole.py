"""Every mutation of the schema is one transaction: rows, audit line and event, or nothing."""

from pathlib import Path

from gongzhi.graphql.schema import build_for
from gongzhi.testing.plugin import Copies, chosen, district
from tests.mutations import core_scenario, module_scenario, webhook_scenario
from tests.mutations.proving import proving

MODULES = ("foundations", "mediation", "ustations")


def every() -> set[str]:
    """The mutations of the core and of the built-in modules."""
    kind = build_for(chosen(*MODULES))._schema.mutation_type
    assert kind is not None
    return set(kind.fields)


async def test_each_leaves_its_rows_its_line_and_its_event_or_nothing(gongzhi_copy: Copies, tmp_path: Path) -> None:
    policies = tmp_path / "policies"
    policies.mkdir()
    with gongzhi_copy(*MODULES) as url:
        async with district(url, chosen(*MODULES)):
            pass
        async with proving(url, policies) as api:
            for scene in (*core_scenario.SCENES, *module_scenario.SCENES, *webhook_scenario.SCENES):
                await scene(api)
            assert api.proved == every()
