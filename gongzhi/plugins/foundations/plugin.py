"""The hooks of the module; each returns something defined beside it."""

from collections.abc import Mapping
from typing import Any

from gongzhi.api import (
    DefaultPolicy,
    FigureSource,
    GraphQLPart,
    Module,
    Organization,
    Resource,
    Territory,
    TypeExtension,
    Workflow,
    hookimpl,
    packaged,
)

ID = "foundations"


@hookimpl
def gongzhi_module() -> Module:
    """Who it is."""
    return Module(id=ID, name="社区基金会", name_en="Community foundations", version="0.1.0", host=">=0.1,<1")


@hookimpl
def gongzhi_tables() -> str:
    """Funds, donations, grants, signatures and instalments."""
    return "gongzhi.plugins.foundations.piccolo_app"


@hookimpl
def gongzhi_resources() -> tuple[Resource, ...]:
    """Its vocabulary."""
    from gongzhi.plugins.foundations.resources import RESOURCES

    return RESOURCES


@hookimpl
def gongzhi_policy() -> DefaultPolicy:
    """Its grants, with the cases that try them."""
    return DefaultPolicy(packaged(__package__, "policy.csv"), packaged(__package__, "policy_cases.yaml"))


@hookimpl
def gongzhi_workflows() -> tuple[Workflow[Any], ...]:
    """Donations and grants."""
    from gongzhi.plugins.foundations.workflow import WORKFLOWS

    return WORKFLOWS


@hookimpl
def gongzhi_graphql() -> GraphQLPart:
    """Its queries and mutations, and what it adds to places."""
    from gongzhi.plugins.foundations.mutations import MUTATIONS
    from gongzhi.plugins.foundations.queries import FoundationsQuery
    from gongzhi.plugins.foundations.schema import OrganizationFunds, TerritoryFunds

    return GraphQLPart(
        queries=(FoundationsQuery,),
        mutations=MUTATIONS,
        extensions=(TypeExtension(Territory, TerritoryFunds), TypeExtension(Organization, OrganizationFunds)),
    )


@hookimpl
def gongzhi_figures() -> tuple[FigureSource, ...]:
    """F067."""
    from gongzhi.plugins.foundations.figures import FIGURES

    return FIGURES


@hookimpl
async def gongzhi_demo() -> Mapping[str, int]:
    """Invented funds, gifts and grants."""
    from gongzhi.plugins.foundations.demo import enter

    return await enter()
