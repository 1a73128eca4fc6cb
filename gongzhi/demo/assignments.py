"""The demo's assignments: committee functions in the two pilots, and Nanyuan's station tasks before and after.

The rows are those that `core.catalogue.assignments` writes when it assigns and disposes; there are thousands of them.
"""

from collections.abc import Mapping, Sequence

import msgspec

from gongzhi.core import clock
from gongzhi.core.actors.tables import Organization
from gongzhi.core.catalogue.item import ItemContent
from gongzhi.core.catalogue.lists import DispositionKind, SubcommitteeKind
from gongzhi.core.catalogue.tables import Assignment, Disposition
from gongzhi.core.provenance import Provenance
from gongzhi.core.territory import path as paths
from gongzhi.core.territory.tables import Territory
from gongzhi.data import reference_list
from gongzhi.demo.organizations import (
    communities,
    department_code,
    line_departments,
    slug_of,
    subcommittee_code,
    subdistrict_of,
)
from gongzhi.demo.scenario import LISTS_FROM, NANYUAN, PILOTS, REDUCED_ON

FUNCTIONS = "committee-functions"
TASKS = "station-tasks"
AUTHORITY = "参考清单的处置建议，并非试点的实际决定"
"""What a disposition rests on here: the proposal of the reference list, not a decision of the pilot."""


class Rows(msgspec.Struct):
    """What is written for tasks: the assignments, and what was decided about them."""

    assignments: list[Assignment]
    dispositions: list[Disposition]


def functions(places: Sequence[Territory], known: Mapping[str, Organization]) -> list[Assignment]:
    """Each pilot's committee performs the whole list, each function by the sub-committee that it names."""
    rows = []
    listed = reference_list(FUNCTIONS).items
    for place in communities(places):
        if slug_of(place.path) in PILOTS:
            for item in listed:
                body = SubcommitteeKind(item.attributes["subcommittee"])
                rows.append(_assignment(FUNCTIONS, item, place, known[subcommittee_code(slug_of(place.path), body)]))
    return rows


def tasks(places: Sequence[Territory], known: Mapping[str, Organization]) -> Rows:
    """Every workstation of Nanyuan performs all tasks until the reform, and then those that are kept."""
    rows = Rows([], [])
    listed = reference_list(TASKS).items
    departments = {name: known[department_code(number)] for number, (name, _) in enumerate(line_departments())}
    for place in communities(places):
        if paths.within(place.path, NANYUAN):
            for item in listed:
                _decide(rows, item, place, known, departments)
    return rows


def _decide(
    rows: Rows,
    item: ItemContent,
    place: Territory,
    known: Mapping[str, Organization],
    departments: Mapping[str, Organization],
) -> None:
    kind = DispositionKind(item.attributes["proposed_disposition"])
    station = known[f"{slug_of(place.path)}-station"]
    target = _target(kind, item, place, known, departments)
    held = _assignment(TASKS, item, place, station)
    rows.assignments.append(held)
    if target is not None:
        held.valid_to, held.version = REDUCED_ON, 2
        heir = _assignment(TASKS, item, place, target)
        heir.valid_from, heir.note = REDUCED_ON, AUTHORITY
        rows.assignments.append(heir)
    rows.dispositions.append(_disposition(kind, item, place, station, target))


def _target(
    kind: DispositionKind,
    item: ItemContent,
    place: Territory,
    known: Mapping[str, Organization],
    departments: Mapping[str, Organization],
) -> Organization | None:
    subdistrict = subdistrict_of(place.path)
    match kind:
        case DispositionKind.transfer_org:
            return known[f"{subdistrict}-social-work"]
        case DispositionKind.transfer_property:
            return known[f"{subdistrict}-property"]
        case DispositionKind.return_committee:
            return known[f"{slug_of(place.path)}-committee"]
        case DispositionKind.return_department:
            return departments[item.attributes["line_department"]]
        case DispositionKind.keep:
            return None


def _assignment(slug: str, item: ItemContent, place: Territory, organization: Organization) -> Assignment:
    return Assignment(
        list_slug=slug,
        item_code=item.code,
        path=place.path,
        organization=organization.id,
        valid_from=LISTS_FROM,
        provenance=Provenance.synthetic.value,
    )


def _disposition(
    kind: DispositionKind, item: ItemContent, place: Territory, station: Organization, target: Organization | None
) -> Disposition:
    return Disposition(
        list_slug=TASKS,
        item_code=item.code,
        path=place.path,
        organization=station.id,
        kind=kind.value,
        target=target.id if target is not None else None,
        effective_on=REDUCED_ON,
        authority=AUTHORITY,
        provenance=Provenance.synthetic.value,
        recorded_at=clock.now(),
    )
