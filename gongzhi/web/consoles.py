"""Where operations are tried: our own console, and GraphiQL where `make assets` has built it. Both need no internet."""

from importlib.resources import files
from typing import Any

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.types import HTTPScope

from gongzhi.graphql.endpoint.negotiation import prefers_html
from gongzhi.web.pages import HEADERS, content_policy, file, page

BUILT = files("gongzhi.web") / "graphiql"
MONACO = {
    **HEADERS,
    "Content-Security-Policy": content_policy(
        styles="'self' 'unsafe-inline'", workers="'self' blob:", fonts="'self' data:"
    ),
}
"""Its editor writes styles into the page."""
KEPT = {**MONACO, "Cache-Control": "public, max-age=31536000, immutable"}
"""The names of the files that a page loads carry their digests."""


def console_for(scope: HTTPScope) -> Response[bytes] | None:
    """A console, for a browser that opens the endpoint without an operation."""
    if scope["method"] != "GET":
        return None
    request: Request[Any, Any, Any] = Request(scope)
    if "query" not in request.query_params and prefers_html(request.headers.get("accept")):
        return _elsewhere("graphiql/") if _built() else page("console.html")
    return None


def handlers() -> list[HTTPRouteHandler]:
    """The addresses of both."""

    @get("/console", sync_to_thread=False)
    def console() -> Response[bytes]:
        """Our own."""
        return page("console.html")

    @get("/graphiql", sync_to_thread=False)
    def graphiql(request: Request[Any, Any, Any]) -> Response[bytes]:
        """GraphiQL, whose files are named relative to its folder, so that the address ends with a slash."""
        below = request.scope["raw_path"].endswith(b"/")
        if not _built():
            return _elsewhere("../console" if below else "console")
        return file(BUILT, "index.html", MONACO) if below else _elsewhere("graphiql/")

    @get("/graphiql/{name:str}", sync_to_thread=False)
    def graphiql_file(name: FromPath[str]) -> Response[bytes]:
        """What it loads."""
        return file(BUILT, name, MONACO if name == "index.html" else KEPT)

    return [console, graphiql, graphiql_file]


def _built() -> bool:
    return (BUILT / "index.html").is_file()


def _elsewhere(address: str) -> Response[bytes]:
    return Response(b"", status_code=307, headers={"Location": address})
