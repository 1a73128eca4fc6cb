"""The demo's organizations: one party organization a community, and as many of the others as the source counts.

Codes are the last segment of the community's path and what it is: `dongyuan-committee`, `dongyuan-station`.
"""

from collections.abc import Iterable, Iterator, Sequence
from uuid import UUID

import msgspec

from gongzhi.core.actors.kinds import SUBKINDS_OF, OrganizationSubkind
from gongzhi.core.actors.tables import Organization, ServiceArea
from gongzhi.core.catalogue.lists import SubcommitteeKind
from gongzhi.core.provenance import Provenance
from gongzhi.core.territory.records import Level
from gongzhi.core.territory.tables import Territory
from gongzhi.data import reference_list
from gongzhi.demo.scenario import (
    DISTRICT,
    HOME,
    PILOTS,
    SECOND_COMMITTEES,
    SECOND_STATIONS,
    WITHOUT_CENTRE,
    spread,
)

KIND_OF = {subkind: kind for kind, subkinds in SUBKINDS_OF.items() for subkind in subkinds}
OFFICE = "futian-district-office"
"""The department that owns the lists."""
AUDIT = "futian-audit-office"


class Shape(msgspec.Struct, frozen=True):
    """What the organizations of a sort have in common: `{}` in a name stands for the place."""

    suffix: str
    subkind: OrganizationSubkind
    name: str
    name_en: str


_SUB = OrganizationSubkind
IN_SUBDISTRICT = (
    Shape("subdistrict-office", _SUB.subdistrict_office, "{}街道办事处", "{} Subdistrict Office"),
    Shape("social-work", _SUB.social_organization, "{}示例社工服务社", "{} Example Social Work"),
    Shape("elderly-care", _SUB.social_organization, "{}示例长者服务社", "{} Example Elderly Care"),
    Shape("property", _SUB.property_company, "{}示例物业服务公司", "{} Example Property Services"),
)
PARTY = Shape("party", _SUB.general_party_organization, "{}社区综合党组织", "{} Community Party Organization")
COMMITTEE = Shape("committee", _SUB.residents_committee, "{}社区居民委员会", "{} Community Residents' Committee")
SECOND_COMMITTEE = Shape(
    "committee-2", _SUB.residents_committee, "{}社区第二居民委员会", "{} Second Residents' Committee"
)
STATION = Shape("station", _SUB.workstation, "{}社区工作站", "{} Community Workstation")
SECOND_STATION = Shape("station-2", _SUB.workstation, "{}社区第二工作站", "{} Second Community Workstation")
CENTRE = Shape("centre", _SUB.service_center, "{}社区党群服务中心", "{} Community Party-mass Service Centre")
SUBCOMMITTEES = tuple(
    Shape(f"{kind.replace('_', '-')}-committee", _SUB(f"{kind}_committee"), f"{{}}社区居委会{name}", f"{{}} {name_en}")
    for kind, name, name_en in (
        (SubcommitteeKind.public_service, "公共服务委员会", "Public Service Committee"),
        (SubcommitteeKind.property_management, "物业管理委员会", "Property Management Committee"),
        (SubcommitteeKind.peoples_mediation, "人民调解委员会", "People's Mediation Committee"),
        (SubcommitteeKind.health, "公共卫生委员会", "Health Committee"),
        (SubcommitteeKind.security, "治安保卫委员会", "Security Committee"),
        (SubcommitteeKind.culture, "文体委员会", "Culture Committee"),
        (SubcommitteeKind.welfare, "社会福利委员会", "Welfare Committee"),
    )
)


def organizations(places: Sequence[Territory]) -> list[Organization]:
    """Rows for all of them; a committee comes before its sub-committees."""
    rows = list(_departments())
    for place in places:
        if place.level == Level.subdistrict.value:
            rows.extend(_at(place, shape) for shape in IN_SUBDISTRICT)
    for index, place in enumerate(communities(places)):
        rows.extend(_in_community(place, index, len(communities(places))))
    return rows


def communities(places: Iterable[Territory]) -> list[Territory]:
    """The communities among the places, in their order."""
    return [place for place in places if place.level == Level.community.value]


def slug_of(path: str) -> str:
    """The last segment of a place's path."""
    return path.rpartition("/")[2]


def subdistrict_of(path: str) -> str:
    """The slug of the subdistrict that a community's path lies in."""
    return path.split("/")[2]


def service_areas(places: Sequence[Territory], known: dict[str, Organization]) -> list[ServiceArea]:
    """A community without a service centre is served by that of the next one."""
    listed = communities(places)
    rows = []
    for index, place in enumerate(listed):
        if f"{slug_of(place.path)}-centre" not in known:
            neighbour = known[f"{slug_of(listed[index + 1].path)}-centre"]
            rows.append(ServiceArea(organization=neighbour.id, path=place.path))
    return rows


def department_code(number: int) -> str:
    """The code of a line department, numbered from 0 in the order of the list of station tasks."""
    return f"futian-department-{number + 1:02d}"


def line_departments() -> list[tuple[str, str]]:
    """The line departments of the list of station tasks in both languages, in its order."""
    tasks = reference_list("station-tasks").items
    return list(
        dict.fromkeys((task.attributes["line_department"], task.attributes["line_department_en"]) for task in tasks)
    )


def _departments() -> Iterator[Organization]:
    office = ("福田区社会建设主管部门", "Futian district office for community affairs")
    yield _new(OFFICE, _SUB.district_office, office, DISTRICT)
    yield _new(AUDIT, _SUB.line_department, ("福田区审计部门", "Futian district audit office"), DISTRICT)
    for number, names in enumerate(line_departments()):
        yield _new(department_code(number), _SUB.line_department, names, DISTRICT)


def _in_community(place: Territory, index: int, count: int) -> Iterator[Organization]:
    slug = slug_of(place.path)
    yield _at(place, PARTY)
    committee = _at(place, COMMITTEE)
    yield committee
    if slug in PILOTS:
        yield from (_at(place, shape, committee.id) for shape in SUBCOMMITTEES)
    if spread(index, SECOND_COMMITTEES, count):
        yield _at(place, SECOND_COMMITTEE)
    yield _at(place, STATION)
    if slug in SECOND_STATIONS:
        yield _at(place, SECOND_STATION)
    if not spread(index, WITHOUT_CENTRE, count):
        yield _at(place, CENTRE)


def _at(place: Territory, shape: Shape, parent: UUID | None = None) -> Organization:
    name = place.name.removesuffix("社区").removesuffix("街道")
    name_en = place.name_en.removesuffix(" Community").removesuffix(" Subdistrict")
    names = (shape.name.format(name), shape.name_en.format(name_en))
    return _new(f"{slug_of(place.path)}-{shape.suffix}", shape.subkind, names, place.path, parent)


def _new(
    code: str, subkind: OrganizationSubkind, names: tuple[str, str], path: str, parent: UUID | None = None
) -> Organization:
    return Organization(
        code=code,
        kind=KIND_OF[subkind].value,
        subkind=subkind.value,
        name=names[0],
        name_en=names[1],
        path=path,
        parent=parent,
        provenance=Provenance.synthetic.value,
    )


def subcommittee_code(slug: str, kind: SubcommitteeKind) -> str:
    """The code of the body of a pilot's committee that performs functions of a kind."""
    return f"{slug}-committee" if kind is SubcommitteeKind.plenary else f"{slug}-{kind.replace('_', '-')}-committee"


def committees(rows: Iterable[Organization]) -> list[Organization]:
    """The residents' committees, that of the demo accounts first."""
    found = [row for row in rows if row.subkind == OrganizationSubkind.residents_committee.value]
    return sorted(found, key=lambda row: row.code != f"{HOME}-committee")
