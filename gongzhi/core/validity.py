"""Terms: from a first day until the day before `valid_to`. None on either side means without bound."""

from datetime import date
from functools import lru_cache

from piccolo.columns import Column
from piccolo.custom_types import Combinable
from piccolo.table import Table

from gongzhi.core.db.shapes import fixed
from gongzhi.core.errors import Invalid

EARLIEST = date(1949, 10, 1)
LATEST = date(2200, 1, 1)


def in_force(valid_from: Column, valid_to: Column, day: date) -> Combinable:
    """The clause for rows whose term contains `day`."""
    columns = (valid_from._meta, valid_to._meta)
    if any(meta.call_chain for meta in columns):
        return _in_force(valid_from, valid_to, day)
    return _kept(valid_from._meta.table, columns[0].name, columns[1].name, day)


def _in_force(valid_from: Column, valid_to: Column, day: date) -> Combinable:
    return (valid_from.is_null() | (valid_from <= day)) & (valid_to.is_null() | (valid_to > day))


@lru_cache(maxsize=512)
def _kept(table: type[Table], valid_from: str, valid_to: str, day: date) -> Combinable:
    """By names: columns are equal to everything, in a way."""
    return fixed(_in_force(getattr(table, valid_from), getattr(table, valid_to), day))


def check_day(day: date, field: str) -> date:
    """`day`, or Invalid: before 1949-10-01 or after 2200-01-01 it can only be a slip of the pen."""
    if not EARLIEST <= day <= LATEST:
        raise Invalid.at(field, f"{day.isoformat()} is out of range", f"use a day from {EARLIEST} to {LATEST}")
    return day


def check_stands(
    field: str, name: str, valid_from: date | None, valid_to: date | None, day: date, *, instead: str
) -> None:
    """Invalid unless what a record is to refer to exists on the day; `instead` is what to use where it has ended."""
    if valid_to is not None and valid_to <= day:
        raise Invalid.at(field, f"{name} has not existed since {valid_to}", instead)
    if valid_from is not None and valid_from > day:
        raise Invalid.at(field, f"{name} begins only on {valid_from}", "use a later day")


def check_term(valid_from: date | None, valid_to: date | None, field: str = "valid_to") -> None:
    """Invalid when a term ends before it begins, or lies out of range."""
    if valid_from is not None:
        check_day(valid_from, "valid_from")
    if valid_to is not None:
        check_day(valid_to, field)
        if valid_from is not None and valid_to <= valid_from:
            raise Invalid.at(field, f"the term would end on {valid_to}, not after it begins on {valid_from}")
