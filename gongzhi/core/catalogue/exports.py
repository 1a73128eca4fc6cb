"""Editions as files: our own formats, which can be imported again, and those of other catalogues."""

from asyncio import to_thread
from collections.abc import Callable
from datetime import date

import msgspec

from gongzhi.core.actors import organizations
from gongzhi.core.catalogue import offerings, reading
from gongzhi.core.catalogue.content import content_of
from gongzhi.core.catalogue.fileformat import Format
from gongzhi.core.catalogue.formats import write
from gongzhi.core.catalogue.interop import Sources, cpsv_ap, hsds
from gongzhi.core.catalogue.offerings import OfferingFilter
from gongzhi.core.catalogue.records import Edition, Offering
from gongzhi.core.catalogue.store import Catalogue, PublishedEdition
from gongzhi.core.errors import NotFound
from gongzhi.core.labels import Language
from gongzhi.core.paging import MAX_SIZE, PageRequest
from gongzhi.core.permissions import Principal, require
from gongzhi.core.territory import service as territory
from gongzhi.core.territory.path import ROOT

INTEROP: dict[str, Callable[[Sources], bytes]] = {"cpsv-ap": cpsv_ap.export, "hsds": hsds.export}
"""Formats of other catalogues: written with the places and organizations that offer the items, and not read back."""

KINDS = (*(kind.value for kind in Format), *INTEROP)


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which edition of a list, by number, by day, or the one in force; how it is to be written.

    `kind` is one of `KINDS`. `base_url` is the address under which the formats of other catalogues name things.
    `with_offerings` puts into these who offers the items where: HSDS then has a service for every provider of every
    item, 26 MB for the demo's basic services.
    """

    slug: str
    kind: str
    edition: int | None = None
    day: date | None = None
    language: Language = "zh"
    base_url: str = ""
    with_offerings: bool = True


async def export(principal: Principal, catalogue: Catalogue, wanted: Wanted) -> bytes:
    """The file's content. Of the offerings, those are in it that the caller may read.

    :raises NotFound: there is no such list or edition.
    """
    require(principal, "export", "catalogue.edition", ROOT)
    published = await catalogue.published(edition_of(catalogue, wanted), wanted.slug)
    # In threads: writing a file takes a while, in which requests go on.
    if wanted.kind in INTEROP:
        return await to_thread(INTEROP[wanted.kind], await _sources(principal, catalogue, published, wanted))
    spec = catalogue.registry.get(wanted.slug)
    contents = [content_of(item) for item in published.items]
    return await to_thread(write, contents, spec, Format(wanted.kind), wanted.language)


def edition_of(catalogue: Catalogue, wanted: Wanted) -> Edition:
    """The edition that is wanted, or NotFound."""
    snapshot = catalogue.snapshot
    if wanted.edition is not None:
        return reading.edition_numbered(snapshot, wanted.slug, wanted.edition)
    found = reading.edition_on(snapshot, wanted.slug, wanted.day)
    if found is None:
        raise NotFound(f"no edition of {wanted.slug} is in force on {wanted.day or snapshot.day}")
    return found


async def _sources(principal: Principal, catalogue: Catalogue, published: PublishedEdition, wanted: Wanted) -> Sources:
    service_list = catalogue.snapshot.lists[wanted.slug]
    offered = await _offerings(principal, wanted) if wanted.with_offerings else []
    providers = tuple((await organizations.by_ids({offering.organization for offering in offered})).values())
    owners = await organizations.by_codes([service_list.owner] if service_list.owner else [])
    paths = {offering.path for offering in offered} | {provider.path for provider in providers}
    return Sources(
        service_list=service_list,
        edition=published.edition,
        items=published.items,
        organizations=providers,
        offerings=tuple(offered),
        territories=tuple((await territory.by_paths(paths)).values()),
        owner=owners.get(service_list.owner),
        base_url=wanted.base_url,
    )


async def _offerings(principal: Principal, wanted: Wanted) -> list[Offering]:
    """Every offering of the list, page by page."""
    found: list[Offering] = []
    after: str | None = None
    while True:
        request = PageRequest(first=MAX_SIZE, after=after)
        page = await offerings.offerings(principal, OfferingFilter(list_slug=wanted.slug, on=wanted.day), request)
        found.extend(page.rows)
        if not page.has_next:
            return found
        after = page.cursors[-1]
