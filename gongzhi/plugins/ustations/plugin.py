"""The hooks of the module; each returns something defined beside it."""

from collections.abc import Mapping
from typing import Any

from gongzhi.api import (
    DefaultPolicy,
    EventHandler,
    FigureSource,
    GraphQLPart,
    Module,
    Resource,
    Territory,
    TypeExtension,
    Workflow,
    hookimpl,
    packaged,
)

ID = "ustations"


@hookimpl
def gongzhi_module() -> Module:
    """Who it is."""
    return Module(id=ID, name="社区U站", name_en="U-stations and the Love Bank", version="0.1.0", host=">=0.1,<1")


@hookimpl
def gongzhi_tables() -> str:
    """Stations, volunteers, shifts, and the Love Bank."""
    return "gongzhi.plugins.ustations.piccolo_app"


@hookimpl
def gongzhi_resources() -> tuple[Resource, ...]:
    """Its vocabulary."""
    from gongzhi.plugins.ustations.resources import RESOURCES

    return RESOURCES


@hookimpl
def gongzhi_policy() -> DefaultPolicy:
    """Its grants, with the cases that try them."""
    return DefaultPolicy(packaged(__package__, "policy.csv"), packaged(__package__, "policy_cases.yaml"))


@hookimpl
def gongzhi_workflows() -> tuple[Workflow[Any], ...]:
    """Shifts, sign-ups and redemptions."""
    from gongzhi.plugins.ustations.workflow import WORKFLOWS

    return WORKFLOWS


@hookimpl
def gongzhi_graphql() -> GraphQLPart:
    """Its queries and mutations, and what it adds to places."""
    from gongzhi.plugins.ustations.mutations import MUTATIONS
    from gongzhi.plugins.ustations.queries import UStationQuery
    from gongzhi.plugins.ustations.schema import TerritoryUStations

    return GraphQLPart(
        queries=(UStationQuery,),
        mutations=MUTATIONS,
        extensions=(TypeExtension(Territory, TerritoryUStations),),
    )


@hookimpl
def gongzhi_figures() -> tuple[FigureSource, ...]:
    """F068 and F069."""
    from gongzhi.plugins.ustations.figures import FIGURES

    return FIGURES


@hookimpl
async def gongzhi_demo() -> Mapping[str, int]:
    """Invented stations, volunteers, shifts and rewards."""
    from gongzhi.plugins.ustations.demo import enter

    return await enter()


@hookimpl
def gongzhi_event() -> tuple[EventHandler, ...]:
    """Volunteers who are erased lose their names."""
    from gongzhi.plugins.ustations.erasure import erased

    return (EventHandler("actors.account.erase", erased),)
