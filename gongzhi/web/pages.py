"""Pages to look at: the index, the SDL, and the example client."""

from collections.abc import Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.exceptions import NotFoundException
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from gongzhi.graphql.context import Services
from gongzhi.graphql.schema import build_for, sdl
from gongzhi.web import examples

STATIC = files("gongzhi.web") / "static"
TYPES = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".ttf": "font/ttf",
}


def content_policy(*, styles: str = "'self'", workers: str = "'self'", fonts: str = "'self'") -> str:
    """What a page may load: its own files, and nothing of anybody else."""
    return (
        f"default-src 'self'; script-src 'self'; style-src {styles}; img-src 'self' data:; "
        f"worker-src {workers}; font-src {fonts}; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


HEADERS = {
    "Content-Security-Policy": content_policy(),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}


def page(name: str) -> Response[bytes]:
    """A file of the folder `static`."""
    return file(STATIC, name)


def file(folder: Traversable, name: str, headers: Mapping[str, str] = HEADERS) -> Response[bytes]:
    """A file of a folder, by a name without any folder in it; NotFound for everything else."""
    kind = TYPES.get(name[name.rfind(".") :])
    found = folder / name
    if kind is None or "/" in name or name.startswith(".") or not found.is_file():
        raise NotFoundException
    return Response(found.read_bytes(), media_type=kind, headers=headers)


def handlers(services: Services) -> list[HTTPRouteHandler]:
    """The addresses of the pages."""
    texts: dict[tuple[str, ...], str] = {}

    @get("/", sync_to_thread=False)
    def index() -> Response[bytes]:
        """Where to look."""
        return page("index.html")

    @get("/static/{name:str}", sync_to_thread=False)
    def static(name: FromPath[str]) -> Response[bytes]:
        """What the pages load."""
        return page(name)

    @get("/schema.graphql", sync_to_thread=False)
    def schema() -> Response[str]:
        """The SDL."""
        modules = tuple(plugin.module.id for plugin in services.host.plugins)
        if modules not in texts:
            texts[modules] = sdl(build_for(services.host))
        return Response(texts[modules], media_type="text/plain", headers=HEADERS)

    return [index, static, schema, *_examples()]


def _examples() -> list[HTTPRouteHandler]:
    """The addresses of what ships for people who build front ends: operations, and a client to start from."""

    @get("/examples/operations.json", sync_to_thread=False)
    def operations() -> Response[bytes]:
        """Operations to start from, for the console and for whoever builds a front end."""
        body = msgspec.json.encode(examples.operations())
        return Response(body, media_type="application/json", headers=HEADERS)

    @get("/example", sync_to_thread=False)
    def example(request: Request[Any, Any, Any]) -> Response[bytes]:
        """The example client; its files are named relative to the folder, so the address ends with a slash."""
        if not request.scope["raw_path"].endswith(b"/"):
            return Response(b"", status_code=308, headers={"Location": "example/"})
        return file(examples.folder("client"), "index.html")

    @get("/example/{name:str}", sync_to_thread=False)
    def example_file(name: FromPath[str]) -> Response[bytes]:
        """What the example client loads."""
        return file(examples.folder("client"), name)

    return [operations, example, example_file]
