"""The hooks of the plugin; each returns something defined beside it."""

from typing import Any

from gongzhi.api import (
    DefaultPolicy,
    GraphQLPart,
    Module,
    Resource,
    Territory,
    TypeExtension,
    Workflow,
    hookimpl,
    packaged,
)


@hookimpl
def gongzhi_module() -> Module:
    """Who it is."""
    return Module(
        id="shared_tools",
        name="共享工具",
        name_en="Shared tools",
        version="0.1.0",
        host=">=0.1,<1",
    )


@hookimpl
def gongzhi_tables() -> str:
    """Tools and loans."""
    return "gongzhi_shared_tools.piccolo_app"


@hookimpl
def gongzhi_resources() -> tuple[Resource, ...]:
    """Its vocabulary."""
    from gongzhi_shared_tools.resources import RESOURCES

    return RESOURCES


@hookimpl
def gongzhi_policy() -> DefaultPolicy:
    """Its grants, with the cases that try them."""
    return DefaultPolicy(packaged(__package__, "policy.csv"), packaged(__package__, "policy_cases.yaml"))


@hookimpl
def gongzhi_workflows() -> tuple[Workflow[Any], ...]:
    """The life of a loan."""
    from gongzhi_shared_tools.workflow import LOAN

    return (LOAN,)


@hookimpl
def gongzhi_graphql() -> GraphQLPart:
    """Its queries and mutations, and what it adds to places."""
    from gongzhi_shared_tools.schema import (
        MUTATIONS,
        SharedToolsOfPlace,
        SharedToolsQuery,
    )

    return GraphQLPart(
        queries=(SharedToolsQuery,),
        mutations=MUTATIONS,
        extensions=(TypeExtension(Territory, SharedToolsOfPlace),),
    )
