"""Lists to download: `/lists/<slug>/export?format=csv|xlsx|yaml|cpsv-ap|hsds`, public as the lists are.

An edition never changes, so each file is written once and kept. Who offers the items where is not in them: it changes,
and makes the formats of other catalogues very large; `gongzhi catalogue export` writes it.
"""

from collections import OrderedDict
from datetime import date
from typing import Any

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from gongzhi.core.catalogue.exports import INTEROP, KINDS, Wanted, edition_of, export
from gongzhi.core.errors import Invalid
from gongzhi.core.permissions import ANONYMOUS, pinned
from gongzhi.graphql.context import Services

MEDIA_TYPES = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "yaml": "application/yaml",
    "cpsv-ap": "application/ld+json",
    "hsds": "application/json",
}
KEPT_BYTES = 5_000_000
ENDINGS = {"cpsv-ap": "jsonld", "hsds": "json"}


def handlers(services: Services) -> list[HTTPRouteHandler]:
    """The address of the downloads."""
    kept: OrderedDict[tuple[str, ...], bytes] = OrderedDict()

    async def written(wanted: Wanted, edition: str) -> bytes:
        key = (edition, wanted.kind, wanted.language, wanted.base_url if wanted.kind in INTEROP else "")
        if key not in kept:
            content = await export(ANONYMOUS, services.catalogue, wanted)
            kept[key] = content
            while sum(map(len, kept.values())) > KEPT_BYTES:
                kept.popitem(last=False)
            return content
        kept.move_to_end(key)
        return kept[key]

    @get("/lists/{slug:str}/export")
    async def download(request: Request[Any, Any, Any], slug: FromPath[str]) -> Response[bytes]:
        """A published edition as a file, named after the list, the edition's number and the format."""
        wanted = _wanted(slug, request)
        catalogue = services.catalogue
        with pinned():
            edition = edition_of(catalogue, wanted)
            content = await written(wanted, edition.id.hex)
        filename = f"{slug}-{edition.number}.{ENDINGS.get(wanted.kind, wanted.kind)}"
        headers = {
            "Content-Disposition": f'attachment; filename="{filename}"',
            "X-Content-Type-Options": "nosniff",
            "X-Gongzhi-Revision": str(catalogue.snapshot.revision),
        }
        return Response(content, media_type=MEDIA_TYPES[wanted.kind], headers=headers)

    return [download]


def _wanted(slug: str, request: Request[Any, Any, Any]) -> Wanted:
    sent = request.query_params
    kind, language = sent.get("format", "csv"), sent.get("language", "zh")
    if kind not in KINDS:
        raise Invalid.at("format", f"{kind[:40]!r} is no format", f"use one of {', '.join(KINDS)}")
    if language not in ("zh", "en"):
        raise Invalid.at("language", f"{language[:40]!r} is no language of the files", "use zh or en")
    return Wanted(
        slug=slug,
        kind=kind,
        edition=_number(sent.get("edition")),
        day=_day(sent.get("asOf")),
        language="en" if language == "en" else "zh",
        base_url=str(request.base_url).rstrip("/"),
        with_offerings=False,
    )


def _number(text: str | None) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 7):
        raise Invalid.at("edition", f"{text[:40]!r} is not the number of an edition", "write it like edition=2")
    return int(text)


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid.at("asOf", f"{text[:40]!r} is not a day", "write it like asOf=2015-12-31") from None
