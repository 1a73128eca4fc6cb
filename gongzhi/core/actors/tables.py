"""Organizations, the places that they serve, accounts, and memberships with their terms."""

from piccolo.columns import UUID, BigInt, Date, ForeignKey, Integer, Text, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from gongzhi.core.columns import CodeColumn, PathColumn, primary_key
from gongzhi.core.provenance import Provenance


class Organization(Table, tablename="organization"):
    """An actor of any kind. `parent` joins a sub-committee to its committee; `merged_into` keeps a merger readable.

    `valid_to` is the first day on which it no longer exists. `contact` is JSON: phone, email, address, address_en.
    """

    id = primary_key()
    code = CodeColumn(unique=True)
    kind = Varchar(length=16, index=True)
    subkind = Varchar(length=40)
    name = Varchar(length=160)
    name_en = Varchar(length=240)
    path = PathColumn(index=True)
    parent: ForeignKey["Organization"] = ForeignKey("self", on_delete=OnDelete.restrict, null=True, index=True)
    status = Varchar(length=16, default="active")
    merged_into: ForeignKey["Organization"] = ForeignKey("self", on_delete=OnDelete.restrict, null=True, index=True)
    valid_from = Date(null=True, default=None)
    valid_to = Date(null=True, default=None)
    contact = Text(default="{}")
    provenance = Varchar(length=16, default=Provenance.official.value)
    version = Integer(default=1)


class ServiceArea(Table, tablename="service_area"):
    """An organization serves a place for a time: many to many, since nothing here is 1:1."""

    id = primary_key()
    organization = ForeignKey(Organization, on_delete=OnDelete.restrict, null=False, index=True)
    path = PathColumn(index=True)
    valid_from = Date(null=True, default=None)
    valid_to = Date(null=True, default=None)


class Account(Table, tablename="account"):
    """A person who can sign in, or who holds a post. `issuer` and `subject` are those of the OIDC token; no passwords.

    `birth_date` and `education` are there for the statistics of committees; both are guarded.
    """

    id = primary_key()
    code = CodeColumn(unique=True)
    issuer = Varchar(length=200, null=True, default=None)
    subject = Varchar(length=200, null=True, default=None)
    name = Varchar(length=120)
    birth_date = Date(null=True, default=None)
    education = Varchar(length=16, null=True, default=None)
    status = Varchar(length=16, default="active")
    provenance = Varchar(length=16, default=Provenance.official.value)
    version = Integer(default=1)


class Membership(Table, tablename="membership"):
    """A post for a term: from `valid_from` until the day before `valid_to`; it ends by itself."""

    id = primary_key()
    account = ForeignKey(Account, on_delete=OnDelete.restrict, null=False, index=True)
    organization = ForeignKey(Organization, on_delete=OnDelete.restrict, null=False, index=True)
    position = Varchar(length=32)
    valid_from = Date(default=None)
    valid_to = Date(null=True, default=None)
    note = Text(default="")
    version = Integer(default=1)
    recorded_at = Timestamptz()
    recorded_by = UUID(null=True, default=None)


class RightsChange(Table, tablename="rights_change"):
    """How often what gives somebody rights was changed: the tables `RIGHTS`, by whatever statement, with its commit.

    Triggers count, one slot for each of many connections, so that two writers seldom wait for each other; what counts
    is the sum.
    """

    slot = Integer(primary_key=True)
    changes = BigInt(default=0)


RIGHTS: tuple[type[Table], ...] = (Account, Membership, Organization, ServiceArea)
"""All that a caller's rights are read from, beside the policy."""
