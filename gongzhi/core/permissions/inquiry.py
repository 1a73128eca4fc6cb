"""Questions the other way round: who can do this here, and what can this caller do."""

import msgspec

from gongzhi.core.permissions.compiler import nearest
from gongzhi.core.permissions.explanation import matching
from gongzhi.core.permissions.principal import Principal
from gongzhi.core.permissions.roles import SYSTEM_ROLE
from gongzhi.core.permissions.rules import ALLOW, ROLE_PREFIX
from gongzhi.core.permissions.running import current
from gongzhi.core.permissions.snapshot import Snapshot


class Holder(msgspec.Struct, frozen=True):
    """Somebody who is allowed: a role held here or above, or an account that a policy file names.

    `relations` are those in which it is allowed; with `any` among them the others follow. `rule` is `file:line`.
    """

    subject: str
    relations: tuple[str, ...]
    rule: str
    chain: tuple[str, ...]


class Ability(msgspec.Struct, frozen=True):
    """One action that a caller may do at a path, and in which relations."""

    resource: str
    action: str
    relations: tuple[str, ...]


def who_can(action: str, resource: str, path: str, *, snapshot: Snapshot | None = None) -> tuple[Holder, ...]:
    """The roles, and the accounts that files name, that may do this at a path. The system operator is left out."""
    policy = snapshot or current()
    found = []
    for role in policy.vocabulary.roles:
        if role != SYSTEM_ROLE and (holder := _holder(policy, role, (resource, action), path)):
            found.append(holder)
    for account in policy.accounts:
        principal = Principal(account_id=None, bindings=policy.accounts[account])
        relations = _relations(policy, principal, (resource, action), path)
        if relations:
            grounds = [
                each
                for b in principal.bindings
                for each in matching(policy, b.role, (resource, action), path, relations)
            ]
            rule, chain = next(each for each in grounds if each[0].eft == ALLOW)
            found.append(Holder(account, relations, rule.place, chain))
    return tuple(found)


def _holder(policy: Snapshot, role: str, pair: tuple[str, str], path: str) -> Holder | None:
    cell = policy.cell(role, pair)
    if cell is None:
        return None
    allow, _ = nearest(cell, path)
    relations = tuple(relation for relation, bit in policy.bits[pair[0]].items() if allow & bit)
    for rule, chain in matching(policy, role, pair, path, relations):
        if rule.eft == ALLOW:
            return Holder(ROLE_PREFIX + role, relations, rule.place, chain)
    return None


def _relations(policy: Snapshot, principal: Principal, pair: tuple[str, str], path: str) -> tuple[str, ...]:
    bits = policy.bits.get(pair[0], {})
    allow, deny = policy.masks(principal.bindings, pair, path, bits)
    return tuple(relation for relation, bit in bits.items() if allow & bit and not deny & bit)


def what_can(principal: Principal, path: str, *, snapshot: Snapshot | None = None) -> tuple[Ability, ...]:
    """Everything that a caller may do at a path, in the order of the vocabulary."""
    policy = snapshot or current()
    held = policy.held(principal)
    abilities = []
    for pair in policy.vocabulary.pairs():
        bits = policy.bits[pair[0]]
        allow, deny = policy.masks(held, pair, path, bits)
        if relations := tuple(relation for relation, bit in bits.items() if allow & bit and not deny & bit):
            abilities.append(Ability(*pair, relations))
    return tuple(abilities)
