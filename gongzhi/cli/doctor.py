"""`gongzhi doctor`: what is wrong, what that means, what to do."""

from collections.abc import Awaitable, Callable

import click
import msgspec

from gongzhi.cli.policy.output import counted, echo_json
from gongzhi.cli.session import connection, exists, run
from gongzhi.core.db import Database
from gongzhi.core.db.address import parse
from gongzhi.core.doctor import place, records, store
from gongzhi.core.doctor.finding import Finding, Findings, Severity
from gongzhi.core.errors import GongzhiError, Invalid
from gongzhi.core.host import Host
from gongzhi.core.settings import Settings
from gongzhi.core.territory.known import KnownPlaces
from gongzhi.installation import host_of

Check = Callable[[], Awaitable[Findings]]


@click.command()
@click.option("--deep", is_flag=True, help="Also what takes long: every page, every line of the audit log and ledger.")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
def doctor(deep: bool, as_json: bool) -> None:
    """Check settings, database, policy, plugins and records.

    Each finding says what it means and what to do about it. Nothing is changed. The exit status is 1 if there is an
    error; warnings and notes leave it at 0.
    """
    found = examined(deep=deep)
    errors = sum(each.severity is Severity.error for each in found)
    if as_json:
        echo_json({"healthy": not errors, "findings": found})
    else:
        for each in found:
            click.echo(str(each))
        warnings = sum(each.severity is Severity.warning for each in found)
        click.echo(f"{counted(errors, 'error')}, {counted(warnings, 'warning')}")
    if errors:
        raise click.exceptions.Exit(1)


def examined(*, deep: bool) -> list[Finding]:
    """Every finding, as far as the checks get."""
    try:
        settings = msgspec.structs.replace(Settings.load(), strict=False)
        parse(settings.database)
    except Invalid as error:
        return [
            Finding(
                "settings", Severity.error, error.message, "correct them; `gongzhi settings` tells when all is good"
            )
        ]
    host = host_of(settings)
    found = [*place.settings_in_force(settings), *place.keys(settings), *place.plugins(host), *place.backups(settings)]
    return [*found, *run(_inside(settings, host, deep=deep))]


async def _inside(settings: Settings, host: Host, *, deep: bool) -> list[Finding]:
    """What needs the database; the policy is looked at with its places, or without them where it does not answer."""
    address = parse(settings.database)
    if not exists(settings.database):
        missing = Finding(
            "database", Severity.error, f"there is no {address.shown}", "run `gongzhi migrate`, or `restore`"
        )
        return [*place.policy(settings, host, None), missing]
    try:
        async with connection(settings) as database:
            return await _of(database, settings, host, deep=deep)
    except GongzhiError as error:
        remedy = "start it, or correct the setting `database`; `gongzhi restore` puts a backup in a damaged one's place"
        return [*place.policy(settings, host, None), Finding("database", Severity.error, error.message, remedy)]


async def _of(database: Database, settings: Settings, host: Host, *, deep: bool) -> list[Finding]:
    apps = host.apps()
    found = [*await _tried("database", lambda: store.answering(database))]
    state = await _tried("migrations", lambda: store.migrations(database, apps))
    found += state
    if any(each.severity is Severity.error for each in state):
        return [*found, *place.policy(settings, host, None)]
    database.bind(table for app in apps for table in app.tables)
    places = KnownPlaces()
    await places.refresh()
    found += place.policy(settings, host, places())
    for name, check in _records(database, deep=deep).items():
        found += await _tried(name, check)
    return found


def _records(database: Database, *, deep: bool) -> dict[str, Check]:
    checks: dict[str, Check] = {
        "clock": lambda: store.clocks(database),
        "audit": lambda: records.audit(deep=deep),
        "ledger": lambda: records.ledger(deep=deep),
        "events": records.events,
        "webhooks": records.webhooks,
        "keys kept": records.idempotency,
    }
    return {**checks, "damage": lambda: store.damage(database)} if deep else checks


async def _tried(name: str, check: Check) -> Findings:
    """What a check finds; that it could not be done is a finding."""
    try:
        return await check()
    except GongzhiError as error:
        return [
            Finding(name, Severity.error, f"this could not be checked: {error.message}", "see the other findings first")
        ]
