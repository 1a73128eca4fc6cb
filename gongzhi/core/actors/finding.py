"""What a new record refers to most often, a place and an organization, found together."""

from gongzhi.core import clock
from gongzhi.core.actors import organizations, tables
from gongzhi.core.actors.records import Organization
from gongzhi.core.reading import Reading, both, equal
from gongzhi.core.records import none_such
from gongzhi.core.rows import reader
from gongzhi.core.territory import path as paths
from gongzhi.core.territory import service as territory
from gongzhi.core.territory import tables as places
from gongzhi.core.territory.records import Territory

_place_of, _organization_of = reader(Territory, "one"), reader(Organization, "other")


async def place_and_organization(path: str, code: str) -> tuple[Territory, Organization]:
    """What `territory.find` and `organizations.find` answer for today, by one statement.

    :raises NotFound, Invalid: as they do, for the place first.
    """
    place, organization = places.Territory, tables.Organization
    row = await both(
        Reading(place, [equal(place.path, paths.parse(path))], limit=1),
        Reading(organization, [equal(organization.code, code)], limit=1),
    )
    if row["one.id"] is None:
        raise none_such("territory", path)
    today = clock.today()
    found = territory.standing(_place_of(row), today)
    if row["other.id"] is None:
        raise none_such("organization", code)
    return found, organizations.standing(_organization_of(row), today)
