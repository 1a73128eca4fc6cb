"""Casbin, and the only module that imports it.

Traps of pycasbin 2.8 that this boundary keeps from us (each has a test in tests/core/permissions/test_casbin_traps.py):
- a file that starts with a byte order mark loses its first rule: `\\ufeffp` is an unknown section and skipped;
- an effect other than `allow`/`deny` counts as neither, so a misspelt deny grants;
- lines of an unknown section (`P`, `p2`) are skipped in silence;
- `keyMatch` ignores everything after the first `*`, so `*.read` means `*`;
- inheritance deeper than `MAX_LINKS` is not followed;
- the domain manager keeps one role manager for each domain that was ever asked for, and one node for each name.
"""

from collections.abc import Sequence
from pathlib import Path

import casbin
import msgspec
from casbin.constant.constants import ALLOW_AND_DENY_EFFECT, ALLOW_OVERRIDE_EFFECT, DENY_OVERRIDE_EFFECT
from casbin.util import key_match

from gongzhi.core.territory.path import ROOT, within

SEPARABLE_EFFECTS = (ALLOW_AND_DENY_EFFECT, ALLOW_OVERRIDE_EFFECT, DENY_OVERRIDE_EFFECT)
"""Effects under which the verdict over several roles follows from the verdicts over each."""

MAX_LINKS = 9
"""How many `g` links Casbin follows from a subject: its role managers are made with a hierarchy level of 10."""

NONE, ALLOWED, DENIED = 0, 1, 2

_REQUEST = ("role:judged", ROOT, "core.thing", "read")

__all__ = ["ALLOWED", "DENIED", "MAX_LINKS", "NONE", "SEPARABLE_EFFECTS", "Judge", "Parsed", "Roles", "key_match"]


class Parsed(msgspec.Struct, frozen=True):
    """What a model says, free of layout."""

    request: tuple[str, ...]
    policy: tuple[str, ...]
    roles: dict[str, int]
    effect: str
    matcher: str


def parse_model(text: str) -> Parsed | str:
    """The model's parts, or Casbin's complaint about it."""
    model = casbin.Model()
    try:
        model.load_model_from_text(text)
    except (RuntimeError, IndexError) as error:
        return str(error)
    for section in ("r", "p", "e", "m"):
        if model[section] is None:
            return f"the section of {section!r} is missing"
    if extra := [key for section in ("r", "p", "e", "m") for key in model[section] if key != section]:
        return f"a second definition {extra[0]!r}, which nothing would use"
    roles = {key: len(assertion.tokens) for key, assertion in (model["g"] or {}).items()}
    fields = {section: tuple(token[2:] for token in model[section][section].tokens) for section in ("r", "p")}
    matcher = "".join(model["m"]["m"].value.split())
    return Parsed(fields["r"], fields["p"], roles, model["e"]["e"].value, matcher)


def enforcer(text: str, rules: Sequence[Sequence[str]], links: Sequence[Sequence[str]]) -> casbin.Enforcer:
    """A plain Casbin enforcer with `within` as function and domain matching: the definition of what a policy means."""
    model = casbin.Model()
    model.load_model_from_text(text)
    model["p"]["p"].policy = [list(rule) for rule in rules]
    made = casbin.Enforcer(model)
    made.add_function("within", within)
    if model["g"]:
        model["g"]["g"].policy = [list(link) for link in links]
        made.add_named_domain_matching_func("g", within)
        made.build_role_links()
    return made


def try_model(text: str) -> str | None:
    """Judge one request by a model, to see whether it can be evaluated at all: the fault, or None."""
    request = [*_REQUEST, "any"]
    try:
        enforcer(text, [[*request, "allow"]], []).enforce(*request)
    except Exception as fault:  # noqa: BLE001 - a foreign matcher may raise anything at all; whatever it is, it is refused
        return f"{type(fault).__name__}: {fault}"
    return None


class Judge:
    """Casbin's verdicts under one model."""

    def __init__(self, text: str, rules: Sequence[Sequence[str]] = (), links: Sequence[Sequence[str]] = ()) -> None:
        self._enforcer = enforcer(text, rules, links)
        model = self._enforcer.get_model()
        self._rules = model["p"]["p"]
        # Under allow-override a matching deny rule takes nothing away from what another role is given.
        self._refused = NONE if model["e"]["e"].value == ALLOW_OVERRIDE_EFFECT else DENIED

    def verdict(self, *request: str) -> int:
        """What Casbin says to (sub, dom, obj, act, rel): ALLOWED, DENIED by a rule, or NONE. An error is DENIED."""
        try:
            allowed, rule = self._enforcer.enforce_ex(*request)
        except Exception:  # noqa: BLE001 - a foreign matcher may raise anything at all, and an error means deny
            return DENIED
        if allowed:
            return ALLOWED
        return self._refused if rule and rule[-1] == "deny" else NONE

    def verdict_on(self, shapes: Sequence[tuple[str, str]], rel: str) -> int:
        """What Casbin says when exactly these (rel, eft) apply to the subject, place, resource and action."""
        self._rules.policy = [[*_REQUEST, *shape] for shape in shapes]
        return self.verdict(*_REQUEST, rel)


class Roles:
    """Casbin's role manager over `g` links."""

    def __init__(self, text: str, links: Sequence[Sequence[str]]) -> None:
        self._reaches = enforcer(text, (), links).get_role_manager().has_link

    def reaches(self, child: str, parent: str, path: str) -> bool:
        """Whether `child` holds `parent` at `path`, itself included."""
        return bool(self._reaches(child, parent, path))


def load_stock(model: Path, policy: Path) -> casbin.Enforcer:
    """An enforcer exactly as stock pycasbin loads the two files; for tests that show what it would do with them."""
    made = casbin.Enforcer(str(model), str(policy))
    made.add_function("within", within)
    made.add_named_domain_matching_func("g", within)
    return made
