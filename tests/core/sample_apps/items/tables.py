from piccolo.columns import UUID, ForeignKey
from piccolo.table import Table

from gongzhi.core.ids import uuid7
from tests.core.sample_apps.places.tables import Place


class Item(Table, tablename="sample_item"):
    id = UUID(primary_key=True, default=uuid7)
    place = ForeignKey(Place)
