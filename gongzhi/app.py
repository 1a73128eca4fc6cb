"""The only place that wires things together: from settings to a Litestar application."""

import contextlib
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from litestar import Litestar, Request, WebSocket, asgi
from litestar.config.cors import CORSConfig
from litestar.datastructures import State
from litestar.enums import ScopeType
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler
from litestar.types import Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from gongzhi.core import db
from gongzhi.core.catalogue.store import Catalogue
from gongzhi.core.clients.registry import Clients
from gongzhi.core.errors import GongzhiError
from gongzhi.core.events.tail import Tail
from gongzhi.core.host import Host, prepare_tables
from gongzhi.core.settings import Settings
from gongzhi.core.signin import TokenVerifier
from gongzhi.core.territory.known import KnownPlaces
from gongzhi.core.workflow import running
from gongzhi.data import calendar, figures
from gongzhi.edge.hosts import Hosts
from gongzhi.edge.rates import Rates
from gongzhi.edge.watch import Watch
from gongzhi.graphql.context import Services
from gongzhi.graphql.endpoint.answering import Answering
from gongzhi.graphql.endpoint.http import Endpoint
from gongzhi.graphql.endpoint.websocket import Connection
from gongzhi.graphql.schema import build_for
from gongzhi.installation import host_of, refuse_failures
from gongzhi.web import access, background, consoles, decisions, exports, following, pages, problems, watching
from gongzhi.web.addresses import with_plugins
from gongzhi.web.shortway import around

GARBAGE = 2_000
"""Objects after which garbage is looked for. Python's 700 are made more than once by a mutation, which then pays for
looking again and again; with many more the slowest requests wait longer."""


def create_app(settings: Settings | None = None, host: Host | None = None) -> Litestar:
    """The application of these settings, or of those of the environment, with the plugins of a host.

    Without one, it has the built-in plugins and those of installed packages.

    :raises Invalid: the settings or the policy are wrong, or not safe to start with.
    """
    settings = settings or Settings.load()
    settings.require_safe()
    running.use(calendar(settings.calendar))
    services = services_of(settings, host or host_of(settings))
    verifier = TokenVerifier(settings)
    answering = Answering(build_for(services.host)._schema, services, verifier)
    endpoint = Endpoint(answering)

    @asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncIterator[None]:
        async with contextlib.AsyncExitStack() as stack:
            stack.push_async_callback(watch.aclose)
            await stack.enter_async_context(services.database)
            await stack.enter_async_context(verifier)
            await prepare(services)
            stack.push_async_callback(services.host.stop, services.database)
            stack.push_async_callback(services.rates.aclose)
            await _start_plugins(services, answering)
            await stack.enter_async_context(following.changes(services))
            await stack.enter_async_context(background.inside(services))
            _freeze()
            yield

    metrics = watching.numbers(services, answering.cache)
    own = [*_own(services, verifier), *watching.handlers(settings, metrics)]
    app = Litestar(
        route_handlers=with_plugins([*_graphql(answering, endpoint), *own], services.host),
        lifespan=[lifespan],
        state=State({"answering": answering}),
        cors_config=CORSConfig(allow_origins=list(settings.cors_origins)) if settings.cors_origins else None,
        exception_handlers={GongzhiError: problems.coded, Exception: problems.other},
        openapi_config=None,
        logging_config=None,
        request_max_body_size=None,
    )
    inner = _proxied(around(app.asgi_handler, endpoint, settings), settings)
    watch = Watch(Hosts(inner, settings), settings, metrics)
    app.asgi_handler = watch  # around everything, refusals of Litestar's too
    return app


def _freeze() -> None:
    """Collect garbage now, and from now on only what requests make."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE)
    gc.enable()


def _proxied(app: Any, settings: Settings) -> Any:
    """X-Forwarded-For and -Proto are believed where they come from a proxy that is trusted, and nowhere else."""
    trusted = list(settings.trusted_proxies)
    return ProxyHeadersMiddleware(app, trusted_hosts=trusted) if trusted else app


def services_of(settings: Settings, host: Host) -> Services:
    """What a process of these settings holds, nothing of it open yet."""
    database = db.connect(
        settings.database,
        pool_size=settings.pool_size,
        pool_wait=settings.pool_wait_seconds,
        statement_timeout=settings.statement_timeout_seconds,
        replicas=settings.replicas,
        prepared=settings.prepared_statements,
    )
    places = KnownPlaces()
    return Services(
        settings=settings,
        database=database,
        catalogue=Catalogue(host.lists()),
        policy=following.policy_store(settings, host, places),
        places=places,
        figures=host.figures(),
        published_figures=figures(),
        host=host,
        clients=Clients(),
        tail=Tail(),
        rates=Rates(settings),
    )


def _graphql(answering: Answering, endpoint: Endpoint) -> list[BaseRouteHandler]:
    @asgi("/graphql", copy_scope=False)
    async def graphql(scope: Scope, receive: Receive, send: Send) -> None:
        """GraphQL over HTTP and WebSocket; a browser that only looks is shown the console."""
        if scope["type"] != ScopeType.HTTP:
            await Connection(answering, WebSocket(scope, receive, send)).serve()
        elif (console := consoles.console_for(scope)) is not None:
            request: Request[Any, Any, Any] = Request(scope, receive, send)
            await console.to_asgi_response(None, request)(scope, receive, send)
        else:
            await endpoint(scope, receive, send)

    @asgi("/graphql/d", is_mount=True, copy_scope=False)
    async def document(scope: Scope, receive: Receive, send: Send) -> None:
        """A registered query, by the SHA-256 of its document, which is the rest of the path."""
        await endpoint(scope, receive, send, scope["path"].strip("/"))

    return [graphql, document]


async def _start_plugins(services: Services, answering: Answering) -> None:
    """Start them; what one that fails has added to the schema leaves it.

    :raises Invalid: one has failed by now, and the setting `strict` says that this is too much.
    """
    working = len(services.host.plugins)
    await services.host.start(services.database)
    refuse_failures(services.settings, services.host)
    if len(services.host.plugins) < working:
        answering.use(build_for(services.host)._schema)


def _own(services: Services, verifier: TokenVerifier) -> list[HTTPRouteHandler]:
    return [
        *pages.handlers(services),
        *consoles.handlers(),
        *access.handlers(services),
        *exports.handlers(services),
        *decisions.handlers(services, verifier),
        *following.handlers(services),
    ]


async def prepare(services: Services) -> None:
    """Make what requests need: the tables (SQLite's are brought up to date here), the policy and the catalogue."""
    await prepare_tables(services.database, services.host, migrating=services.database.dialect == "sqlite")
    await services.places.refresh()
    services.policy.load()
    await services.database.run_in_transaction(services.catalogue.ensure_lists)  # other workers do the same now
    await services.catalogue.refresh()
    await services.clients.refresh()


__all__ = ["create_app", "prepare", "services_of"]
