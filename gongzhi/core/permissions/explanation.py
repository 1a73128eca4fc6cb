"""Why a decision fell as it did: the rule and the chain behind a grant, or the nearest grants to a denial."""

from collections.abc import Collection, Iterator
from uuid import UUID

import msgspec

from gongzhi.core.permissions.compiler import Pair, nearest
from gongzhi.core.permissions.judge import key_match
from gongzhi.core.permissions.principal import Binding, Principal
from gongzhi.core.permissions.rules import ACCOUNT_PREFIX, ALLOW, DENY, ROLE_PREFIX, Link, Rule
from gongzhi.core.permissions.snapshot import Snapshot
from gongzhi.core.permissions.vocabulary import ANY, OWN
from gongzhi.core.territory.path import within

MAX_NEAREST = 5
"""How many near grants of each kind a denial names."""


class Ground(msgspec.Struct, frozen=True):
    """One rule that matched, the binding it matched through, and the inheritance between the two.

    `chain` starts with the role (or account) held and ends with the subject that the rule names.
    """

    rule: Rule
    binding: Binding
    chain: tuple[str, ...]
    relation: str


class Near(msgspec.Struct, frozen=True, omit_defaults=True):
    """What would have been enough: another role here, the caller's own roles elsewhere, or another relation."""

    text: str
    role: str | None = None
    path: str | None = None
    relation: str | None = None


class Explanation(msgspec.Struct, frozen=True):
    """Everything about one decision. `grounds` are the rules that decided: the allowing ones, or the denying ones."""

    allowed: bool
    reason: str
    action: str
    resource: str
    path: str
    revision: str
    grounds: tuple[Ground, ...]
    nearest: tuple[Near, ...] = ()

    @property
    def rule(self) -> str | None:
        """`file:line` of the first ground."""
        return self.grounds[0].rule.place if self.grounds else None

    @property
    def chain(self) -> tuple[str, ...]:
        """The role chain of the first ground."""
        return self.grounds[0].chain if self.grounds else ()

    @property
    def membership_id(self) -> UUID | None:
        """The membership that the first ground rests on."""
        return self.grounds[0].binding.membership_id if self.grounds else None

    def details(self) -> dict[str, object]:
        """The public part, for an error's extensions: no rule text and no membership."""
        return {
            "action": self.action,
            "resource": self.resource,
            "path": self.path,
            "nearest": [near.text for near in self.nearest],
            "policyRevision": self.revision,
        }


def explain(
    snapshot: Snapshot,
    principal: Principal,
    pair: Pair,
    path: str,
    relations: Collection[str] = (),
    owner: UUID | None = None,
) -> Explanation:
    """Work out one decision in words. It looks at rules, so it takes milliseconds where deciding takes microseconds."""
    held = snapshot.held(principal)
    allow, deny = snapshot.masks(held, pair, path, relations, owner)
    allowed = bool(allow) and not deny
    grounds = list(_grounds(snapshot, held, pair, path, relations, owner))
    decisive = tuple(ground for ground in grounds if ground.rule.eft == (DENY if deny else ALLOW))
    near = () if allowed or deny else tuple(_near(snapshot, held, pair, path, relations))
    reason = _reason(pair, path, allowed, decisive, near)
    return Explanation(allowed, reason, pair[1], pair[0], path, snapshot.revision, decisive, near)


def _reason(pair: Pair, path: str, allowed: bool, grounds: tuple[Ground, ...], near: tuple[Near, ...]) -> str:
    what = f"{pair[1]} {pair[0]} at {path}"
    if allowed:
        return f"You may {what} as {grounds[0].chain[0]}." if grounds else f"You may {what}."
    if grounds:
        return f"You may not {what}: it is denied to {grounds[0].rule.sub}."
    hint = "; ".join(each.text for each in near)
    return f"You may not {what}; it is {hint}." if hint else f"You may not {what}; nobody is allowed to."


def _grounds(
    snapshot: Snapshot,
    held: Collection[Binding],
    pair: Pair,
    path: str,
    relations: Collection[str],
    owner: UUID | None,
) -> Iterator[Ground]:
    member = owner is not None and any(binding.organization_id == owner for binding in held)
    for binding in held:
        if within(path, binding.path):
            standing = {ANY, *relations}
            if member and binding.organization_id in (None, owner):
                standing.add(OWN)
            for rule, chain in matching(snapshot, binding.role, pair, path, standing):
                yield Ground(rule, binding, chain, rule.rel)


def matching(
    snapshot: Snapshot, role: str, pair: Pair, path: str, relations: Collection[str]
) -> Iterator[tuple[Rule, tuple[str, ...]]]:
    """The rules that apply to a role (or account) here, each with its role chain, nearest subject first."""
    for subject, chain in chains(snapshot, role, path):
        for rule in _rules_about(snapshot, subject, pair):
            if rule.rel in relations and within(path, rule.dom):
                yield rule, chain


def _rules_about(snapshot: Snapshot, subject: str, pair: Pair) -> tuple[Rule, ...]:
    """The subject's rules about an action on a resource, found once: each change is logged with its grounds."""
    found = snapshot.about.get((subject, pair))
    if found is None:
        rules = snapshot.rules_of.get(subject, ())
        fitting = [rule for rule in rules if key_match(pair[0], rule.obj) and key_match(pair[1], rule.act)]
        found = snapshot.about[subject, pair] = tuple(fitting)
    return found


def chains(snapshot: Snapshot, role: str, path: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every subject whose rules apply to a role at a path, with the shortest chain of links to it."""
    start = role if role.startswith(ACCOUNT_PREFIX) else ROLE_PREFIX + role
    seen = {start}
    queue: list[tuple[str, tuple[str, ...]]] = [(start, (start,))]
    for subject, chain in queue:
        yield subject, chain
        for link in _active(snapshot, subject, path):
            if link.parent not in seen:
                seen.add(link.parent)
                queue.append((link.parent, (*chain, link.parent)))


def _active(snapshot: Snapshot, subject: str, path: str) -> Iterator[Link]:
    return (link for link in snapshot.links_of.get(subject, ()) if within(path, link.dom))


def _near(
    snapshot: Snapshot, held: Collection[Binding], pair: Pair, path: str, relations: Collection[str]
) -> Iterator[Near]:
    """Which other relation, other place or other role would have been allowed; the smallest change first."""
    bits = snapshot.bits.get(pair[0], {})
    asked = sum(bits[relation] for relation in {ANY, *relations} if relation in bits)
    here = [binding for binding in held if within(path, binding.path)]
    for relation, bit in bits.items():
        if not asked & bit and _allowed(snapshot, here, pair, path, asked | bit):
            yield Near(f"allowed on {relation} records", relation=relation)
    for place in list(dict.fromkeys(_places(snapshot, held, pair, asked)))[:MAX_NEAREST]:
        yield Near(f"allowed at {place}", path=place)
    others = [
        role for role in snapshot.vocabulary.roles if _allowed(snapshot, [Binding(role, path)], pair, path, asked)
    ]
    known = {binding.role for binding in here}
    for role in [role for role in others if role not in known and role != "system"][:MAX_NEAREST]:
        yield Near(f"allowed for role {role}", role=role)


def _allowed(snapshot: Snapshot, held: Collection[Binding], pair: Pair, path: str, mask: int) -> bool:
    allow = deny = 0
    for binding in held:
        if cell := snapshot.cell(binding.role, pair):
            allowed, denied = nearest(cell, path)
            allow |= allowed & mask
            deny |= denied & mask
    return bool(allow) and not deny


def _places(snapshot: Snapshot, held: Collection[Binding], pair: Pair, asked: int) -> Iterator[str]:
    for binding in held:
        for place in [binding.path, *(snapshot.cell(binding.role, pair) or ())]:
            inside = within(place, binding.path)
            active = [each for each in held if within(place, each.path)]
            if inside and _allowed(snapshot, active, pair, place, asked):
                yield place
