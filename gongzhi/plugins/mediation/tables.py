"""Cases and their parties; legal advisers, their duty hours and consultations."""

from piccolo.columns import UUID, Boolean, Date, ForeignKey, Integer, Text, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from gongzhi.api import PathColumn, Provenance, primary_key


class Case(Table, tablename="mediation_case"):
    """A dispute that somebody brought to mediation. `organization` is the mediation committee; accounts are ids.

    `perform_until` is the moment until which the agreement is to be performed, `agreed_on` the day it was reached.
    """

    id = primary_key()
    path = PathColumn(index=True)
    organization = UUID(null=True, default=None, index=True)
    state = Varchar(length=24, index=True)
    due_at = Timestamptz(null=True, default=None, index=True)
    overdue = Boolean(default=False)
    version = Integer(default=1)
    dispute = Varchar(length=24, index=True)
    title = Varchar(length=120)
    description = Text(default="")
    filed_at = Timestamptz()
    filed_by = UUID(null=True, default=None, index=True)
    mediator = UUID(null=True, default=None, index=True)
    lawyer = UUID(null=True, default=None, index=True)
    volunteer = UUID(null=True, default=None, index=True)
    session_at = Timestamptz(null=True, default=None)
    session_place = Varchar(length=200, default="")
    agreement = Text(default="")
    agreed_on = Date(null=True, default=None)
    perform_until = Timestamptz(null=True, default=None)
    confirmation = Varchar(length=200, default="")
    reason = Text(default="")
    provenance = Varchar(length=16, default=Provenance.official.value)


class Party(Table, tablename="mediation_party"):
    """Who is in a dispute, on which side. `account` is theirs where they have one: it lets them follow the case."""

    id = primary_key()
    case = ForeignKey(Case, on_delete=OnDelete.restrict, null=False, index=True)
    side = Varchar(length=16)
    account = UUID(null=True, default=None, index=True)
    name = Varchar(length=120)
    phone = Varchar(length=40, default="")
    address = Varchar(length=200, default="")


class Adviser(Table, tablename="mediation_adviser"):
    """The legal adviser of a community for a term. `organization` is the firm, where it is entered."""

    id = primary_key()
    path = PathColumn(index=True)
    organization = UUID(null=True, default=None, index=True)
    account = UUID(null=True, default=None, index=True)
    name = Varchar(length=120)
    name_en = Varchar(length=200, default="")
    firm = Varchar(length=200, default="")
    valid_from = Date(default=None)
    valid_to = Date(null=True, default=None)
    version = Integer(default=1)
    provenance = Varchar(length=16, default=Provenance.official.value)


class Duty(Table, tablename="mediation_duty"):
    """Hours in which a community's adviser can be met."""

    id = primary_key()
    path = PathColumn(index=True)
    organization = UUID(null=True, default=None)
    adviser = ForeignKey(Adviser, on_delete=OnDelete.restrict, null=False, index=True)
    starts_at = Timestamptz(index=True)
    ends_at = Timestamptz()
    location = Varchar(length=200, default="")
    cancelled = Boolean(default=False)
    version = Integer(default=1)


class Consultation(Table, tablename="mediation_consultation"):
    """A legal service that was given to somebody. `client` is their account, where they have one."""

    id = primary_key()
    path = PathColumn(index=True)
    organization = UUID(null=True, default=None, index=True)
    adviser = ForeignKey(Adviser, on_delete=OnDelete.restrict, null=False, index=True)
    service = Varchar(length=32, index=True)
    on = Date(default=None)
    client = UUID(null=True, default=None, index=True)
    topic = Varchar(length=200)
    summary = Text(default="")
    version = Integer(default=1)
    provenance = Varchar(length=16, default=Provenance.official.value)
