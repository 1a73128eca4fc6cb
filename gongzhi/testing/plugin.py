"""The fixtures. Pytest imports them wherever gongzhi is installed, so nothing heavy is imported before it is used."""

import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, AbstractContextManager, ExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from gongzhi.core.db import Database
    from gongzhi.core.host import Host
    from gongzhi.core.permissions.cases import Report
    from gongzhi.testing.calling import Callers

Api = Callable[..., AbstractAsyncContextManager["Callers"]]
Templates = Callable[[str, tuple[str, ...]], str]
Copies = Callable[..., AbstractContextManager[str]]
Opening = Callable[..., AbstractAsyncContextManager["Database"]]
NO_SERVER = "no PostgreSQL answers at"
"""How the reason begins for which tests are skipped, or with CI set fail."""


def pytest_sessionfinish() -> None:
    """Drop the databases that tests had copies in."""
    if databases := sys.modules.get("gongzhi.testing.databases"):
        databases.drop_copies()


def chosen(*names: str) -> "Host":
    """A host with these plugins, built-in or installed, and no others; the tests fail with the reason if one does."""
    from gongzhi import __version__
    from gongzhi.core.host import Host, installed
    from gongzhi.installation import builtin

    found = [candidate for candidate in (*builtin(), *installed()) if candidate.id in names]
    if missing := set(names) - {candidate.id for candidate in found}:
        pytest.fail(f"no plugin {', '.join(sorted(missing))} is installed; install the package with pip install -e .")
    return at_work(Host(found, __version__))


def at_work(host: "Host") -> "Host":
    """The host, when all of its plugins are at work."""
    if host.failures:
        pytest.fail("; ".join(f"plugin {status.id}: {status.reason}" for status in host.failures))
    return host


@asynccontextmanager
async def district(url: str, host: "Host") -> AsyncIterator["Database"]:
    """A database with the tables of the plugins and a small district; their policy decides within."""
    from gongzhi.core.db import connect
    from gongzhi.core.host import prepare_tables
    from gongzhi.core.permissions import load, pinned
    from gongzhi.core.workflow import running
    from gongzhi.data import calendar
    from gongzhi.testing import roles

    running.use(calendar())
    async with connect(url, pool_size=4) as database:
        await prepare_tables(database, host, migrating=False)
        at_work(host)
        with pinned(load(None, host.vocabulary(), plugins=host.policies())):
            async with database.transaction():
                await roles.enter()
            yield database


@pytest.fixture
def gongzhi_host() -> Callable[..., "Host"]:
    """From the ids of plugins to a host with them."""
    return chosen


@pytest.fixture(scope="session")
def gongzhi_templates(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Templates]:
    """From an engine and the ids of plugins to the address of a migrated database to copy; made once a session."""
    from gongzhi.testing import databases

    made: dict[tuple[str, tuple[str, ...]], str] = {}
    with ExitStack() as stack:

        def template(engine: str, names: tuple[str, ...]) -> str:
            if (engine, names) not in made:
                if engine == "sqlite":
                    url = f"sqlite:///{tmp_path_factory.mktemp('gongzhi') / 'template.db'}"
                else:
                    worker = f"{databases.worker_of(request.config)}_{len(made)}"
                    url = stack.enter_context(databases.postgresql(worker, migrate_it=False))
                databases.run(migrated(url, chosen(*names)))
                made[engine, names] = url
            return made[engine, names]

        yield template


async def migrated(url: str, host: "Host") -> None:
    """Make the tables of the core and of the plugins of a host."""
    from gongzhi.core.db import connect
    from gongzhi.core.host import prepare_tables

    async with connect(url, pool_size=1) as database:
        await prepare_tables(database, host, migrating=True)
    at_work(host)


@pytest.fixture(params=["sqlite", "postgresql"])
def gongzhi_copy(request: pytest.FixtureRequest, gongzhi_templates: Templates, tmp_path: Path) -> Copies:
    """From the ids of plugins to the address of a database with their tables and without rows; once on each engine."""
    from gongzhi.testing import databases

    engine, worker = str(request.param), databases.worker_of(request.config)
    return lambda *names: databases.duplicate(gongzhi_templates(engine, names), f"{worker}_plugin", tmp_path)


@pytest.fixture
def gongzhi_database(gongzhi_copy: Copies) -> Opening:
    """From the ids of plugins to an open database with their tables, for tests that call use cases themselves.

    `async with gongzhi_database("shared_tools") as database, database.transaction(): ...`; the caller of a role is
    `await principal_for("org.manager")`, as `gongzhi.testing.roles` names them.
    """

    @asynccontextmanager
    async def opened(*names: str) -> AsyncIterator["Database"]:
        with gongzhi_copy(*names) as url:
            async with district(url, chosen(*names)) as database:
                yield database

    return opened


@pytest.fixture
def gongzhi_api(gongzhi_copy: Copies) -> Api:
    """From the ids of plugins to a running API with them, over a small district; ask it as any role.

    `async with gongzhi_api("shared_tools") as api: await api.data("org.manager", "{ … }")`
    """

    @asynccontextmanager
    async def running(*names: str) -> AsyncIterator["Callers"]:
        from gongzhi.testing.calling import calling

        with gongzhi_copy(*names) as url:
            async with district(url, chosen(*names)):
                pass
            async with calling(url, chosen(*names)) as api:
                yield api

    return running


@pytest.fixture
def gongzhi_policy_cases() -> Callable[[str], "Report"]:
    """From a plugin's id to what its cases give: `failures` and `uncovered` are empty where all is well."""

    def run(name: str) -> "Report":
        import msgspec

        from gongzhi.core.permissions import load
        from gongzhi.core.permissions.cases import run_cases

        host = chosen(name)
        policy = load(None, host.vocabulary(), plugins=host.policies())
        report = run_cases({f"{name}/policy_cases.yaml": host.cases()[name]}, policy)
        own = tuple(rule for rule in report.uncovered if rule.file == f"{name}.csv")
        return msgspec.structs.replace(report, uncovered=own)

    return run


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly what did not run for want of a PostgreSQL server."""
    reasons = [str(report.longrepr) for report in terminalreporter.stats.get("skipped", [])]
    lacking = [reason[reason.index(NO_SERVER) :].rstrip(")'") for reason in reasons if NO_SERVER in reason]
    if lacking:
        terminalreporter.section("NOT TESTED ON POSTGRESQL", red=True)
        terminalreporter.line(f"{len(lacking)} tests did not run: {lacking[0]}.")
