from piccolo.columns import UUID, Integer, Varchar
from piccolo.table import Table

from gongzhi.core.ids import uuid7


class Place(Table, tablename="sample_place"):
    id = UUID(primary_key=True, default=uuid7)
    name = Varchar(length=64)
    size = Integer(default=0)
