"""`gongzhi worker`: background work in a process of its own."""

import asyncio
import contextlib
import gc
import logging.config
import signal

import click
import msgspec

from gongzhi.cli.session import run, say
from gongzhi.core.settings import Settings
from gongzhi.core.workflow import running
from gongzhi.data import calendar
from gongzhi.edge.logs import configuration
from gongzhi.installation import host_of, refuse_failures


@click.command()
@click.option("--strict", is_flag=True, help="Do not start when a plugin fails, instead of working without it.")
def worker(strict: bool) -> None:
    """Deliver events and webhooks, and meet deadlines, without serving.

    Any number of them may run, on any number of machines, beside `gongzhi serve` (with `background = false`, or not).
    SIGTERM and Ctrl-C let it finish what it has begun, within ten seconds; what it had claimed and not begun is given
    back.
    """
    settings = Settings.load()
    settings = msgspec.structs.replace(settings, strict=strict or settings.strict)
    settings.require_safe()
    logging.config.dictConfig(configuration(settings))
    run(_work(settings))


async def _work(settings: Settings) -> None:
    from gongzhi.app import prepare, services_of
    from gongzhi.web import background, following

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    running.use(calendar(settings.calendar))
    services = services_of(settings, host_of(settings))
    async with contextlib.AsyncExitStack() as stack:
        await stack.enter_async_context(services.database)
        await prepare(services)
        stack.push_async_callback(services.host.stop, services.database)
        stack.push_async_callback(services.rates.aclose)
        await services.host.start(services.database)
        refuse_failures(settings, services.host)
        await stack.enter_async_context(following.changes(services))
        await stack.enter_async_context(background.working(services))
        gc.collect()
        gc.enable()
        say(f"Working on {services.database.address.shown}.")
        await stop.wait()
    say("Stopped.")
