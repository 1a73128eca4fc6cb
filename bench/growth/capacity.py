"""How many workers a place needs, computed from what one of them was measured to do. The assumptions are guesses."""

import math

import msgspec

ACTIVE = 0.05
REQUESTS = 20
PEAK = 5
PERSONAL = 0.2
USED = 0.5
SECONDS = 86_400
ASSUMED = f"""\
Assumed, not measured: on a day {ACTIVE:.0%} of the residents come, each makes {REQUESTS} requests, and the busiest
moment has {PEAK} times the mean. {PERSONAL:.0%} of the requests are pages of offerings for somebody signed in, the
rest public lists, with the response cache off and no cache in front. A worker is to be busy for {USED:.0%} of
its time."""


class Place(msgspec.Struct, frozen=True):
    """A place with about so many residents."""

    name: str
    residents: int


PLACES = (
    Place("a community", 15_000),
    Place("a subdistrict", 135_000),
    Place("a district", 1_350_000),
    Place("a city of ten districts", 13_500_000),
    Place("a province", 125_000_000),
)


def rate(place: Place) -> float:
    """Requests a second in the busiest moment."""
    return place.residents * ACTIVE * REQUESTS / SECONDS * PEAK


def workers(asked: float, pages: float, lists: float) -> int:
    """How many are needed for so many requests a second, if one answers `pages` or `lists` of them a second."""
    return max(1, math.ceil(asked * (PERSONAL / pages + (1 - PERSONAL) / lists) / USED))


def lines(pages: float, lists: float) -> list[str]:
    """The table, as Markdown."""
    rows = [
        (place.name, f"{place.residents:,}", f"{rate(place):,.0f}", f"{workers(rate(place), pages, lists):,}")
        for place in PLACES
    ]
    head = ("place", "residents", "requests a second, computed", "workers, computed")
    return [
        ASSUMED,
        "",
        *(f"| {' | '.join(row)} |" for row in (head, ("---",) * len(head), *rows)),
    ]
