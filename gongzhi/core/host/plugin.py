"""A plugin: how it is found, what it contributes, and whether it is at work."""

from collections.abc import Callable, Collection, Iterator, Sequence
from enum import StrEnum
from importlib.metadata import entry_points
from typing import Any

import msgspec
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from gongzhi.core import hooks
from gongzhi.core.catalogue.lists import CORE_LISTS, ListRegistry, ListSpec
from gongzhi.core.errors import Invalid
from gongzhi.core.figures.core import CORE_FIGURES
from gongzhi.core.figures.registry import FigureRegistry, FigureSource
from gongzhi.core.migrations import App, core_apps
from gongzhi.core.permissions import Contribution, Vocabulary, compile_policy, core_vocabulary
from gongzhi.core.permissions.store import shipped
from gongzhi.core.workflow import Gate, Workflow
from gongzhi.core.workflow.gates import by_name

GROUP = "gongzhi.plugins"
"""The entry points under which installed packages name their plugins."""


class State(StrEnum):
    """Whether a plugin is at work."""

    on = "on"
    off = "off"
    failed = "failed"


class Status(msgspec.Struct, frozen=True):
    """One plugin with its state; `reason` says why it is not at work, and is empty for one that is."""

    id: str
    name: str
    name_en: str
    version: str
    source: str
    state: State
    reason: str = ""


class Candidate(msgspec.Struct, frozen=True):
    """A plugin that was found: `load` imports the object that implements the hooks."""

    id: str
    source: str
    load: Callable[[], object]


class Plugin(msgspec.Struct, frozen=True):
    """A plugin whose contributions were collected."""

    module: hooks.Module
    source: str
    app: App | None
    lists: tuple[ListSpec, ...]
    words: Contribution
    policy: hooks.DefaultPolicy | None
    workflows: tuple[Workflow[Any], ...]
    gates: tuple[Gate, ...]
    graphql: hooks.GraphQLPart
    handlers: tuple[hooks.EventHandler, ...]
    figures: tuple[FigureSource, ...]
    routes: tuple[Any, ...]


def installed() -> Iterator[Candidate]:
    """The plugins of installed packages, by the names of their entry points."""
    for found in sorted(entry_points(group=GROUP), key=lambda each: each.name):
        source = found.dist.name if found.dist is not None else "installed"
        yield Candidate(found.name, source, found.load)


def join(plugins: Sequence[Plugin]) -> bool:
    """Join what must not contradict itself.

    :raises Invalid: naming both sides where it does, or every problem of a policy file.
    """
    ListRegistry([*CORE_LISTS, *(spec for plugin in plugins for spec in plugin.lists)])
    FigureRegistry([*CORE_FIGURES, *(source for plugin in plugins for source in plugin.figures)])
    vocabulary = core_vocabulary([plugin.words for plugin in plugins])
    compile_policy(shipped({p.module.id: p.policy.rules for p in plugins if p.policy is not None}), vocabulary)
    _check_workflows(plugins, vocabulary)
    tables: dict[str, str] = {}
    for owner, app in [("core", app) for app in core_apps()] + [(p.module.id, p.app) for p in plugins if p.app]:
        for table in app.tables:
            name = table._meta.tablename
            if tables.setdefault(name, owner) != owner:
                raise Invalid(f"the table {name} is declared by {tables[name]} and by {owner}")
    return True


def _check_workflows(plugins: Sequence[Plugin], vocabulary: Vocabulary) -> None:
    owners: dict[str, str] = {}
    for plugin in plugins:
        for name in (*(workflow.name for workflow in plugin.workflows), *(gate.name for gate in plugin.gates)):
            if owners.setdefault(name, plugin.module.id) != plugin.module.id:
                raise Invalid(f"{name} is declared by {owners[name]} and by {plugin.module.id}")
        for workflow in plugin.workflows:
            resource = vocabulary.resources.get(workflow.name)
            if resource is None:
                raise Invalid(f"there is no resource {workflow.name} for its workflow; declare it in gongzhi_resources")
            for transition in workflow.transitions.values():
                if transition.permission not in resource.action_names:
                    raise Invalid(
                        f"{workflow.name} has no action {transition.permission}, which {transition.name} needs"
                    )
    by_name(gate for plugin in plugins for gate in plugin.gates)


def missing_gates(plugin: Plugin, provided: Collection[str]) -> list[str]:
    """The gates that a plugin's transitions require and nobody provides."""
    wanted = {gate for flow in plugin.workflows for step in flow.transitions.values() for gate in step.gates}
    return sorted(wanted - set(provided))


def suits(wanted: str, version: str) -> bool:
    """Whether a range of versions holds a version; Invalid when it is no range."""
    try:
        return SpecifierSet(wanted).contains(version, prereleases=True)
    except InvalidSpecifier as error:
        raise Invalid(f"{wanted!r} is no range of versions; write it like >=0.1,<1") from error
