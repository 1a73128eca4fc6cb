"""The runner of migrations, on both engines."""

import asyncio
import json
import re
import sys
from pathlib import Path

import pytest
from piccolo.apps.migrations.commands.new import AutoMigrationManager
from piccolo.apps.migrations.tables import Migration

from gongzhi.core.db import Database
from gongzhi.core.errors import Invalid, Unavailable
from gongzhi.core.migrations import App, core_apps, core_modules, migrate, pending, require_current, unknown
from gongzhi.piccolo_conf import APP_REGISTRY
from gongzhi.testing import databases
from tests.core.sample_apps import APPS, ITEMS, PLACES, STEPS
from tests.core.sample_apps.items.tables import Item
from tests.core.sample_apps.places.tables import Place

FAILING = """
from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from tests.core.sample_apps.places.tables import Place

ID = "{name}"

async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="failing", description="")

    async def run():
        await Place.raw("CREATE TABLE {name} (id INTEGER)")
        {last}

    manager.add_raw(run)
    return manager
"""


async def test_everything_is_applied_once_in_the_order_of_the_dependencies(empty_database: Database) -> None:
    assert await pending(empty_database, APPS) == STEPS
    assert await migrate(empty_database, APPS) == STEPS
    assert await pending(empty_database, APPS) == []
    assert await migrate(empty_database, APPS) == []
    empty_database.bind([Place, Item])
    place = await Place.objects().first()
    assert place is not None
    await Item.insert(Item(place=place))
    assert await Item.select(Item.place.name) == [{"place.name": "the first"}]


async def test_nothing_is_printed(empty_database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    await migrate(empty_database, APPS)
    assert capsys.readouterr() == ("", "")


async def test_a_migration_that_fails_leaves_nothing_and_those_before_it_stay(
    empty_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / f"failing_{empty_database.dialect}"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "one.py").write_text(FAILING.format(name="one", last="pass"))
    (package / "two.py").write_text(FAILING.format(name="two", last="1 / 0"))
    monkeypatch.syspath_prepend(tmp_path)
    app = App(name="failing", tables=(), migrations_package=package.name)
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            await migrate(empty_database, [app])
        assert await pending(empty_database, [app]) == ["failing/two"]
    await empty_database.execute("SELECT id FROM one")
    await empty_database.execute("CREATE TABLE two (id INTEGER)")


async def test_older_tables_are_refused_with_the_remedy(empty_database: Database) -> None:
    await migrate(empty_database, [PLACES])
    with pytest.raises(Unavailable, match="gongzhi migrate") as caught:
        await require_current(empty_database, APPS)
    assert caught.value.details == {"pending": STEPS[2:]}


async def test_newer_tables_are_refused_with_the_remedy(empty_database: Database) -> None:
    await migrate(empty_database, APPS)
    await require_current(empty_database, APPS)
    await Migration.insert(Migration(name="2999-01-01", app_name="sample_places"), Migration(name="1", app_name="gone"))
    assert await unknown(empty_database, APPS) == ["sample_places/2999-01-01"]
    with pytest.raises(Unavailable, match="newer version") as caught:
        await require_current(empty_database, APPS)
    assert caught.value.details == {"unknown": ["sample_places/2999-01-01"]}


async def test_a_dependency_that_is_missing_or_circular_is_invalid(empty_database: Database) -> None:
    with pytest.raises(Invalid, match="sample_places"):
        await migrate(empty_database, [ITEMS])
    circle = App(name="sample_places", tables=(), migrations_package="x", dependencies=("sample_items",))
    with pytest.raises(Invalid, match="circle"):
        await migrate(empty_database, [ITEMS, circle])


async def interrupted(mode: str, url: str, *more: str) -> list[str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.core.interrupted_migrations", mode, url, *more, stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate()
    assert process.returncode == 0
    return output.decode().splitlines()


async def test_a_run_that_is_killed_anywhere_can_be_repeated(empty_url: str) -> None:
    *_, last = await interrupted("kill", empty_url)
    kills, _ = last.split()
    assert int(kills) > 15


SCHEMAS = {
    "sqlite": "SELECT type, name, tbl_name, sql FROM sqlite_master",
    "postgresql": """
        SELECT 'column' AS kind, table_name, column_name,
            data_type || ' ' || coalesce(collation_name, '') || is_nullable
            || coalesce(' DEFAULT ' || column_default, '') AS said
        FROM information_schema.columns WHERE table_schema = 'public'
        UNION ALL SELECT 'index', tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
        UNION ALL SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace
        UNION ALL SELECT 'trigger', tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) FROM pg_trigger
        WHERE NOT tgisinternal
        UNION ALL SELECT 'function', proname, '', prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    """,
}


MADE_ID = re.compile(r"DEFAULT '[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}'")
"""An id as a default in a schema: piccolo calls `uuid7` once when it makes the table, so that each run has another."""


async def schema_of(database: Database) -> set[tuple[str, ...]]:
    """Every table, column, index, constraint, trigger and function; an id made for a default is any id."""
    rows = await database.execute(SCHEMAS[database.dialect])
    return {tuple(MADE_ID.sub("DEFAULT 'id'", str(value)) for value in row.values()) for row in rows}


async def test_our_own_migrations_killed_again_and_again_end_as_if_nothing_had_been(
    empty_url: str, request: pytest.FixtureRequest
) -> None:
    *_, last = await interrupted("every", empty_url, "45")  # every single statement: `every URL 1`, 1,322 kills
    assert int(last.split()[0]) >= 20
    undisturbed = request.getfixturevalue("migrated_postgresql" if empty_url.startswith("p") else "migrated_file")
    async with databases.opened(empty_url) as torn, databases.opened(address_of(undisturbed)) as whole:
        found, expected = await schema_of(torn), await schema_of(whole)
    assert len(expected) > 100
    assert found == expected


def address_of(template: str | Path) -> str:
    return template if isinstance(template, str) else f"sqlite:///{template}"


async def test_processes_that_migrate_at_once_share_the_work(empty_url: str) -> None:
    applied = [step for line in await interrupted("race", empty_url) for step in json.loads(line)]
    assert sorted(applied) == sorted(STEPS)


async def test_the_core_can_be_migrated_and_its_tables_read(database: Database) -> None:
    await require_current(database, core_apps())
    for app in core_apps():
        for table in app.tables:
            assert await table.select() == []


@pytest.mark.parametrize("module", core_modules())
async def test_the_migrations_of_the_core_are_complete(module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PICCOLO_CONF", "gongzhi.piccolo_conf")
    monkeypatch.setattr(sys, "path", [*sys.path])
    config = next(config for config in APP_REGISTRY.app_configs.values() if module == module_of(config.app_name))
    statements = await AutoMigrationManager(auto_input="n").get_alter_statements(config)
    changes = [line for group in statements for line in group.statements]
    assert changes == [], f"write the migration: piccolo migrations new {config.app_name} --auto"


def module_of(app: str) -> str:
    return f"gongzhi.core.{app.removeprefix('core_')}.piccolo_app"
