"""The Casbin model that policies are judged by: ours, or another that keeps the five request fields."""

import re

import msgspec

from gongzhi.core.errors import Problem
from gongzhi.core.permissions import judge

REQUEST = ("sub", "dom", "obj", "act", "rel")
POLICY = (*REQUEST, "eft")

OURS = """
[request_definition]
r = sub, dom, obj, act, rel

[policy_definition]
p = sub, dom, obj, act, rel, eft

[role_definition]
g = _, _, _

[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))

[matchers]
m = g(r.sub, p.sub, r.dom) && within(r.dom, p.dom) && keyMatch(r.obj, p.obj) && keyMatch(r.act, p.act) \
&& (p.rel == "any" || p.rel == r.rel)
"""
"""The text of policies/model.conf. A test compares them."""

_DOMAIN_USES = re.compile(r"within\(\s*r_dom\s*,\s*p_dom\s*\)|\bg\(\s*r_sub\s*,\s*p_sub\s*,\s*r_dom\s*\)")


class Model(msgspec.Struct, frozen=True):
    """A model that was accepted. `standard`: it means what ours means, so rules may be judged in groups."""

    text: str
    standard: bool


def read(text: str, file: str) -> Model | list[Problem]:
    """Accept a model.conf, or say why not: with another shape no decision could be explained or turned into SQL."""
    parsed = judge.parse_model(text)
    if isinstance(parsed, str):
        return [
            _problem(
                file, text, "", f"Casbin cannot read this model: {parsed}", "compare it with the shipped model.conf"
            )
        ]
    if parsed == judge.parse_model(OURS):
        return Model(text, standard=True)
    problems = []
    if parsed.request != REQUEST:
        wrong = f"the request has the fields {', '.join(parsed.request)}"
        problems.append(_problem(file, text, "r", wrong, f"keep r = {', '.join(REQUEST)}"))
    if parsed.policy != POLICY:
        wrong = f"the policy has the fields {', '.join(parsed.policy)}"
        problems.append(_problem(file, text, "p", wrong, f"keep p = {', '.join(POLICY)}"))
    if parsed.roles not in ({}, {"g": 3}):
        problems.append(_problem(file, text, "g", "role definitions other than g = _, _, _", "keep g = _, _, _ alone"))
    if parsed.effect not in judge.SEPARABLE_EFFECTS:
        wrong = "the effect depends on the order of rules, so a caller with two roles cannot be decided role by role"
        problems.append(_problem(file, text, "e", wrong, "use allow-override, deny-override or allow-and-no-deny"))
    if re.search(r"\br_dom\b", _DOMAIN_USES.sub("", parsed.matcher)):
        wrong = (
            "r.dom is used otherwise than in within(r.dom, p.dom) and g(r.sub, p.sub, r.dom): no list could be filtered"
        )
        problems.append(_problem(file, text, "m", wrong, "compare territories with within(r.dom, p.dom)"))
    if not problems and (fault := judge.try_model(text)):
        problems.append(
            _problem(file, text, "m", f"Casbin cannot evaluate the matcher: {fault}", "correct the matcher")
        )
    return problems or Model(text, standard=False)


def _problem(file: str, text: str, key: str, message: str, remedy: str) -> Problem:
    """A problem at the line that defines `key`, or at the first line."""
    lines = text.splitlines()
    row = next((n for n, line in enumerate(lines, 1) if key and re.match(rf"\s*{key}\d*\s*=", line)), 1)
    return Problem(message=message, file=file, row=row, column="1", remedy=remedy)
