"""The plugin's part of the API."""

import strawberry
from gongzhi.api import (
    Info,
    Listing,
    Mutation,
    Needs,
    Node,
    TerritoryRecord,
    Within,
    connection,
    loaded,
    mutations_of,
    object_type,
    of_caller,
    record_type,
    stateful,
    viewer,
)

from gongzhi_shared_tools import service
from gongzhi_shared_tools.registers import LOANS, TOOLS
from gongzhi_shared_tools.resources import LOAN, TOOL
from gongzhi_shared_tools.workflow import LOAN as LOAN_WORKFLOW


@record_type(TOOLS)
class SharedTool(Node):
    """A tool that somebody shares (共享工具)."""

    path: str = viewer("The territory path.")
    name: str = viewer("Its name in Chinese.")
    name_en: str = viewer("Its name in English.")
    lent: bool = viewer("Whether somebody has it.")


@record_type(LOANS)
@stateful(LOAN_WORKFLOW)
class SharedToolLoan(Node):
    """Somebody asked for a tool."""

    reason: str = viewer("Why it was refused.")
    version: int = viewer("Counts its changes; a mutation names the one that its caller saw.")

    tool = viewer(
        "Which tool.",
        resolver=loaded(SharedTool | None, service.tools_by_ids, "tool"),
    )


@strawberry.type
class SharedToolsQuery:
    """Tools and loans."""

    @connection(
        "Tools, in the order in which they were shared.",
        SharedTool,
        Needs(TOOL.name, "read"),
    )
    def shared_tools(self, info: Info, within: Within = None) -> Listing:
        """Within scope."""
        return lambda page: service.tools(info.context.principal, within, page)

    @connection("Loans that you may see.", SharedToolLoan, Needs(LOAN.name, "read"))
    def shared_tool_loans(self, info: Info) -> Listing:
        """Within scope."""
        return lambda page: service.loans(info.context.principal, page)


@object_type()
class SharedToolsOfPlace:
    """What a place has of tools."""

    @connection("Tools there or below.", SharedTool, Needs(TOOL.name, "read"))
    def shared_tools(root: strawberry.Parent[TerritoryRecord], info: Info) -> Listing:
        """Within scope."""
        return lambda page: service.tools(info.context.principal, root.path, page)


MUTATIONS = (
    Mutation(
        "shareTool",
        service.ShareTool,
        TOOL.name,
        "share",
        of_caller(service.share),
        {"tool": SharedTool},
        "Share a tool.",
    ),
    Mutation(
        "askForTool",
        service.AskForTool,
        LOAN.name,
        "ask",
        of_caller(service.ask),
        {"loan": SharedToolLoan},
        "Ask for a tool.",
    ),
    *mutations_of(LOAN_WORKFLOW, SharedToolLoan),
)
