"""Lists, editions, items, and who offers, performs or gives up which item where."""

from piccolo.columns import UUID, BigInt, Date, ForeignKey, Integer, Text, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from gongzhi.core.actors.tables import Organization
from gongzhi.core.columns import CodeColumn, PathColumn, primary_key
from gongzhi.core.provenance import Provenance


class ServiceList(Table, tablename="service_list"):
    """A list of any kind (清单). `owner` is the code of the organization that is responsible for it."""

    id = primary_key()
    slug = CodeColumn(unique=True)
    name = Varchar(length=160)
    name_en = Varchar(length=240)
    kind = Varchar(length=16)
    owner = CodeColumn(default="")
    provenance = Varchar(length=16, default=Provenance.official.value)
    provenance_note = Text(default="")
    provenance_note_en = Text(default="")
    version = Integer(default=1)


class Edition(Table, tablename="edition"):
    """One edition of a list. In force from `effective_from` until a later one takes effect or `withdrawn_from`."""

    id = primary_key()
    service_list = ForeignKey(ServiceList, on_delete=OnDelete.restrict, null=False, index=True)
    number = Integer()
    label = Varchar(length=120)
    label_en = Varchar(length=200)
    state = Varchar(length=16)
    note = Text(default="")
    provenance = Varchar(length=16, default=Provenance.official.value)
    digest = Varchar(length=64, default="")
    item_count = Integer(default=0)
    created_at = Timestamptz()
    created_by = UUID(null=True, default=None)
    published_at = Timestamptz(null=True, default=None)
    published_by = UUID(null=True, default=None)
    effective_from = Date(null=True, default=None)
    withdrawn_from = Date(null=True, default=None)
    version = Integer(default=1)


class EditionItem(Table, tablename="edition_item"):
    """One item of one edition; `document` is the canonical JSON of its content."""

    id = primary_key()
    edition = ForeignKey(Edition, on_delete=OnDelete.restrict, null=False, index=True)
    code = CodeColumn(index=True)
    name = Varchar(length=200)
    position = Integer()
    document = Text()
    version = Integer(default=1)


class CatalogueChange(Table, tablename="catalogue_change"):
    """The change feed: what a publication or withdrawal did, in the order of (`revision`, `ordinal`)."""

    id = primary_key()
    revision = BigInt(index=True)
    ordinal = Integer()
    kind = Varchar(length=16)
    list_slug = CodeColumn()
    edition = ForeignKey(Edition, on_delete=OnDelete.restrict, null=False)
    code = CodeColumn(default="")
    item = UUID(null=True, default=None)
    at = Timestamptz()


class Offering(Table, tablename="offering"):
    """An item at a place by an organization (HSDS service_at_location). Names the item by list and code.

    `contact` is JSON: phone, email, address, address_en.
    """

    id = primary_key()
    list_slug = CodeColumn()
    item_code = CodeColumn()
    path = PathColumn()
    organization = ForeignKey(Organization, on_delete=OnDelete.restrict, null=False)
    location = Varchar(length=200, default="")
    location_en = Varchar(length=300, default="")
    schedule = Varchar(length=200, default="")
    capacity = Integer(null=True, default=None)
    contact = Text(default="{}")
    status = Varchar(length=16, default="active")
    valid_from = Date(default=None)
    valid_to = Date(null=True, default=None)
    provenance = Varchar(length=16, default=Provenance.official.value)
    version = Integer(default=1)


class Assignment(Table, tablename="assignment"):
    """An organization performs a function or task at a place, from a day until the day before `valid_to`."""

    id = primary_key()
    list_slug = CodeColumn()
    item_code = CodeColumn()
    path = PathColumn()
    organization = ForeignKey(Organization, on_delete=OnDelete.restrict, null=False, index=True)
    valid_from = Date(default=None)
    valid_to = Date(null=True, default=None)
    note = Text(default="")
    provenance = Varchar(length=16, default=Provenance.official.value)
    version = Integer(default=1)


class Disposition(Table, tablename="disposition"):
    """What was decided about an assigned task: kept, or handed to somebody else from `effective_on`."""

    id = primary_key()
    list_slug = CodeColumn()
    item_code = CodeColumn()
    path = PathColumn()
    organization = ForeignKey(Organization, on_delete=OnDelete.restrict, null=False, index=True)
    kind = Varchar(length=24)
    target = ForeignKey(Organization, on_delete=OnDelete.restrict, null=True, index=True)
    effective_on = Date(default=None)
    authority = Varchar(length=200, default="")
    note = Text(default="")
    provenance = Varchar(length=16, default=Provenance.official.value)
    recorded_at = Timestamptz()
    recorded_by = UUID(null=True, default=None)
