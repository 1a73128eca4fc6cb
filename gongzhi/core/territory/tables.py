"""Places and what became of them."""

from piccolo.columns import Date, ForeignKey, Integer, Text, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from gongzhi.core.columns import CodeColumn, PathColumn, primary_key
from gongzhi.core.provenance import Provenance


class Territory(Table, tablename="territory"):
    """A district, subdistrict, community or grid. `valid_to` is the first day on which it no longer exists."""

    id = primary_key()
    code = CodeColumn(unique=True)
    path = PathColumn(unique=True)
    level = Varchar(length=16)
    name = Varchar(length=120)
    name_en = Varchar(length=200)
    parent: ForeignKey["Territory"] = ForeignKey("self", on_delete=OnDelete.restrict, null=True, index=True)
    valid_from = Date(null=True, default=None)
    valid_to = Date(null=True, default=None)
    population = Integer(null=True, default=None)
    provenance = Varchar(length=16, default=Provenance.official.value)
    note = Text(default="")
    version = Integer(default=1)


class TerritoryChange(Table, tablename="territory_change"):
    """One step of a place's history: `source` became (part of) `target` on a day."""

    id = primary_key()
    kind = Varchar(length=16)
    source = ForeignKey(Territory, on_delete=OnDelete.restrict, null=True, index=True)
    target = ForeignKey(Territory, on_delete=OnDelete.restrict, null=True, index=True)
    effective_on = Date(default=None)
    note = Text(default="")
    recorded_at = Timestamptz()
