"""Invented people: a name, an age and an education for every number, always the same."""

from datetime import date

from gongzhi.core.actors.kinds import Education
from gongzhi.core.actors.tables import Account
from gongzhi.core.provenance import Provenance

AVERAGE_AGE = 43

_SURNAMES = "陈林黄李张王刘吴周郑许何梁谢罗曾邓冯彭蔡"
_FIRST = "安博采楚德方光海嘉景可乐明念清若尚天文心"
_SECOND = "宁远薇云禾舟行欣山轩慈源谷志佑静言道岚齐"
_COLLEGE = (Education.college, Education.bachelor, Education.bachelor, Education.college, Education.master)
_SPREAD = 17
"""The oldest and the youngest are so many years away from the average."""


def person(code: str, number: int, born: date, *, college: bool) -> Account:
    """The account of an invented person, who cannot sign in."""
    education = _COLLEGE[number % len(_COLLEGE)] if college else Education.secondary
    return Account(
        code=code,
        name=name(number),
        birth_date=born,
        education=education.value,
        provenance=Provenance.synthetic.value,
    )


def name(number: int) -> str:
    """A name; two people may bear the same one."""
    first, second = _FIRST[number // 20 % 20], _SECOND[(number * 7 + number // 400) % 20]
    return _SURNAMES[number % 20] + first + second


def age(number: int, count: int) -> int:
    """Ages whose average over the numbers from 0 to `count` - 1 is `AVERAGE_AGE`, if what is left over is even."""
    width = 2 * _SPREAD + 1
    if number < count // width * width:
        return AVERAGE_AGE + number % width - _SPREAD
    left = number - count // width * width
    return AVERAGE_AGE + (left // 2 + 1) * (1 if left % 2 else -1)


def birth(years: int, on: date, number: int) -> date:
    """A birth date of somebody who has completed so many years on a day."""
    month, day = 1 + number % 12, 1 + number % 28
    return date(on.year - years - ((month, day) > (on.month, on.day)), month, day)
