"""What was compiled last is not compiled again, and nothing is taken for it that is another policy."""

import pytest

from gongzhi.core.errors import Invalid
from gongzhi.core.permissions import Snapshot, compile_policy, core_vocabulary
from gongzhi.core.permissions.rules import PolicyFile
from gongzhi.core.permissions.store import shipped
from gongzhi.core.permissions.vocabulary import Contribution, Role

RULE = b"p, role:grid.officer, /futian/meilin, catalogue.offering, update, any, allow\n"
MORE = RULE + RULE.replace(b"/meilin", b"/nanyuan")


def compiled(content: bytes = RULE, more: list[Contribution] | None = None, commit: str | None = None) -> Snapshot:
    model = [file for file in shipped() if file.name == "model.conf"]
    return compile_policy([*model, PolicyFile("own.csv", content)], core_vocabulary(more or []), commit=commit)


def test_the_same_policy_is_compiled_once() -> None:
    first = compiled()
    assert compiled() is first


def test_other_files_words_and_commits_are_other_policies() -> None:
    first = compiled()
    role = Contribution("someone", roles=(Role("someone.officer", "某人", "Someone"),))
    for other in (compiled(MORE), compiled(more=[role]), compiled(commit="0123456")):
        assert other is not first
    assert compiled(commit="0123456").commit == "0123456"
    assert len(compiled(MORE).rules) == 2
    assert compiled().commit is None


def test_what_was_compiled_without_looking_at_places_is_still_looked_at() -> None:
    compiled()
    model = [file for file in shipped() if file.name == "model.conf"]
    with pytest.raises(Invalid, match="problem"):
        compile_policy([*model, PolicyFile("own.csv", RULE)], core_vocabulary(), {"/futian"})
