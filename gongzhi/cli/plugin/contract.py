"""What a plugin must keep, one check each: from a subject to its problems."""

import ast
import importlib
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from piccolo.table import Table

from gongzhi import __version__
from gongzhi.core.db import connect
from gongzhi.core.errors import Problem
from gongzhi.core.host import Candidate, Host, Plugin, State, Status, prepare_tables
from gongzhi.core.permissions import load
from gongzhi.core.permissions.cases import run_cases
from gongzhi.graphql.access import CacheControl, Requires
from gongzhi.graphql.schema import build_for
from gongzhi.installation import builtin

SLOW_MS = 50.0
"""A plugin that adds more than this to a start is told so; it is no fault."""
_FREE = ("gongzhi.api", "gongzhi.testing", "gongzhi.__version__")


class Subject:
    """The plugin that is checked, in a host with the built-in ones. `notes` say what a check measured."""

    def __init__(self, candidate: Candidate) -> None:
        self.id = candidate.id
        self.notes: dict[str, str] = {}
        others = [each for each in builtin() if each.id != candidate.id]
        began = time.perf_counter()
        self.without = Host(others, __version__)
        between = time.perf_counter()
        self.host = Host([*others, candidate], __version__)
        self.cost = max(0.0, time.perf_counter() - between - (between - began))
        self._load = candidate.load

    @property
    def status(self) -> Status:
        """Whether it is at work; a check may have switched it off."""
        return next(each for each in self.host.statuses if each.id == self.id)

    @property
    def plugin(self) -> Plugin:
        """Its contributions, while it is at work."""
        return next(each for each in self.host.plugins if each.module.id == self.id)

    @property
    def package(self) -> str:
        """The package of the module that implements its hooks."""
        hooks = self._load()
        name = str(getattr(hooks, "__name__", type(hooks).__module__))
        return name.rpartition(".")[0] or name


def admitted(subject: Subject, _: Path) -> list[Problem]:
    """Imported, complete, meant for this host, and in nobody's way."""
    status = subject.status
    subject.notes["admitted"] = f"{status.name} {status.name_en} {status.version}".strip()
    return []


def names(subject: Subject, _: Path) -> list[Problem]:
    """Its resources are called by its id, so that no other plugin's can be."""
    remedy = f"call it {subject.id}.<noun>"
    wrong = [each.name for each in subject.plugin.words.resources if not each.name.startswith(f"{subject.id}.")]
    return [Problem(message=f"the resource {name} does not begin with {subject.id}", remedy=remedy) for name in wrong]


def schema(subject: Subject, _: Path) -> list[Problem]:
    """Its types fit, and each field is described and says who may read it."""
    build_for(subject.host)
    if subject.status.state is not State.on:
        return []
    return [problem for kind in _types_of(subject.package) for problem in _undeclared(kind)]


def start(subject: Subject, _: Path) -> list[Problem]:
    """What it adds to a start; no fault, but worth knowing."""
    began = time.perf_counter()
    build_for(subject.without)
    between = time.perf_counter()
    build_for(subject.host)
    schemas = max(0.0, time.perf_counter() - between - (between - began))
    cost = (subject.cost + schemas) * 1000
    slow = f", more than {SLOW_MS:.0f}: import what is heavy where it is used" if cost > SLOW_MS else ""
    subject.notes["start"] = f"adds {cost:.0f} ms{slow}"
    return []


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
    module = importlib.import_module(package)
    file = Path(str(module.__file__))
    root = file.parent
    found: list[Problem] = []
    for path in sorted(root.rglob("*.py")) if hasattr(module, "__path__") else [file]:
        if "migrations" in path.parts:
            continue
        for line, name in _imported(path):
            if _is_in(name, "gongzhi") and not any(_is_in(name, free) for free in (*_FREE, package)):
                where = str(path.relative_to(root.parent))
                found.append(Problem(message=f"it imports {name}", file=where, row=line, remedy="use gongzhi.api"))
    return found


def _is_in(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def _imported(path: Path) -> Iterator[tuple[int, str]]:
    """(line, dotted name) of each import, those from the package itself by relative names left out."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from ((node.lineno, f"{node.module}.{each.name}") for each in node.names)
        elif isinstance(node, ast.Import):
            yield from ((node.lineno, each.name) for each in node.names)


async def migrations(subject: Subject, folder: Path) -> list[Problem]:
    """On an empty database its migrations make the tables that it declares."""
    app = subject.plugin.app
    if app is None:
        return []
    async with connect(f"sqlite:///{folder / 'check.db'}") as database:
        await prepare_tables(database, subject.host, migrating=True)
        if subject.status.state is not State.on:
            return []
        remedy = f"write a migration: PICCOLO_CONF=<a piccolo_conf> piccolo migrations new {subject.id} --auto"
        return [
            Problem(message=message, remedy=remedy)
            for table in app.tables
            for message in _unlike(table, await database.execute(f'PRAGMA table_info("{table._meta.tablename}")'))
        ]


def _unlike(table: type[Table], rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """How the columns of a migrated table differ from those that are declared."""
    name = table._meta.tablename
    made, declared = {row["name"] for row in rows}, {column._meta.db_column_name for column in table._meta.columns}
    if not made:
        yield f"the table {name} is not made by a migration"
        return
    yield from (f"{name}.{column} is not made by a migration" for column in sorted(declared - made))
    yield from (f"{name}.{column} is not declared any more" for column in sorted(made - declared))


CHECKS: dict[str, Callable[[Subject, Path], Any]] = {
    "admitted": admitted,
    "names": names,
    "schema": schema,
    "policy": policy,
    "imports": imports,
    "migrations": migrations,
    "start": start,
}
"""Every check by its name, in the order in which they are tried."""
