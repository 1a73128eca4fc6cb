"""A way around Litestar for what nearly every request is: an operation that is sent to the endpoint by POST.

Routing, and the layers that routes may have, take as long as answering from memory does.
"""

from typing import Any

from gongzhi.core.settings import Settings
from gongzhi.edge.telling import tell
from gongzhi.graphql.endpoint.http import Endpoint
from gongzhi.graphql.errors import defect

PATH = "/graphql"


class ShortWay:
    """An ASGI application around another one, which answers everything else."""

    def __init__(self, app: Any, endpoint: Endpoint) -> None:
        self._app = app
        self._endpoint = endpoint

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer an operation, or let the other application answer."""
        if scope["type"] != "http" or scope["path"] != PATH or scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        try:
            await self._endpoint(scope, receive, send)
        except Exception as error:  # noqa: BLE001  # a defect: it is logged with a reference, which is told
            await tell(send, defect(error))


def around(app: Any, endpoint: Endpoint, settings: Settings) -> Any:
    """The application with a short way, where no layer of Litestar's has to see each request, as that for CORS has."""
    return app if settings.cors_origins else ShortWay(app, endpoint)
