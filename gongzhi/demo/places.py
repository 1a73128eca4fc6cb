"""The demo's places: the reference territory."""

from uuid import UUID

from gongzhi.core.provenance import Provenance
from gongzhi.core.territory.path import parent_of
from gongzhi.core.territory.tables import Territory
from gongzhi.data import territory


def places() -> list[Territory]:
    """Rows for the district, its subdistricts and communities, each after the one above. They exist since ever."""
    ids: dict[str, UUID] = {}
    rows = []
    for place in territory():
        row = Territory(
            code=place.code,
            path=place.path,
            level=place.level.value,
            name=place.name,
            name_en=place.name_en,
            parent=ids.get(parent_of(place.path) or ""),
            provenance=Provenance.reference.value,
            note=place.note,
        )
        ids[place.path] = row.id
        rows.append(row)
    return rows
