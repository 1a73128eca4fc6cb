"""The outermost layer of the application: gives each request an id, and tells logs, metrics and traces of its end."""

import asyncio
import logging
import re
import time
from typing import Any

from gongzhi.core.settings import Settings
from gongzhi.edge.metrics import Metrics
from gongzhi.edge.seen import Seen, new_id, watched
from gongzhi.edge.stopping import interrupted
from gongzhi.edge.telling import tell
from gongzhi.edge.tracing import Tracing

logger = logging.getLogger("gongzhi.requests")

GIVEN_ID = re.compile(rb"[A-Za-z0-9._:/+=@-]{1,64}")
"""What an id may look like that comes from outside: nothing that a log, a header or a page could take for more."""
LONGEST_PATH = 200
"""Characters of an address that a line of the log keeps."""
REQUEST_ID = b"x-request-id"
VARY_CORS = (b"vary", b"Origin")
"""What Litestar's CORS puts in the place of whatever an answer said of itself."""
VARY = "Accept, Authorization, X-API-Key, X-Acting-For"
"""The headers by which answers of the endpoint differ."""
VARY_WHOLE = (b"vary", f"{VARY}, Origin".encode())


class Watch:
    """An ASGI application around another one."""

    def __init__(self, app: Any, settings: Settings, metrics: Metrics) -> None:
        self._app = app
        self._settings = settings
        self._metrics = metrics
        self.tracing = Tracing(settings) if settings.tracing is not None else None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Watch a request; whatever is no request goes through."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        with watched(self._id(scope)) as seen:
            if scope["type"] == "websocket":
                with self._metrics.connections.track_inprogress():
                    await self._request(scope, receive, send, seen, {"status": 101})
            elif self.tracing is None:
                await self._request(scope, receive, send, seen, {})
            else:
                headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
                with self.tracing.request(scope["method"], scope["path"], headers, seen) as answered:
                    await self._request(scope, receive, send, seen, answered)

    async def _request(self, scope: Any, receive: Any, send: Any, seen: Seen, answered: dict[str, int]) -> None:
        started = time.perf_counter()

        async def told(message: Any) -> None:
            if message["type"] == "http.response.start":
                answered["status"] = message["status"]
                message["headers"] = self._headers(message["headers"], seen.request)
            await send(message)

        try:
            await self._app(scope, receive, told)
        except asyncio.CancelledError:
            if scope["type"] != "http" or "status" in answered:
                raise
            await tell(told, interrupted())  # the server cancels what is late; there is nobody further out
        finally:
            self._end(scope, seen, answered.get("status", 500), time.perf_counter() - started)

    def _headers(self, headers: Any, request: str) -> list[tuple[bytes, bytes]]:
        """Those of an answer with the id of its request, unless it has one: AuthZEN echoes the caller's."""
        told = list(headers)
        if self._settings.cors_origins:
            told = [VARY_WHOLE if each == VARY_CORS else each for each in told]
        if REQUEST_ID not in dict(told):
            told.append((REQUEST_ID, request.encode()))
        return told

    async def aclose(self) -> None:
        """Tell what was counted, and send the spans that are waiting."""
        self._metrics.tell()
        if self.tracing is not None:
            await asyncio.to_thread(self.tracing.flush)

    def _id(self, scope: Any) -> str:
        """The id that a trusted proxy gave the request, if it is one, else a new one."""
        if self._settings.trusted_proxies:
            for name, value in scope["headers"]:
                if name == REQUEST_ID and GIVEN_ID.fullmatch(value):
                    return str(value.decode("ascii"))
        return new_id()

    def _end(self, scope: Any, seen: Seen, status: int, seconds: float) -> None:
        if scope["type"] == "http":
            self._metrics.count(seen, status, seconds)
        wanted = self._settings.log_requests
        slow = scope["type"] == "http" and seen.kind != "subscription" and seconds >= self._settings.slow_seconds
        if wanted == "all" or (wanted == "slow" and (slow or status >= 500)):
            fields = {
                "method": scope.get("method", "WS"),
                "path": scope["path"][:LONGEST_PATH],
                "status": status,
                "ms": round(seconds * 1000, 1),
                "operation": seen.name,
                "kind": seen.kind,
                "document": seen.digest[:16],
                "cost": seen.cost,
                "account": seen.account,
                "client": seen.client,
                "code": seen.code,
            }
            told = {name: value for name, value in fields.items() if value not in ("", 0)}
            level = logging.WARNING if slow or status >= 500 else logging.INFO
            text = " ".join(f"{name}={value}" for name, value in told.items())
            logger.log(level, "%s", text, extra={"fields": told})
