"""Funds, donations, grants, signatures and instalments. Amounts are in fen; the money itself is in the ledger."""

from piccolo.columns import UUID, BigInt, Boolean, Date, ForeignKey, Integer, Text, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from gongzhi.api import CodeColumn, PathColumn, Provenance, primary_key


class Fund(Table, tablename="foundation_fund"):
    """A foundation, or a named fund of one (`parent`). `signers` is JSON: accounts, of whom `signatures` must sign."""

    id = primary_key()
    path = PathColumn(index=True)
    organization = UUID(null=True, default=None, index=True)
    code = CodeColumn(unique=True)
    kind = Varchar(length=16)
    parent = UUID(null=True, default=None)
    name = Varchar(length=120)
    name_en = Varchar(length=200, default="")
    purpose = Varchar(length=400, default="")
    signers = Text(default="[]")
    signatures = Integer(default=1)
    version = Integer(default=1)
    provenance = Varchar(length=16, default=Provenance.official.value)


class Donation(Table, tablename="foundation_donation"):
    """A gift. `purpose` restricts it; `entry` is the ledger's, from when it was received."""

    id = primary_key()
    path = PathColumn(index=True)
    organization = UUID(null=True, default=None, index=True)
    state = Varchar(length=24, index=True)
    due_at = Timestamptz(null=True, default=None, index=True)
    overdue = Boolean(default=False)
    version = Integer(default=1)
    fund = ForeignKey(Fund, on_delete=OnDelete.restrict, null=False, index=True)
    donor = Varchar(length=120)
    donor_account = UUID(null=True, default=None, index=True)
    anonymous = Boolean(default=False)
    amount = BigInt()
    purpose = Varchar(length=160, null=True, default=None)
    received_on = Date(null=True, default=None)
    receipt = Varchar(length=120, default="")
    entry = UUID(null=True, default=None)
    reason = Varchar(length=2000, default="")
    provenance = Varchar(length=16, default=Provenance.official.value)


class Grant(Table, tablename="foundation_grant"):
    """Money for a purpose. `hold` is the ledger's, from when it was approved; `paid` is the sum of its instalments."""

    id = primary_key()
    path = PathColumn(index=True)
    organization = UUID(null=True, default=None, index=True)
    state = Varchar(length=24, index=True)
    due_at = Timestamptz(null=True, default=None, index=True)
    overdue = Boolean(default=False)
    version = Integer(default=1)
    fund = ForeignKey(Fund, on_delete=OnDelete.restrict, null=False, index=True)
    proposer = UUID(null=True, default=None, index=True)
    title = Varchar(length=160)
    grantee = Varchar(length=160)
    purpose = Varchar(length=160, null=True, default=None)
    amount = BigInt()
    paid = BigInt(default=0)
    hold = UUID(null=True, default=None)
    report = Text(default="")
    reason = Varchar(length=2000, default="")
    provenance = Varchar(length=16, default=Provenance.official.value)


class Signature(Table, tablename="foundation_signature"):
    """Somebody's signature under a grant."""

    id = primary_key()
    grant = ForeignKey(Grant, on_delete=OnDelete.restrict, null=False, index=True)
    account = UUID(default=None)
    at = Timestamptz()


class Instalment(Table, tablename="foundation_instalment"):
    """A part of a grant that was paid."""

    id = primary_key()
    grant = ForeignKey(Grant, on_delete=OnDelete.restrict, null=False, index=True)
    number = Integer()
    amount = BigInt()
    on = Date(default=None)
    entry = UUID(default=None)
