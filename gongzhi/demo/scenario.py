"""What the scenario fixes: its places, its days, and how a share is spread over a number."""

from datetime import date

DISTRICT = "/futian"
NANYUAN = "/futian/nanyuan"
MEILIN = "/futian/meilin"

HOME = "dongyuan"
"""The community of the demo accounts, one of the two pilots."""
PILOTS = (HOME, "badeng")
"""Where the list of committee functions is at work, and committees have sub-committees (东园, 巴登)."""

FIRST_TERM = date(2014, 5, 1)
SECOND_TERM = date(2017, 5, 1)
"""Residents' committees were elected in 2014 and three years later; the days are invented."""
LISTS_FROM = date(2015, 1, 1)
"""Invented: the source says only that the lists are the first batch."""
MERGED_ON = date(2015, 3, 1)
"""Invented: the day on which Meilin's 13 workstations became 8."""
REDUCED_ON = date(2015, 7, 1)
"""Invented: the day from which Nanyuan's workstations kept 45 of 147 tasks."""
DAY = date(2015, 12, 31)
"""The day that the scenario stands for; the source appeared on 4 January 2016."""

MERGERS = {"longwei": "shangmei", "xinxing": "xiamei", "meidu": "meihe", "hanling": "maling", "meijing": "meiting"}
"""Invented: which community's workstation in Meilin became part of which."""
SECOND_STATIONS = frozenset({"gangxia", "shawei", "zhulin", "yitian"})
"""Invented: the communities outside Meilin with two workstations, without which 95 communities would not have 94."""
SECOND_COMMITTEES = 20
"""115 residents' committees in 95 communities."""
WITHOUT_CENTRE = 5
"""90 service centres in 95 communities; a neighbour's centre serves the others."""


def spread(index: int, part: int, whole: int) -> bool:
    """Whether `index` is one of the `part` that are spread evenly over 0 to `whole` - 1. The first one is."""
    return (index * part) % whole < part
