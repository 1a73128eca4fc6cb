"""To whom a request is addressed: one host, and one of ours where the setting `allowed_hosts` names them."""

from typing import Any

from gongzhi.core.errors import GongzhiError, Invalid
from gongzhi.core.settings import Settings
from gongzhi.edge.seen import seen
from gongzhi.edge.telling import tell

REFUSED = 4400
"""The code with which a WebSocket is refused."""


class Hosts:
    """An ASGI application around another one. Other names, and several at once, are answered with Invalid."""

    def __init__(self, app: Any, settings: Settings) -> None:
        self._app = app
        names = {name.lower() for name in settings.allowed_hosts}
        self._any = not names or "*" in names
        self._names = frozenset(name for name in names if not name.startswith("*."))
        self._ends = tuple(name[1:] for name in names if name.startswith("*."))

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Look at the request's Host, then let the other application answer."""
        if scope["type"] in ("http", "websocket"):
            found = [value for name, value in scope["headers"] if name == b"host"]
            if len(found) > 1:
                await _refuse(scope, send, Invalid("A request has one Host."))
                return
            if not self._any and not self._is_ours(found[0].decode("latin-1") if found else ""):
                await _refuse(scope, send, Invalid("This host is none of those that are served here."))
                return
        await self._app(scope, receive, send)

    def _is_ours(self, host: str) -> bool:
        name = host.lower()
        bare, colon, port = name.rpartition(":")
        if colon and port.isascii() and port.isdigit():
            name = bare
        return name in self._names or (bool(self._ends) and name.endswith(self._ends))


async def _refuse(scope: Any, send: Any, error: GongzhiError) -> None:
    seen().code = error.code
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": REFUSED, "reason": error.message})
        return
    await tell(send, error, 400)
