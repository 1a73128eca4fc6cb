"""The demo's people: two terms of residents' committees with the published profile, and who leads everything else.

An average age is that of a day. So each term has its own people: those elected in 2014 have the published average on
the scenario's day, their successors on the day of the load.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import msgspec

from gongzhi.core import clock
from gongzhi.core.actors.kinds import LEADING_POSITIONS, OrganizationSubkind, Position
from gongzhi.core.actors.tables import Account, Membership, Organization
from gongzhi.core.signin.local import ISSUER
from gongzhi.demo.accounts import DEMO_ACCOUNTS
from gongzhi.demo.names import age, birth, person
from gongzhi.demo.organizations import committees, slug_of
from gongzhi.demo.scenario import DAY, FIRST_TERM, SECOND_TERM, spread

MEMBERS = 825
COLLEGE = 664
LEADERS = 573
CROSS_APPOINTED = 494
DIRECTORS_COLLEGE = 106
"""92 % of the 115 directors; the source says that their share reaches 90 %."""

EIGHT_SEATS = 20
"""Committees with 8 seats; the other 95 have 7, which makes 825."""
THREE_DEPUTIES = 2
"""Committees with 3 deputy directors; the others have 4, which makes 573 leaders with the directors."""

_HEADS = {
    OrganizationSubkind.general_party_organization: Position.secretary,
    OrganizationSubkind.workstation: Position.head,
    OrganizationSubkind.service_center: Position.manager,
}


Taken = Mapping[tuple[str, Position], Account]
"""Who holds the posts of the demo accounts, by organization and position."""
Holder = tuple[Account, list[Membership]]


class Seat(msgspec.Struct, frozen=True):
    """A seat on a residents' committee: whether who holds it went to college, and has a post in the party too."""

    number: int
    committee: Organization
    position: Position
    college: bool
    crossed: bool


def people(known: Mapping[str, Organization]) -> tuple[list[Account], list[Membership]]:
    """Rows for everybody and every post, with those of the demo accounts."""
    demo = {account.code: _demo_account(number, account.code) for number, account in enumerate(DEMO_ACCOUNTS)}
    taken = {(account.organization, account.position): demo[account.code] for account in DEMO_ACCOUNTS}
    accounts, posts = list(demo.values()), []
    for account in DEMO_ACCOUNTS:
        posts.append(_post(demo[account.code], known[account.organization], account.position, FIRST_TERM))
    for holder, post in [*_committee_members(known, taken), *_heads(known, taken)]:
        accounts.append(holder)
        posts.extend(post)
    return accounts, posts


def _demo_account(number: int, code: str) -> Account:
    row = person(code, number, birth(50, clock.today(), number), college=True)
    row.issuer, row.subject = ISSUER, code
    return row


def seats(rows: Sequence[Organization]) -> list[Seat]:
    """The seats of all committees, directors first; every share is spread evenly over them."""
    posts = [(committee, position) for index, committee in enumerate(rows) for position in _positions(index, len(rows))]
    order = (Position.director, Position.deputy_director, Position.member)
    posts.sort(key=lambda post: order.index(post[1]))
    return [
        Seat(
            number=number,
            committee=committee,
            position=position,
            college=_college(number, len(rows)),
            crossed=position in LEADING_POSITIONS and not spread(number, LEADERS - CROSS_APPOINTED, LEADERS),
        )
        for number, (committee, position) in enumerate(posts)
    ]


def _college(number: int, directors: int) -> bool:
    if number < directors:
        return spread(number, DIRECTORS_COLLEGE, directors)
    return spread(number - directors, COLLEGE - DIRECTORS_COLLEGE, MEMBERS - directors)


def _positions(index: int, count: int) -> list[Position]:
    size = 8 if spread(index, EIGHT_SEATS, count) else 7
    deputies = 3 if spread(index, THREE_DEPUTIES, count) else 4
    leading = [Position.director, *[Position.deputy_director] * deputies]
    return [*leading, *[Position.member] * (size - len(leading))]


def _committee_members(known: Mapping[str, Organization], taken: Taken) -> Iterator[Holder]:
    terms = ((FIRST_TERM, SECOND_TERM, DAY), (SECOND_TERM, None, clock.today()))
    for seat in seats(committees(known.values())):
        if (seat.committee.code, seat.position) in taken:
            continue  # a demo account holds it through both terms
        for first, last, reference in terms:
            born = birth(age(seat.number, MEMBERS), reference, seat.number)
            code = f"committee-{first.year}-{seat.number + 1:04d}"
            holder = person(code, seat.number + first.year * MEMBERS, born, college=seat.college)
            posts = [_post(holder, seat.committee, seat.position, first, last)]
            if seat.crossed:
                party = known[f"{slug_of(seat.committee.path)}-party"]
                posts.append(_post(holder, party, Position.member, first, last))
            yield holder, posts


def _heads(known: Mapping[str, Organization], taken: Taken) -> Iterator[Holder]:
    for number, organization in enumerate(known.values()):
        position = _HEADS.get(OrganizationSubkind(organization.subkind))
        if position is None or (organization.code, position) in taken:
            continue
        born = birth(35 + number % 20, clock.today(), number)
        holder = person(f"{organization.code}-{position}", number, born, college=True)
        yield holder, [_post(holder, organization, position, FIRST_TERM)]


def _post(
    account: Account, organization: Organization, position: Position, first: date, last: date | None = None
) -> Membership:
    return Membership(
        account=account.id,
        organization=organization.id,
        position=position.value,
        valid_from=first,
        valid_to=last,
        recorded_at=clock.now(),
    )
