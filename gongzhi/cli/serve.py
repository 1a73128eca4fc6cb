"""`gongzhi serve`: the server for production and for development on your own data."""

import os
import signal
import sys
from pathlib import Path

import click

from gongzhi.cli import listening
from gongzhi.cli.session import connection, run
from gongzhi.core.host import prepare_tables
from gongzhi.core.permissions import load
from gongzhi.core.settings import Settings
from gongzhi.installation import host_of, refuse_failures

APPLICATION = "gongzhi.app:create_app"


@click.command()
@click.option("--host", help="The address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), help="The port; 0 lets the system choose.")
@click.option("--workers", type=click.IntRange(1), help="How many processes serve requests.")
@click.option("--strict", is_flag=True, help="Do not start when a plugin fails, instead of serving without it.")
def serve(host: str | None, port: int | None, workers: int | None, strict: bool) -> None:
    """Serve the API with the settings in force.

    The options win over GONGZHI_HOST, GONGZHI_PORT, GONGZHI_WORKERS and GONGZHI_STRICT. Settings that are not safe are
    refused. SIGTERM and Ctrl-C let requests finish, at most ten seconds; a second Ctrl-C ends at once.
    """
    import uvicorn

    from gongzhi.cli.processes import Server, Workers

    # Every worker reads the settings for itself, so what the options say must stand where it looks.
    given = {
        "GONGZHI_HOST": host,
        "GONGZHI_PORT": port,
        "GONGZHI_WORKERS": workers,
        "GONGZHI_STRICT": "true" if strict else None,
    }
    os.environ.update({name: str(value) for name, value in given.items() if value is not None})
    settings = Settings.load()
    settings.require_safe()
    listener = listening.bind(settings.host, settings.port)
    try:
        run(check(settings))
        click.echo(f"Serving {listening.address(listener)}/graphql", err=True)
        server = Server(uvicorn.Config(APPLICATION, factory=True, **listening.options(settings)))
        if settings.workers > 1:
            Workers(server.config, sockets=[listener]).run()
        else:
            if not sys.stdin.isatty():  # a service manager's reload replaces workers; a single process has none
                signal.signal(signal.SIGHUP, signal.SIG_IGN)
            server.run(sockets=[listener])
    finally:
        listener.close()
    if not server.started and settings.workers == 1:
        raise click.ClickException("The server did not start; the log above says why.")


async def check(settings: Settings) -> None:
    """Find out here, once, what would stop every worker with a traceback. SQLite's tables are brought up to date.

    :raises Unavailable: the database does not answer, or its tables are not those that the code expects.
    :raises Invalid: the policy has problems.
    """
    host = host_of(settings)
    async with connection(settings) as database:
        await prepare_tables(database, host, migrating=database.dialect == "sqlite")
    refuse_failures(settings, host)
    directory = Path(settings.policies) if settings.policies is not None else None
    load(directory, host.vocabulary(), plugins=host.policies())
