"""Stations, volunteers, shifts and sign-ups; rates, rewards, redemptions and transfers of the Love Bank."""

from piccolo.columns import UUID, Boolean, Date, ForeignKey, Integer, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from gongzhi.api import CodeColumn, PathColumn, Provenance, primary_key


class Station(Table, tablename="ustation"):
    """A volunteer station, run by `organization`; `love_bank_from` is the first day of its Love Bank, if any."""

    id = primary_key()
    path = PathColumn(index=True)
    organization = UUID(null=True, default=None, index=True)
    code = CodeColumn(unique=True)
    name = Varchar(length=120)
    name_en = Varchar(length=200, default="")
    love_bank_from = Date(null=True, default=None)
    closed_on = Date(null=True, default=None)
    version = Integer(default=1)
    provenance = Varchar(length=16, default=Provenance.official.value)


class Volunteer(Table, tablename="ustation_volunteer"):
    """An account that volunteers. `path` is the community whose Love Bank keeps its points."""

    id = primary_key()
    path = PathColumn(index=True)
    organization = UUID(null=True, default=None)
    account = UUID(unique=True, default=None)
    name = Varchar(length=120)
    phone = Varchar(length=40, default="")
    suspended = Boolean(default=False)
    registered_on = Date(default=None)
    version = Integer(default=1)
    provenance = Varchar(length=16, default=Provenance.official.value)


class Shift(Table, tablename="ustation_shift"):
    """Hours at a station in which volunteers are wanted. `taken` counts those who signed up, at most `capacity`."""

    id = primary_key()
    path = PathColumn(index=True)
    organization = UUID(null=True, default=None, index=True)
    state = Varchar(length=24, index=True)
    due_at = Timestamptz(null=True, default=None, index=True)
    overdue = Boolean(default=False)
    version = Integer(default=1)
    station = ForeignKey(Station, on_delete=OnDelete.restrict, null=False, index=True)
    task = Varchar(length=200)
    starts_at = Timestamptz(index=True)
    ends_at = Timestamptz()
    capacity = Integer()
    taken = Integer(default=0)
    reason = Varchar(length=2000, default="")


class SignUp(Table, tablename="ustation_sign_up"):
    """A volunteer on a shift. `rate` is points an hour, `minutes` and `points` what check-out credited."""

    id = primary_key()
    path = PathColumn(index=True)
    organization = UUID(null=True, default=None, index=True)
    state = Varchar(length=24, index=True)
    due_at = Timestamptz(null=True, default=None)
    overdue = Boolean(default=False)
    version = Integer(default=1)
    shift = ForeignKey(Shift, on_delete=OnDelete.restrict, null=False, index=True)
    volunteer = ForeignKey(Volunteer, on_delete=OnDelete.restrict, null=False, index=True)
    account = UUID(default=None, index=True)
    starts_at = Timestamptz()
    ends_at = Timestamptz()
    checked_in_at = Timestamptz(null=True, default=None)
    checked_out_at = Timestamptz(null=True, default=None)
    minutes = Integer(default=0)
    rate = Integer(default=0)
    points = Integer(default=0)


class Rate(Table, tablename="ustation_rate"):
    """Points an hour at a place and below it, from a day on; never changed, only followed by another."""

    id = primary_key()
    path = PathColumn(index=True)
    organization = UUID(null=True, default=None)
    points_per_hour = Integer()
    valid_from = Date(default=None)
    version = Integer(default=1)


class Reward(Table, tablename="ustation_reward"):
    """What a station gives for points, while there is some of it."""

    id = primary_key()
    path = PathColumn(index=True)
    organization = UUID(null=True, default=None, index=True)
    station = ForeignKey(Station, on_delete=OnDelete.restrict, null=False, index=True)
    name = Varchar(length=120)
    name_en = Varchar(length=200, default="")
    cost = Integer()
    stock = Integer()
    version = Integer(default=1)
    provenance = Varchar(length=16, default=Provenance.official.value)


class Redemption(Table, tablename="ustation_redemption"):
    """A volunteer's points for a reward. `hold` is the ledger's: the points are set apart until it is decided."""

    id = primary_key()
    path = PathColumn(index=True)
    organization = UUID(null=True, default=None, index=True)
    state = Varchar(length=24, index=True)
    due_at = Timestamptz(null=True, default=None, index=True)
    overdue = Boolean(default=False)
    version = Integer(default=1)
    reward = ForeignKey(Reward, on_delete=OnDelete.restrict, null=False, index=True)
    volunteer = ForeignKey(Volunteer, on_delete=OnDelete.restrict, null=False, index=True)
    account = UUID(default=None, index=True)
    cost = Integer()
    hold = UUID(default=None)
    reason = Varchar(length=2000, default="")


class Transfer(Table, tablename="ustation_transfer"):
    """A volunteer moved to another community (`path`), and the points with them."""

    id = primary_key()
    path = PathColumn(index=True)
    organization = UUID(null=True, default=None)
    volunteer = ForeignKey(Volunteer, on_delete=OnDelete.restrict, null=False, index=True)
    account = UUID(default=None)
    from_path = PathColumn()
    points = Integer()
    on = Date(default=None)
    version = Integer(default=1)
