"""Which posts there are in which kind of organization."""

from gongzhi.core.actors.kinds import ActorKind, Position

POSITIONS_OF: dict[ActorKind, frozenset[Position]] = {
    ActorKind.party: frozenset(
        {
            Position.secretary,
            Position.deputy_secretary,
            Position.first_secretary,
            Position.concurrent_member,
            Position.member,
        }
    ),
    ActorKind.committee: frozenset(
        {
            Position.director,
            Position.deputy_director,
            Position.member,
            Position.resident,
            Position.supervisor,
        }
    ),
    ActorKind.station: frozenset(
        {
            Position.head,
            Position.deputy_head,
            Position.clerk,
            Position.staff,
            Position.grid_officer,
        }
    ),
    ActorKind.org: frozenset(
        {
            Position.manager,
            Position.director,
            Position.deputy_director,
            Position.head,
            Position.member,
            Position.staff,
        }
    ),
    ActorKind.department: frozenset(
        {
            Position.head,
            Position.deputy_head,
            Position.officer,
            Position.grid_officer,
            Position.supervisor,
            Position.administrator,
            Position.auditor,
        }
    ),
}
"""A `resident` or `supervisor` of a committee is entered there for a place to act in, and is not one of its members."""

COMMITTEE_MEMBERS = frozenset({Position.director, Position.deputy_director, Position.member})
"""居委会成员: director, deputy directors and members (Organic Law of the Urban Residents' Committees, article 7)."""
