"""Why the files are not left to pycasbin alone: what it does with mistakes, pinned so that a change is noticed."""

from pathlib import Path

import casbin
import pytest
from casbin.util import key_match

from gongzhi.core.errors import Invalid
from gongzhi.core.permissions import PolicyFile, compile_policy, core_vocabulary
from gongzhi.core.permissions.store import shipped

MODEL = """
[request_definition]
r = sub, obj, act
[policy_definition]
p = sub, obj, act, eft
[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))
[matchers]
m = r.sub == p.sub && r.obj == p.obj && r.act == p.act
"""
GRANT = "p, li, offering, close, allow\n"
OURS = "p, role:station.head, /, catalogue.offering, close, any, "


def enforced(folder: Path, content: bytes) -> bool:
    """Whether plain Casbin lets Li close an offering."""
    (folder / "model.conf").write_text(MODEL)
    (folder / "policy.csv").write_bytes(content)
    answer: bool = casbin.Enforcer(str(folder / "model.conf"), str(folder / "policy.csv")).enforce(
        "li", "offering", "close"
    )
    return answer


def refused(content: bytes) -> str:
    """What our loader says of a file."""
    model = [file for file in shipped() if file.name == "model.conf"]
    with pytest.raises(Invalid) as refusal:
        compile_policy([*model, PolicyFile("own.csv", content)], core_vocabulary())
    return "\n".join(map(str, refusal.value.problems))


def test_a_misspelt_deny_grants(tmp_path: Path) -> None:
    deny = GRANT.replace("allow", "deny")
    assert enforced(tmp_path, (GRANT + deny).encode()) is False
    assert enforced(tmp_path, (GRANT + deny.replace("deny", "dney")).encode()) is True
    said = refused((OURS + "dney\n").encode())
    assert said.startswith("own.csv:1:")
    assert "deny" in said


def test_the_first_rule_behind_a_byte_order_mark_is_lost(tmp_path: Path) -> None:
    deny = GRANT.replace("allow", "deny")
    assert enforced(tmp_path, (deny + GRANT).encode()) is False
    assert enforced(tmp_path, b"\xef\xbb\xbf" + (deny + GRANT).encode()) is True
    assert refused(b"\xef\xbb\xbf" + (OURS + "allow\n").encode()).startswith("own.csv:1:1")


def test_lines_of_an_unknown_kind_are_skipped(tmp_path: Path) -> None:
    assert enforced(tmp_path, (GRANT + GRANT.replace("p,", "P,").replace("allow", "deny")).encode()) is True
    assert refused(("P" + OURS[1:] + "deny\n").encode()).startswith("own.csv:1:1")


def test_a_pattern_ends_at_its_first_star() -> None:
    assert key_match("catalogue.edition", "*.read")
    assert refused(OURS.replace("catalogue.offering", "*.offering").encode() + b"allow\n").startswith("own.csv:1:")
