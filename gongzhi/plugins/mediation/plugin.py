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

ID = "mediation"


@hookimpl
def gongzhi_module() -> Module:
    """Who it is."""
    return Module(id=ID, name="矛盾调处", name_en="Dispute mediation and settlement", version="0.1.0", host=">=0.1,<1")


@hookimpl
def gongzhi_tables() -> str:
    """Cases, parties, advisers, duty hours and consultations."""
    return "gongzhi.plugins.mediation.piccolo_app"


@hookimpl
def gongzhi_resources() -> tuple[Resource, ...]:
    """Its vocabulary."""
    from gongzhi.plugins.mediation.resources import RESOURCES

    return RESOURCES


@hookimpl
def gongzhi_policy() -> DefaultPolicy:
    """Its grants, with the cases that try them."""
    return DefaultPolicy(packaged(__package__, "policy.csv"), packaged(__package__, "policy_cases.yaml"))


@hookimpl
def gongzhi_workflows() -> tuple[Workflow[Any], ...]:
    """The life of a case."""
    from gongzhi.plugins.mediation.workflow import CASE

    return (CASE,)


@hookimpl
def gongzhi_graphql() -> GraphQLPart:
    """Its queries and mutations, and what it adds to places."""
    from gongzhi.plugins.mediation.mutations import MUTATIONS
    from gongzhi.plugins.mediation.schema import MediationQuery, TerritoryMediation

    return GraphQLPart(
        queries=(MediationQuery,),
        mutations=MUTATIONS,
        extensions=(TypeExtension(Territory, TerritoryMediation),),
    )


@hookimpl
def gongzhi_figures() -> tuple[FigureSource, ...]:
    """F041 and F042."""
    from gongzhi.plugins.mediation.figures import FIGURES

    return FIGURES


@hookimpl
async def gongzhi_demo() -> Mapping[str, int]:
    """Invented cases, advisers and consultations."""
    from gongzhi.plugins.mediation.demo import enter

    return await enter()


@hookimpl
def gongzhi_event() -> tuple[EventHandler, ...]:
    """Parties and advisers who are erased lose their names."""
    from gongzhi.plugins.mediation.erasure import erased

    return (EventHandler("actors.account.erase", erased),)
