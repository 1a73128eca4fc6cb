"""`gongzhi webhook`: other systems that are told of events."""

from collections.abc import Awaitable, Callable
from typing import TypeVar
from uuid import UUID

import click

from gongzhi.cli.session import run, say, settings_for
from gongzhi.cli.workplace import working
from gongzhi.core.paging import MAX_SIZE, PageRequest
from gongzhi.core.permissions import SYSTEM
from gongzhi.core.settings import Settings
from gongzhi.core.webhooks import deliveries as sent
from gongzhi.core.webhooks import service
from gongzhi.core.webhooks.records import (
    CreateWebhook,
    DeliveryState,
    RemoveWebhook,
    ReplayWebhookDelivery,
    ResumeWebhook,
    RotateWebhookSecret,
    SuspendWebhook,
    Webhook,
    WebhookDelivery,
)

T = TypeVar("T")
database_option = click.option("--database", metavar="URL", help="By default the configured database.")


@click.group()
def webhook() -> None:
    """Register webhooks: other systems that are told of events.

    docs/webhooks.md says what they get, and how they check that it is genuine.
    """


@webhook.command()
@click.argument("code")
@click.option("--url", required=True, help="Where to send: https, and a public address.")
@click.option("--organization", required=True, metavar="CODE", help="In whose name.")
@click.option("--role", required=True, help="It is told of what this role of the organization may read.")
@click.option("--name", help="What people call it; by default its code.")
@click.option("--path", help="Only records here and below; by default where the organization is.")
@click.option("--kind", "kinds", multiple=True, help="Only kinds that begin so (catalogue.edition.); repeatable.")
@database_option
def add(
    code: str,
    url: str,
    organization: str,
    role: str,
    name: str | None,
    path: str | None,
    kinds: tuple[str, ...],
    database: str | None,
) -> None:
    """Register a webhook and print its secret, and nothing else.

    The secret is shown this once.
    """
    command = CreateWebhook(
        code=code, name=name or code, url=url, organization=organization, role=role, path=path, kinds=kinds
    )
    settings = settings_for(database)
    click.echo(_changed(settings, lambda: service.create(SYSTEM, settings, command))[1])
    say(f"{code} checks signatures with it. It is not shown again; `gongzhi webhook rotate {code}` makes another.")


@webhook.command("list")
@database_option
def list_(database: str | None) -> None:
    """List webhooks: code, state, waiting, parked, organization's role, path, kinds, address, why suspended."""

    async def work() -> list[tuple[Webhook, dict[str, int]]]:
        async with working(settings_for(database)):
            found: list[Webhook] = []
            after = None
            while True:
                page = await service.webhooks(SYSTEM, PageRequest(first=MAX_SIZE, after=after))
                found += page.rows
                if not page.has_next:
                    break
                after = page.cursors[-1]
            counted = await sent.counts(each.id for each in found)
            return [(each, counted[each.id]) for each in found]

    for each, counted in run(work()):
        state = "active" if each.active else "suspended"
        numbers = f"{counted['waiting']}\t{counted['parked']}"
        kinds = ",".join(each.kinds) or "-"
        click.echo(f"{each.code}\t{state}\t{numbers}\t{each.role}\t{each.path}\t{kinds}\t{each.url}\t{each.reason}")


@webhook.command()
@click.argument("code")
@click.option("--reason", default="", help="Why, for people.")
@database_option
def suspend(code: str, reason: str, database: str | None) -> None:
    """Send nothing more for now. What happens meanwhile is not sent later."""
    _step(code, database, lambda found: service.suspend(SYSTEM, SuspendWebhook(found.id, found.version, reason)))
    say(f"{code} is suspended.")


@webhook.command()
@click.argument("code")
@database_option
def resume(code: str, database: str | None) -> None:
    """Send again, what waits first."""
    _step(code, database, lambda found: service.resume(SYSTEM, ResumeWebhook(found.id, found.version)))
    say(f"{code} is active.")


@webhook.command()
@click.argument("code")
@click.option(
    "--keep-hours", type=click.IntRange(0, 24 * 31), default=24, show_default=True, help="For the former secret."
)
@database_option
def rotate(code: str, keep_hours: int, database: str | None) -> None:
    """Give a webhook a new secret and print it; for a while everything is signed with both."""
    settings = settings_for(database)
    (_, secret) = _step(
        code,
        database,
        lambda found: service.rotate(SYSTEM, settings, RotateWebhookSecret(found.id, found.version, keep_hours)),
    )
    click.echo(secret)
    say(f"The former secret signs too for {keep_hours} hours." if keep_hours else "The former secret signs no more.")


@webhook.command()
@click.argument("code")
@database_option
def remove(code: str, database: str | None) -> None:
    """Remove a webhook, with what waits for it and what is known of its deliveries."""
    _step(code, database, lambda found: service.remove(SYSTEM, RemoveWebhook(found.id, found.version)))
    say(f"{code} is removed.")


@webhook.command()
@click.argument("code")
@click.option("--state", type=click.Choice([each.value for each in DeliveryState]), help="`parked`: the dead letters.")
@click.option("--limit", type=click.IntRange(1, MAX_SIZE), default=20, show_default=True, help="The last so many.")
@database_option
def deliveries(code: str, state: str | None, limit: int, database: str | None) -> None:
    """List what was sent or failed: id, state, attempts, HTTP status, kind, record, why it failed."""
    wanted = DeliveryState(state) if state is not None else None

    async def work(found: Webhook) -> list[WebhookDelivery]:
        return [*(await sent.deliveries(SYSTEM, found.id, wanted, PageRequest(last=limit))).rows]

    for each in _step(code, database, work):
        numbers = f"{each.attempts}\t{each.status or '-'}"
        click.echo(f"{each.id}\t{each.state}\t{numbers}\t{each.kind}\t{each.record}\t{each.failure}")


@webhook.command()
@click.argument("code")
@click.argument("delivery", required=False, type=click.UUID)
@click.option("--all", "everything", is_flag=True, help="All that are parked.")
@database_option
def replay(code: str, delivery: UUID | None, everything: bool, database: str | None) -> None:
    """Send again one DELIVERY, or with --all every one that is parked. Receivers know it by the same id."""
    if (delivery is None) == (not everything):
        raise click.UsageError("name a delivery, or use --all")
    (_, count) = _step(code, database, lambda found: sent.replay(SYSTEM, ReplayWebhookDelivery(found.id, delivery)))
    say(f"{count} {'delivery is' if count == 1 else 'deliveries are'} sent again.")


def _step(code: str, database: str | None, use_case: Callable[[Webhook], Awaitable[T]]) -> T:
    """What is done to the webhook of a code, in a transaction."""

    async def work() -> T:
        return await use_case(await service.by_code(SYSTEM, code))

    return _changed(settings_for(database), work)


def _changed(settings: Settings, use_case: Callable[[], Awaitable[T]]) -> T:
    async def work() -> T:
        async with working(settings) as (opened, _), opened.transaction():
            return await use_case()

    return run(work())
