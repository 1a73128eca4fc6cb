"""Rows read by functions of their own: the same records as those that are checked field by field."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
import pytest
from piccolo.table import Table

from gongzhi.core.actors import tables as actors
from gongzhi.core.actors.organizations import organization_of
from gongzhi.core.actors.records import Organization
from gongzhi.core.catalogue import tables as catalogue
from gongzhi.core.catalogue.assignments import assignment_of, disposition_of
from gongzhi.core.catalogue.offerings import offering_of
from gongzhi.core.catalogue.records import Assignment, Disposition, Offering
from gongzhi.core.records import as_record
from gongzhi.core.rows import reader
from gongzhi.core.territory import tables as territory
from gongzhi.core.territory.records import Territory
from gongzhi.core.territory.service import territory_of
from gongzhi.testing import databases

READ: list[tuple[Callable[[Mapping[str, Any]], Any], type[msgspec.Struct], type[Table]]] = [
    (offering_of, Offering, catalogue.Offering),
    (assignment_of, Assignment, catalogue.Assignment),
    (disposition_of, Disposition, catalogue.Disposition),
    (organization_of, Organization, actors.Organization),
    (territory_of, Territory, territory.Territory),
]


async def test_every_row_of_the_demo_is_read_as_it_is_when_it_is_checked(demo_url: str) -> None:
    async with databases.opened(demo_url):
        for read, kind, table in READ:
            rows = await table.select(*table.all_columns())
            assert len(rows) > 50
            for row in rows:
                plain = {**row, "contact": msgspec.json.decode(row["contact"])} if "contact" in row else row
                checked, found = as_record(plain, kind), read(row)
                assert found == checked
                for name in kind.__struct_fields__:
                    assert isinstance(getattr(found, name), type(getattr(checked, name))), name


def test_what_no_column_holds_is_refused_when_it_is_declared() -> None:
    class Listed(msgspec.Struct):
        names: list[str]

    with pytest.raises(TypeError, match="no column|not a column"):
        reader(Listed)
