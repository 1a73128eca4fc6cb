"""The plugins of one process: admitted, ordered, collected, checked against each other, started and stopped."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import Any, TypeVar

import msgspec
import pluggy

from gongzhi.core import hooks
from gongzhi.core.catalogue.lists import CORE_LISTS, ListRegistry
from gongzhi.core.db import Database
from gongzhi.core.errors import GongzhiError, Invalid
from gongzhi.core.figures.core import CORE_FIGURES
from gongzhi.core.figures.registry import FigureRegistry
from gongzhi.core.host.plugin import Candidate, Plugin, State, Status, join, missing_gates, suits
from gongzhi.core.migrations import App, core_apps
from gongzhi.core.permissions import Contribution, Vocabulary, core_vocabulary
from gongzhi.core.workflow import Gate, Workflow
from gongzhi.core.workflow.gates import by_name

logger = logging.getLogger("gongzhi.host")
T = TypeVar("T")


class Host:
    """The plugins of one process."""

    def __init__(self, candidates: Iterable[Candidate], version: str, disabled: Iterable[str] = ()) -> None:
        self._manager = pluggy.PluginManager(hooks.PROJECT)
        self._manager.add_hookspecs(hooks.Contract)
        self._version = version
        self._statuses: dict[str, Status] = {}
        self._modules: dict[str, hooks.Module] = {}
        self._plugins: dict[str, Plugin] = {}
        self._started: list[str] = []
        self._collect(candidates, frozenset(disabled))

    @property
    def statuses(self) -> Sequence[Status]:
        """Every plugin that was found, by id."""
        return [self._statuses[name] for name in sorted(self._statuses)]

    @property
    def failures(self) -> Sequence[Status]:
        """Those that are not at work though nobody switched them off."""
        return [status for status in self.statuses if status.state is State.failed]

    @property
    def plugins(self) -> Sequence[Plugin]:
        """Those at work, required ones before those that require them."""
        return [plugin for name, plugin in self._plugins.items() if self._statuses[name].state is State.on]

    def fail(self, name: str, reason: str) -> None:
        """Switch a plugin off, and whatever requires it."""
        status = self._statuses[name]
        if status.state is not State.on:
            return
        self._statuses[name] = msgspec.structs.replace(status, state=State.failed, reason=reason)
        logger.error("plugin %s is switched off: %s", name, reason)
        for other, module in self._modules.items():
            if name in module.requires:
                self.fail(other, f"it requires {name}, which is switched off: {reason}")

    def _collect(self, candidates: Iterable[Candidate], disabled: frozenset[str]) -> None:
        loaded: dict[str, tuple[Candidate, hooks.Module]] = {}
        for candidate in sorted(candidates, key=lambda each: each.id):
            module = self._admit(candidate, disabled, loaded)
            if module is not None:
                loaded[candidate.id] = (candidate, module)
        for name in self._ordered({name: module for name, (_, module) in loaded.items()}):
            candidate, module = loaded[name]
            plugin = self._attempt(name, lambda c=candidate, m=module: self._contributions(c, m))  # type: ignore[misc]  # bound now
            if plugin is not None:
                self._plugins[name] = plugin
        self._check_conflicts()

    def _admit(
        self, candidate: Candidate, disabled: frozenset[str], loaded: Mapping[str, object]
    ) -> hooks.Module | None:
        """The plugin's module when it can be imported, is complete and is meant for this host."""
        blank = Status(candidate.id, candidate.id, candidate.id, "", candidate.source, State.on)
        if candidate.id in loaded:
            reason = f"{candidate.source} and {self._statuses[candidate.id].source} both bring a plugin {candidate.id}"
            self.fail(candidate.id, reason)
            return None
        if candidate.id in disabled:
            self._statuses[candidate.id] = msgspec.structs.replace(
                blank, state=State.off, reason="switched off by the setting plugins_disabled"
            )
            return None
        self._statuses[candidate.id] = blank
        return self._attempt(candidate.id, lambda: self._registered(candidate))

    def _registered(self, candidate: Candidate) -> hooks.Module:
        plugin = candidate.load()
        self._manager.register(plugin, candidate.id)
        try:
            self._manager.check_pending()
        except pluggy.PluginValidationError as error:
            self._manager.unregister(plugin)
            raise Invalid(f"{error}; the hooks are those of gongzhi.core.hooks") from error
        module = self._call(candidate.id, "gongzhi_module")
        if not isinstance(module, hooks.Module):
            raise Invalid("it does not implement gongzhi_module, which says who it is")
        self._statuses[candidate.id] = Status(
            candidate.id, module.name, module.name_en, module.version, candidate.source, State.on
        )
        if module.id != candidate.id:
            raise Invalid(f"it is found as {candidate.id} and calls itself {module.id}")
        if not suits(module.host, self._version):
            raise Invalid(f"it works with host {module.host}, and this is {self._version}; install a fitting version")
        self._modules[candidate.id] = module
        return module

    def _ordered(self, modules: Mapping[str, hooks.Module]) -> Iterable[str]:
        for name, module in modules.items():
            for needed in module.requires:
                if needed not in modules:
                    why = self._statuses[needed].reason if needed in self._statuses else "it is not installed"
                    self.fail(name, f"it requires {needed}: {why}")
        graph = {name: set(module.requires) & modules.keys() for name, module in modules.items()}
        try:
            order = list(TopologicalSorter(graph).static_order())
        except CycleError as error:
            circle = error.args[1]
            for name in dict.fromkeys(circle):
                self.fail(name, f"these require each other in a circle: {' -> '.join(circle)}")
            rest = {name: module for name, module in modules.items() if name not in circle}
            return self._ordered(rest) if rest else []
        return [name for name in order if self._statuses[name].state is State.on]

    def _contributions(self, candidate: Candidate, module: hooks.Module) -> Plugin:
        def given(hook: str, default: Any) -> Any:
            found = self._call(module.id, hook)
            return default if found is None else found

        tables = given("gongzhi_tables", None)
        return Plugin(
            module=module,
            source=candidate.source,
            app=App.load(tables) if tables else None,
            lists=tuple(msgspec.structs.replace(spec, declared_by=module.id) for spec in given("gongzhi_lists", ())),
            words=Contribution(module.id, tuple(given("gongzhi_resources", ())), tuple(given("gongzhi_roles", ()))),
            policy=given("gongzhi_policy", None),
            workflows=tuple(given("gongzhi_workflows", ())),
            gates=tuple(given("gongzhi_gates", ())),
            graphql=given("gongzhi_graphql", hooks.GraphQLPart()),
            handlers=tuple(given("gongzhi_event", ())),
            figures=tuple(
                msgspec.structs.replace(source, declared_by=module.id) for source in given("gongzhi_figures", ())
            ),
            routes=tuple(given("gongzhi_routes", ())),
        )

    def _call(self, name: str, hook: str, **arguments: Any) -> Any:
        """What one plugin answers to a hook; None when it does not implement it."""
        others = [plugin for other, plugin in self._manager.list_name_plugin() if other != name and plugin is not None]
        answers = self._manager.subset_hook_caller(hook, others)(**arguments)
        if isinstance(answers, list):
            return answers[0] if answers else None
        return answers

    def _attempt(self, name: str, work: Callable[[], T]) -> T | None:
        try:
            return work()
        except GongzhiError as error:
            self.fail(name, error.message)
        except Exception as error:  # a plugin may raise anything, and the host goes on without it
            logger.exception("plugin %s", name)
            self.fail(name, f"{type(error).__name__}: {error}")
        return None

    def _check_conflicts(self) -> None:
        """Switch off whoever claims a name that core or an earlier plugin has."""
        if not self._fit_together():
            self._sort_out()
        self._check_gates()

    def _fit_together(self) -> bool:
        try:
            return join(self.plugins)
        except Exception:  # noqa: BLE001  # whose fault it is, is found out next
            return False

    def _sort_out(self) -> None:
        accepted: list[Plugin] = []
        for plugin in self._plugins.values():
            if self._statuses[plugin.module.id].state is not State.on:
                continue
            trial = [*accepted, plugin]
            if self._attempt(plugin.module.id, lambda trial=trial: join(trial)) is not None:  # type: ignore[misc]  # bound now
                accepted.append(plugin)

    def _check_gates(self) -> None:
        """Switch off whoever requires a gate that nobody provides, until all that is left can be passed."""
        while lacking := {each.module.id: gone for each in self.plugins if (gone := missing_gates(each, self.gates()))}:
            for name, gates in lacking.items():
                self.fail(name, f"its workflows require {', '.join(gates)}, which no plugin at work provides")

    def lists(self) -> ListRegistry:
        """The core's lists and those of the plugins."""
        return ListRegistry([*CORE_LISTS, *(spec for plugin in self.plugins for spec in plugin.lists)])

    def vocabulary(self) -> Vocabulary:
        """The words of the core and of the plugins that policies may use."""
        return core_vocabulary([plugin.words for plugin in self.plugins])

    def policies(self) -> Mapping[str, bytes]:
        """The plugins' default grants, by id."""
        return {plugin.module.id: plugin.policy.rules for plugin in self.plugins if plugin.policy is not None}

    def cases(self) -> Mapping[str, bytes]:
        """The cases that try the plugins' default grants, by id."""
        given = {plugin.module.id: plugin.policy for plugin in self.plugins if plugin.policy is not None}
        return {name: policy.cases for name, policy in given.items() if policy.cases}

    def figures(self) -> FigureRegistry:
        """The core's figures and those of the plugins."""
        return FigureRegistry([*CORE_FIGURES, *(source for plugin in self.plugins for source in plugin.figures)])

    def workflows(self) -> Sequence[Workflow[Any]]:
        """The workflows of the plugins at work."""
        return [workflow for plugin in self.plugins for workflow in plugin.workflows]

    def gates(self) -> Mapping[str, Gate]:
        """The gates that the plugins at work provide, by name."""
        return by_name(gate for plugin in self.plugins for gate in plugin.gates)

    def commands(self, name: str) -> Mapping[str, Any]:
        """The click commands of a plugin at work, by name."""
        found = self._call(name, "gongzhi_commands") if self._statuses[name].state is State.on else None
        return {str(command.name): command for command in found or ()}

    async def demo(self, name: str) -> Mapping[str, int] | None:
        """Let a plugin enter its demo records, in the caller's transaction; None when it has none."""
        answer = self._call(name, "gongzhi_demo")
        return None if answer is None else dict(await answer)

    def apps(self) -> Sequence[App]:
        """The core's tables and those of the plugins."""
        return [*core_apps(), *(plugin.app for plugin in self.plugins if plugin.app is not None)]

    async def start(self, database: Database) -> None:
        """Start every plugin that is at work, in order; one that fails is switched off."""
        for plugin in self.plugins:
            name = plugin.module.id
            if self._statuses[name].state is State.on and await self._awaited(name, "gongzhi_start", database):
                self._started.append(name)

    async def stop(self, database: Database) -> None:
        """Stop what was started, the last first."""
        while self._started:
            await self._awaited(self._started.pop(), "gongzhi_stop", database)

    async def _awaited(self, name: str, hook: str, database: Database) -> bool:
        try:
            answer = self._call(name, hook, database=database)
            if answer is not None:
                await answer
        except Exception as error:  # a plugin may raise anything, and the host goes on without it
            logger.exception("plugin %s in %s", name, hook)
            self.fail(name, f"{hook} failed: {type(error).__name__}: {error}")
            return False
        return True
