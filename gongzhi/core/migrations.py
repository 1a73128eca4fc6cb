"""Brings a database's tables up to date with the code.

The migrations are Piccolo's, written by `piccolo migrations new core_territory --auto`. Piccolo's own runner prints,
puts folders on `sys.path`, and records a migration in another transaction than it runs it in; here the two are
committed together, so that a run that is killed at any point can simply be repeated, and two runs at once do no harm.
"""

import contextlib
import importlib
import io
import os
import pkgutil
from collections.abc import Awaitable, Callable, Iterator, Sequence
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from types import ModuleType

import msgspec
from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.apps.migrations.tables import Migration
from piccolo.conf.apps import AppConfig
from piccolo.table import Table

from gongzhi.core.db import Database, using
from gongzhi.core.errors import GongzhiError, Invalid, Unavailable

_PATIENCE = 30
"""Attempts for one migration while another process migrates, each as long as the database waits for a lock."""
_STATEMENT_TIMEOUT = 3600.0
"""Seconds for one statement of a migration: rewriting a large table takes long."""


class App(msgspec.Struct, frozen=True):
    """A folder of tables with the package of its migrations; `dependencies` are names of apps to migrate before it."""

    name: str
    tables: tuple[type[Table], ...]
    migrations_package: str
    dependencies: tuple[str, ...] = ()

    @classmethod
    def load(cls, module: str) -> "App":
        """From a `piccolo_app` module, whose migrations are the package `migrations` beside it."""
        config: AppConfig = importlib.import_module(module).APP_CONFIG
        return cls(
            name=config.app_name,
            tables=tuple(config.table_classes),
            migrations_package=f"{module.rpartition('.')[0]}.migrations",
            dependencies=tuple(
                importlib.import_module(other).APP_CONFIG.app_name for other in config.migration_dependencies
            ),
        )


def core_modules() -> list[str]:
    """The `piccolo_app` modules of the core, by name."""
    folders = sorted(path.parent.name for path in Path(__file__).parent.glob("*/piccolo_app.py"))
    return [f"gongzhi.core.{folder}.piccolo_app" for folder in folders]


def core_apps() -> list[App]:
    """Every folder of core that has tables, in the order of their names."""
    return [App.load(module) for module in core_modules()]


async def migrate(database: Database, apps: Sequence[App]) -> list[str]:
    """Apply what is missing, dependencies first, each migration in a transaction of its own.

    :returns: what this call applied, as `app/id`; what another process applied meanwhile is not among it.
    :raises Invalid: an app depends on one that is not there, or on itself.
    """
    ordered = _sorted(apps)
    applied: list[str] = []
    with _found_by_piccolo(database):
        if not await pending(database, apps):
            return applied
        await _create_record_table(database)
        for app in ordered:
            for identifier, module in _modules(app).items():
                if await database.run_in_transaction(
                    _step(database, app, identifier, module),
                    attempts=_PATIENCE,
                    isolation="read committed",
                    statement_timeout=_STATEMENT_TIMEOUT,
                ):
                    applied.append(f"{app.name}/{identifier}")
    return applied


async def pending(database: Database, apps: Sequence[App]) -> list[str]:
    """What `migrate` would apply, in its order, as `app/id`."""
    done = await _recorded(database)
    return [
        f"{app.name}/{identifier}"
        for app in _sorted(apps)
        for identifier in _modules(app)
        if (app.name, identifier) not in done
    ]


async def unknown(database: Database, apps: Sequence[App]) -> list[str]:
    """What was applied for these apps by a newer version of the code, as `app/id`."""
    code = {app.name: _modules(app) for app in apps}
    done = await _recorded(database)
    return sorted(f"{name}/{step}" for name, step in done if name in code and step not in code[name])


async def require_current(database: Database, apps: Sequence[App]) -> None:
    """Check that the tables are those that the code expects.

    :raises Unavailable: they are older or newer; the message says what to do.
    """
    newer = await unknown(database, apps)
    if newer:
        raise Unavailable(
            f"The database was migrated by a newer version ({', '.join(newer)}); install that version of gongzhi, "
            "or restore a backup from before.",
            details={"unknown": newer},
        )
    older = await pending(database, apps)
    if older:
        raise Unavailable(
            f"The database lacks {len(older)} migrations; run `gongzhi migrate`.", details={"pending": older}
        )


def _step(database: Database, app: App, identifier: str, module: ModuleType) -> Callable[[], Awaitable[bool]]:
    async def apply() -> bool:
        """Whether it was applied here; it is not if another process was first."""
        if database.dialect == "postgresql":
            # Before the first read, so that the read sees what the last holder of the lock committed.
            await database.execute("LOCK TABLE migration IN EXCLUSIVE MODE")
        if (app.name, identifier) in await _recorded(database):
            return False
        database.bind(_tables(module))
        outcome = await module.forwards()
        if isinstance(outcome, MigrationManager):
            with contextlib.redirect_stdout(io.StringIO()):
                await outcome.run()
        await Migration.insert(Migration(name=identifier, app_name=app.name))
        return True

    return apply


async def _create_record_table(database: Database) -> None:
    database.bind([Migration])
    try:
        await Migration.create_table(if_not_exists=True)
    except GongzhiError:
        # Another process creates it at this moment: PostgreSQL's IF NOT EXISTS looks before the other commits.
        if not await Migration.table_exists():
            raise


async def _recorded(database: Database) -> set[tuple[str, str]]:
    database.bind([Migration])
    if not await Migration.table_exists():
        return set()
    rows = await Migration.select(Migration.app_name, Migration.name)
    return {(row["app_name"], row["name"]) for row in rows}


def _modules(app: App) -> dict[str, ModuleType]:
    """The app's migrations by id, in the order of their ids, which begin with the time of writing."""
    package = importlib.import_module(app.migrations_package)
    modules = [
        importlib.import_module(f"{package.__name__}.{info.name}") for info in pkgutil.iter_modules(package.__path__)
    ]
    return dict(sorted((module.ID, module) for module in modules if hasattr(module, "ID")))


def _tables(module: ModuleType) -> list[type[Table]]:
    """The tables that a migration declares for its own use."""
    return [value for value in vars(module).values() if isinstance(value, type) and issubclass(value, Table)]


def _sorted(apps: Sequence[App]) -> list[App]:
    by_name = {app.name: app for app in apps}
    missing = sorted({name for app in apps for name in app.dependencies} - by_name.keys())
    if missing:
        raise Invalid(f"The migrations need apps that are not there: {', '.join(missing)}; install them.")
    graph = {app.name: set(app.dependencies) for app in sorted(apps, key=lambda app: app.name)}
    try:
        return [by_name[name] for name in TopologicalSorter(graph).static_order()]
    except CycleError as error:
        raise Invalid(f"These apps depend on each other in a circle: {' -> '.join(error.args[1])}.") from error


@contextlib.contextmanager
def _found_by_piccolo(database: Database) -> Iterator[None]:
    """Let Piccolo, which looks for its engine in the module that an environment variable names, find this one."""
    before = os.environ.get("PICCOLO_CONF")
    os.environ["PICCOLO_CONF"] = "gongzhi.piccolo_conf"
    try:
        with using(database):
            yield
    finally:
        if before is None:
            del os.environ["PICCOLO_CONF"]
        else:
            os.environ["PICCOLO_CONF"] = before
