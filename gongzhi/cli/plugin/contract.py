"""What a plugin must keep, one check each: from a subject to its problems."""

import ast
import importlib
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from gongzhi import __version__
from gongzhi.core.db import connect
from gongzhi.core.errors import Problem
from gongzhi.core.host import Candidate, Host, Plugin, State, prepare_tables
from gongzhi.core.permissions import load
from gongzhi.core.permissions.cases import run_cases
from gongzhi.graphql.access import CacheControl, Requires
from gongzhi.graphql.schema import build_for
from gongzhi.installation import builtin

SLOW_MS = 50.0
"""A plugin that adds more than this to a start is named; it is no fault."""
_FREE = ("gongzhi.api", "gongzhi.testing")


class Subject:
    """The plugin that is checked, in a host with the built-in ones. `notes` say what a check measured."""

    def __init__(self, candidate: Candidate) -> None:
        self.id = candidate.id
        self.notes: dict[str, str] = {}
        others = [each for each in builtin() if each.id != candidate.id]
        self.host = Host([*others, candidate], __version__)
        self._load = candidate.load

    @property
    def plugin(self) -> Plugin:
        """Its contributions; there are some once it was admitted."""
        return next(each for each in self.host.plugins if each.module.id == self.id)

    @property
    def package(self) -> str:
        """The package of the module that implements its hooks."""
        hooks = self._load()
        name = str(getattr(hooks, "__name__", type(hooks).__module__))
        return name.rpartition(".")[0] or name


def admitted(subject: Subject, _: Path) -> list[Problem]:
    """Imported, complete, meant for this host, and in nobody's way."""
    status = next(each for each in subject.host.statuses if each.id == subject.id)
    subject.notes["admitted"] = f"{status.name} {status.name_en} {status.version}".strip()
    return [] if status.state is State.on else [Problem(message=status.reason)]


def schema(subject: Subject, _: Path) -> list[Problem]:
    """Its types fit, and each field is described and says who may read it."""
    before = time.perf_counter()
    build_for(subject.host)
    subject.notes["schema"] = f"{(time.perf_counter() - before) * 1000:.0f} ms with the built-in plugins"
    if subject.id not in {each.module.id for each in subject.host.plugins}:
        status = next(each for each in subject.host.statuses if each.id == subject.id)
        return [Problem(message=status.reason)]
    return [problem for kind in _types_of(subject.package) for problem in _undeclared(kind)]


def _types_of(package: str) -> Iterator[Any]:
    """The object types and interfaces that the modules of a package declare."""
    for name, module in sorted(sys.modules.items()):
        if name == package or name.startswith(f"{package}."):
            for kind in vars(module).values():
                definition = vars(kind).get("__strawberry_definition__") if isinstance(kind, type) else None
                if definition is not None and kind.__module__ == name and not getattr(definition, "is_input", True):
                    yield kind


def _undeclared(kind: Any) -> Iterator[Problem]:
    for field in kind.__strawberry_definition__.fields:
        place = f"{kind.__name__}.{field.python_name}"
        if not field.description:
            yield Problem(message="it has no description", field=place, remedy="say what it is")
        if not any(isinstance(each, CacheControl | Requires) for each in field.directives):
            remedy = "declare it by public, viewer, private, field, guarded or connection"
            yield Problem(message="it does not say who may read it", field=place, remedy=remedy)


def policy(subject: Subject, _: Path) -> list[Problem]:
    """Its cases hold, and try every rule."""
    given = subject.plugin.policy
    if given is None:
        missing = Problem(message="it grants nothing", remedy="return a DefaultPolicy from gongzhi_policy")
        return [missing] if subject.plugin.words.resources else []
    if not given.cases:
        return [Problem(message="nothing tries its policy", remedy="give cases: see policy_cases.yaml of an example")]
    compiled = load(None, subject.host.vocabulary(), plugins=subject.host.policies())
    report = run_cases({f"{subject.id}/policy_cases.yaml": given.cases}, compiled)
    own = [rule for rule in report.uncovered if rule.file == f"{subject.id}.csv"]
    subject.notes["policy"] = f"{report.decisions} decisions tried"
    failures = [Problem(message=str(failure)) for failure in report.failures]
    return failures + [Problem(message=f"no case tries {rule.text}", remedy="add one") for rule in own]


def imports(subject: Subject, _: Path) -> list[Problem]:
    """Of gongzhi it imports the API and nothing else: what is in there stays."""
    package = subject.package
    root = Path(str(importlib.import_module(package).__file__)).parent
    found: list[Problem] = []
    for path in sorted(root.rglob("*.py")):
        if "migrations" in path.parts:
            continue
        for line, name in _imported(path):
            if name.startswith("gongzhi.") and not name.startswith((*_FREE, f"{package}.", package)):
                where = str(path.relative_to(root.parent))
                found.append(Problem(message=f"it imports {name}", file=where, row=line, remedy="use gongzhi.api"))
    return found


def _imported(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.lineno, node.module
        elif isinstance(node, ast.Import):
            for each in node.names:
                yield node.lineno, each.name


async def migrations(subject: Subject, folder: Path) -> list[Problem]:
    """On an empty database its migrations make the tables that it declares."""
    app = subject.plugin.app
    if app is None:
        return []
    async with connect(f"sqlite:///{folder / 'check.db'}") as database:
        await prepare_tables(database, subject.host, migrating=True)
        status = next(each for each in subject.host.statuses if each.id == subject.id)
        if status.state is not State.on:
            return [Problem(message=status.reason)]
        found: list[Problem] = []
        for table in app.tables:
            rows = await database.execute(f'PRAGMA table_info("{table._meta.tablename}")')
            made, declared = {row["name"] for row in rows}, {each._meta.db_column_name for each in table._meta.columns}
            for column in sorted(made ^ declared):
                what = "is not made by a migration" if column in declared else "is not declared any more"
                place = f"{table._meta.tablename}.{column}"
                found.append(Problem(message=f"{place} {what}", remedy="write a migration"))
    return found


CHECKS: dict[str, Callable[[Subject, Path], Any]] = {
    "admitted": admitted,
    "schema": schema,
    "policy": policy,
    "imports": imports,
    "migrations": migrations,
}
"""Every check by its name, in the order in which they are tried."""
