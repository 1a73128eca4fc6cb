"""The socket that a server listens on and how uvicorn is run on it."""

import socket
from typing import Any

import click

from gongzhi.core.settings import Settings
from gongzhi.edge import connections, files, sockets
from gongzhi.edge.logs import configuration

SHUTDOWN_SECONDS = 7
"""How long what was accepted may take to finish once the server is asked to stop; with what closes then, within ten."""


def bind(host: str, port: int) -> socket.socket:
    """A socket bound before anything slow happens; port 0 lets the system choose.

    :raises click.ClickException: the address is taken, or is none of this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host.strip("[]"), port))
    except OSError as error:
        listener.close()
        raise click.ClickException(
            f"Cannot listen on {host} port {port}: {error.strerror or error}. Choose another with --port (or --host)."
        ) from error
    listener.set_inheritable(True)
    return listener


def address(listener: socket.socket) -> str:
    """The URL of a bound socket, without a slash at its end."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def options(settings: Settings) -> dict[str, Any]:
    """How uvicorn is to serve, for `uvicorn.Config`. From here on this process may have all files that it can."""
    files.allow_all()
    return {
        "loop": "uvloop",
        "http": connections.guarded(settings),
        "ws": sockets.guarded(settings),
        "ws_max_size": settings.body_limit_bytes,
        "ws_per_message_deflate": False,  # a kilobyte could hold a megabyte
        "workers": settings.workers,
        "log_config": configuration(settings),
        "access_log": False,
        "server_header": False,
        "proxy_headers": False,  # the application does it, whoever serves it
        "timeout_graceful_shutdown": SHUTDOWN_SECONDS,
    }


def serve_until_stopped(settings: Settings, listener: socket.socket) -> None:
    """Serve the application in this process until SIGTERM or Ctrl-C.

    :raises click.ClickException: it could not start.
    """
    import uvicorn

    from gongzhi.app import create_app
    from gongzhi.cli.processes import Server

    server = Server(uvicorn.Config(create_app(settings), **options(settings)))
    server.run(sockets=[listener])
    if not server.started:
        raise click.ClickException("The server did not start; the log above says why.")
