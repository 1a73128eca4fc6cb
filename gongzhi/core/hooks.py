"""The contract between the host and its plugins: every hook, and the values that hooks return.

A plugin *returns* things and never reaches into the host. The host collects what all plugins return, in the order of
their ids with dependencies first, checks it for conflicts and only then builds. A hook that a plugin does not implement
adds nothing; a function that is marked as an implementation and is no hook of this contract is an error.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

import msgspec
import pluggy

from gongzhi.core import clock
from gongzhi.core.catalogue.lists import ListSpec
from gongzhi.core.db import Database
from gongzhi.core.figures.registry import FigureSource
from gongzhi.core.permissions import Resource, Role
from gongzhi.core.workflow import Gate, Workflow

PROJECT = "gongzhi"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)
"""Marks a function, or a method, that answers the hook of its name."""


class Module(msgspec.Struct, frozen=True, kw_only=True):
    """Who a plugin is.

    `id` is a lower-case word, the name of its folder, tables and permissions. `host` is the range of host versions that
    it works with, as in `>=0.1,<1` (PEP 440); `requires` are the ids of plugins that must be there.
    """

    id: str
    name: str
    name_en: str
    version: str
    host: str = ""
    requires: tuple[str, ...] = ()


class DefaultPolicy(msgspec.Struct, frozen=True):
    """What a plugin grants by default: the contents of its `policy.csv`, and of `policy_cases.yaml`, which tries it."""

    rules: bytes
    cases: bytes = b""


class TypeExtension(msgspec.Struct, frozen=True):
    """Fields for a GraphQL type of core or of another plugin; `fields` is a class written like an object type."""

    target: type
    fields: type


class GraphQLPart(msgspec.Struct, frozen=True, kw_only=True):
    """What a plugin adds to the schema: classes of query fields, declared mutations, extensions, and further types.

    `types` are those that no field leads to, because only an interface does.
    """

    queries: tuple[type, ...] = ()
    mutations: tuple[Any, ...] = ()
    extensions: tuple[TypeExtension, ...] = ()
    types: tuple[type, ...] = ()


class HappenedEvent(msgspec.Struct, frozen=True, kw_only=True):
    """Something that was committed. `kind` is `<resource>.<action>`, `record` `<Type>:<id>`, `payload` its state.

    `id` is the same whenever the event is delivered: whoever keeps it beside an effect has the effect once.
    """

    id: str
    kind: str
    record: str
    path: str
    payload: Mapping[str, Any]
    at: datetime = msgspec.field(default_factory=clock.now)


Deliver = Callable[[HappenedEvent], Awaitable[None]]


class EventHandler(msgspec.Struct, frozen=True):
    """Called at least once for each event whose kind begins with `prefix`, so it must bear being called again.

    The events of one record come in their order, each after the one before it was delivered or given up. A call has
    thirty seconds. `name` tells apart several handlers of a plugin that have the same prefix; what waits for a handler
    waits under its name.
    """

    prefix: str
    deliver: Deliver
    name: str = ""


class Contract:
    """The hooks. Every one may be left out but `gongzhi_module`."""

    @hookspec(firstresult=True)
    def gongzhi_module(self) -> Module:
        """Say who this plugin is.

        Called first, once, when the host is built.

        :returns: its id, names, version, the host versions that it works with, and what it requires.
        Each plugin answers for itself.
        A failure, or a module that cannot be used, switches the plugin off with the reason.
        """

    @hookspec
    def gongzhi_tables(self) -> str:
        """Name the module that holds the plugin's Piccolo `APP_CONFIG`, with its migrations beside it.

        Called once, before the database is migrated.

        :returns: a dotted name, such as `gongzhi.plugins.mediation.piccolo_app`.
        The tables of all plugins are migrated after the core's, required plugins first.
        A failure switches the plugin off; what was migrated of it stays, and is used again when it works.
        """

    @hookspec
    def gongzhi_lists(self) -> tuple[ListSpec, ...]:
        """Declare lists, each with the struct of its items' attributes.

        Called once, when the host is built.

        :returns: one `ListSpec` for each list.
        All are entered beside the core's; a slug that is taken switches the plugin off and names both.
        """

    @hookspec
    def gongzhi_resources(self) -> tuple[Resource, ...]:
        """Declare the resources that policies may speak of: actions, relations and guarded fields.

        Called once, before the policy is loaded.

        :returns: resources named `<id>.<noun>`.
        All are joined to one vocabulary; a name that is taken switches the plugin off and names both.
        """

    @hookspec
    def gongzhi_roles(self) -> tuple[Role, ...]:
        """Declare roles that the plugin's policy and its administrators may name.

        Called once, before the policy is loaded.

        :returns: roles named with words and dots.
        All are joined to one vocabulary; a name that is taken switches the plugin off and names both.
        """

    @hookspec
    def gongzhi_policy(self) -> DefaultPolicy:
        """Give the default grants, and the cases that try them: what must be allowed, everything else being denied.

        Called once, before the policy is loaded.

        :returns: a policy file and a file of cases, in UTF-8.
        The rules are read as `<id>.csv` after the core's, and an administrator's file of that name replaces it.
        A file with problems switches the plugin off, and its problems are listed with line and column.
        """

    @hookspec
    def gongzhi_workflows(self) -> tuple[Workflow[Any], ...]:
        """Declare the workflows of the plugin's records.

        Called once, when the host is built.

        :returns: workflows over registers whose resources the plugin declares.
        Their deadlines are watched and their diagrams documented; the plugin adds the mutations that follow from them.
        A transition that needs an undeclared action, or a gate that no plugin provides, switches the plugin off.
        """

    @hookspec
    def gongzhi_gates(self) -> tuple[Gate, ...]:
        """Offer gates: what transitions of other plugins may require to have happened.

        Called once, when the host is built; their checks whenever such a transition is taken.

        :returns: gates named `<id>.<word>`.
        All are joined; a name that is taken switches the plugin off and names both.
        A check that fails refuses the transition.
        """

    @hookspec
    def gongzhi_graphql(self) -> GraphQLPart:
        """Add to the GraphQL schema.

        Called once, when the schema is built.

        :returns: query classes, mutations and extensions of types.
        All are merged into one schema; a field or type name that is taken switches the plugin off and names both.
        """

    @hookspec
    def gongzhi_event(self) -> tuple[EventHandler, ...]:
        """Say which events the plugin wants to hear of.

        Called once, when the host is built; the handlers are called after the commit, in any worker.

        :returns: handlers with the beginning of the kinds that they want.
        Every handler gets every event that it asked for, at least once and in the order of the record's events.
        A handler that fails is tried again later, twelve times in some hours, while later events of that record wait
        for it; then the event is parked. It stops neither other handlers, other records, nor the change itself.
        """

    @hookspec
    def gongzhi_figures(self) -> tuple[FigureSource, ...]:
        """Compute published figures from the plugin's records.

        Called once; the functions whenever somebody asks for the figures.

        :returns: sources with the keys that they compute.
        A key that another source computes switches the plugin off and names both.
        """

    @hookspec
    def gongzhi_routes(self) -> tuple[Any, ...]:
        """Add addresses beside GraphQL, for standards that are not GraphQL.

        Called once, when the application is built.

        :returns: Litestar route handlers.
        A path that is taken switches the plugin off and names both.
        """

    @hookspec
    def gongzhi_commands(self) -> tuple[Any, ...]:
        """Add commands for operators.

        Called when `gongzhi plugin run` looks for a command.

        :returns: click commands; `gongzhi plugin run <id> <command>` runs one.
        A failure is told to the operator who called it.
        """

    @hookspec
    async def gongzhi_demo(self) -> Mapping[str, int]:
        """Enter demo records, marked as synthetic, through the plugin's own use cases.

        Called once for a demo database, in a transaction of its own, after the demo of core.

        :returns: what was entered, and how many, for the operator to read.
        A failure leaves nothing of it behind, and is told; the demo goes on without it.
        """

    @hookspec
    async def gongzhi_start(self, database: Database) -> None:
        """Prepare what the plugin needs while it serves.

        Called once in each worker, after migrations, before requests are served.

        :param database: open, with all tables bound.
        A failure switches the plugin off with the reason; the rest serves.
        """

    @hookspec
    async def gongzhi_stop(self, database: Database) -> None:
        """Let go of what `gongzhi_start` took.

        Called once in each worker, after the last request, in the opposite order of starting.

        :param database: still open.
        A failure is logged.
        """
