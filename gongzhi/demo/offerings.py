"""The demo's offerings: who provides which service where, with gaps, so that coverage has something to show."""

from collections.abc import Iterator, Mapping, Sequence

from gongzhi.core.actors.kinds import ActorKind
from gongzhi.core.actors.tables import Organization
from gongzhi.core.catalogue.item import Channel, ItemContent
from gongzhi.core.catalogue.tables import Offering
from gongzhi.core.provenance import Provenance
from gongzhi.core.territory.tables import Territory
from gongzhi.data import reference_list
from gongzhi.demo.organizations import communities, slug_of, subdistrict_of
from gongzhi.demo.scenario import MERGERS, REDUCED_ON

SHARES = {"basic-services": 95, "value-added-services": 60}
"""How many of 100 communities offer an item, where it is offered community by community."""
CENTRE = "党群服务中心"
"""The keyword of items that a service centre provides."""
ELDERLY = "elderly"
SCHEDULE = "周一至周五 9:00-12:00、14:00-18:00"


def offerings(places: Sequence[Territory], known: Mapping[str, Organization]) -> list[Offering]:
    """Rows for both service lists. What a department provides is offered once in each subdistrict, without gaps."""
    centres = _centres(places, known)
    rows: list[Offering] = []
    for slug in SHARES:
        for number, item in enumerate(reference_list(slug).items):
            if item.provider is ActorKind.department:
                rows.extend(_by_subdistrict(slug, item, known))
            else:
                rows.extend(_by_community(slug, number, item, places, known, centres))
    return rows


def _by_subdistrict(slug: str, item: ItemContent, known: Mapping[str, Organization]) -> Iterator[Offering]:
    for organization in known.values():
        if organization.subkind == "subdistrict_office":
            yield _offering(slug, item, organization.path, organization)


def _by_community(
    slug: str,
    number: int,
    item: ItemContent,
    places: Sequence[Territory],
    known: Mapping[str, Organization],
    centres: Mapping[str, Organization],
) -> Iterator[Offering]:
    for index, place in enumerate(communities(places)):
        if (index * 37 + number * 11) % 100 < SHARES[slug]:
            yield _offering(slug, item, place.path, _provider(item, place, known, centres))


def _provider(
    item: ItemContent, place: Territory, known: Mapping[str, Organization], centres: Mapping[str, Organization]
) -> Organization:
    slug = slug_of(place.path)
    if item.provider is ActorKind.station:
        return known[f"{MERGERS.get(slug, slug)}-station"]
    if item.provider in (ActorKind.party, ActorKind.committee):
        return known[f"{slug}-{item.provider}"]
    if CENTRE in item.keywords:
        return centres[place.path]
    trade = "elderly-care" if ELDERLY in item.audience else "social-work"
    return known[f"{subdistrict_of(place.path)}-{trade}"]


def _centres(places: Sequence[Territory], known: Mapping[str, Organization]) -> dict[str, Organization]:
    """Each community's service centre, its own or that of the next one."""
    found: dict[str, Organization] = {}
    nearest: Organization | None = None
    for place in reversed(communities(places)):
        nearest = known.get(f"{slug_of(place.path)}-centre", nearest)
        if nearest is not None:
            found[place.path] = nearest
    return found


def _offering(slug: str, item: ItemContent, path: str, organization: Organization) -> Offering:
    remote = Channel.window not in item.channels and Channel.site not in item.channels
    return Offering(
        list_slug=slug,
        item_code=item.code,
        path=path,
        organization=organization.id,
        location="" if remote else organization.name,
        location_en="" if remote else organization.name_en,
        schedule="" if remote else SCHEDULE,
        valid_from=REDUCED_ON,
        provenance=Provenance.synthetic.value,
    )
