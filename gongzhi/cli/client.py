"""`gongzhi client`: applications that ask, and their keys."""

from datetime import timedelta

import click

from gongzhi.cli.session import run, say, settings_for
from gongzhi.cli.workplace import working
from gongzhi.core.clients import service
from gongzhi.core.clients.records import AddClient, ApiClient
from gongzhi.core.permissions import SYSTEM

database_option = click.option("--database", metavar="URL", help="By default the configured database.")


@click.group()
def client() -> None:
    """Register API clients and their keys.

    A client is an application that asks, with a rate and documents of its own.
    """


@client.command()
@click.argument("code")
@click.option("--name", required=True, help="What people call it.")
@click.option("--rate", type=click.IntRange(1), help="The cost that it may ask for in a minute; default: rate_client.")
@click.option("--own-documents", is_flag=True, help="It may send nothing but documents registered for it.")
@database_option
def add(code: str, name: str, rate: int | None, own_documents: bool, database: str | None) -> None:
    """Register a client and print its key, and nothing else, for `X-API-Key`.

    The key is shown this once; only its digest is kept.
    """
    command = AddClient(code=code, name=name, rate=rate, documents="own" if own_documents else "any")

    async def work() -> str:
        async with working(settings_for(database)) as (opened, _), opened.transaction():
            return (await service.add_client(SYSTEM, command))[1]

    click.echo(run(work()))
    say(f"{code} sends it as X-API-Key. It is not shown again; `gongzhi client rotate {code}` makes another.")


@client.command("list")
@database_option
def list_(database: str | None) -> None:
    """List the clients: code, whether it is active, rate, documents, name."""

    async def work() -> list[ApiClient]:
        async with working(settings_for(database)):
            return await service.clients(SYSTEM)

    for each in run(work()):
        state = "active" if each.active else "suspended"
        click.echo(f"{each.code}\t{state}\t{each.rate or 'default'}\t{each.documents}\t{each.name}")


@client.command()
@click.argument("code")
@click.option(
    "--keep-hours", type=click.IntRange(0, 24 * 31), default=24, show_default=True, help="For the former key."
)
@database_option
def rotate(code: str, keep_hours: int, database: str | None) -> None:
    """Give a client a new key and print it; the former one goes on for a while, unless --keep-hours is 0."""

    async def work() -> str:
        async with working(settings_for(database)) as (opened, _), opened.transaction():
            return await service.rotate(SYSTEM, code, timedelta(hours=keep_hours))

    click.echo(run(work()))
    say(f"The former key goes on for {keep_hours} hours." if keep_hours else "The former key is refused from now on.")


@client.command()
@click.argument("code")
@database_option
def suspend(code: str, database: str | None) -> None:
    """Refuse a client from now on: within a second in every worker, and on connections that are open."""
    _set(code, database, active=False)


@client.command()
@click.argument("code")
@database_option
def resume(code: str, database: str | None) -> None:
    """Let a suspended client ask again."""
    _set(code, database, active=True)


def _set(code: str, database: str | None, *, active: bool) -> None:
    async def work() -> None:
        async with working(settings_for(database)) as (opened, _), opened.transaction():
            await service.set_active(SYSTEM, code, active=active)

    run(work())
    say(f"{code} is {'active' if active else 'suspended'}.")
