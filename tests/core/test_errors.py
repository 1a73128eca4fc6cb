import pytest

from gongzhi.core import errors
from gongzhi.core.errors import GongzhiError, IllegalTransition, Invalid, Limited, Problem, all_errors


def test_every_error_has_a_code_of_its_own_and_says_what_to_do() -> None:
    found = all_errors()
    assert [error.__name__ for error in found] == [
        "Unauthenticated",
        "Forbidden",
        "NotFound",
        "Invalid",
        "IllegalTransition",
        "Conflict",
        "IdempotencyMismatch",
        "Limited",
        "Unavailable",
        "Internal",
    ]
    assert len({error.code for error in found}) == len(found)
    for error in found:
        assert error.meaning.endswith(".")
        assert error.remedy.endswith(".")
        assert 400 <= error.status <= 503
        assert error.__name__ in (errors.__doc__ or "")


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        (Problem(message="wrong"), "wrong"),
        (Problem(message="wrong", field="a.1"), "a.1: wrong"),
        (Problem(message="wrong", remedy="do it right"), "wrong (do it right)"),
        (Problem(message="wrong", file="f.csv", row=3, column="code"), "f.csv:3:code: wrong"),
        (Problem(message="wrong", file="f", row=0, field="a", remedy="r"), "f:0: a: wrong (r)"),
    ],
)
def test_a_problem_says_where_what_and_what_to_do(problem: Problem, text: str) -> None:
    assert str(problem) == text


def test_extensions_carry_what_programs_need() -> None:
    assert GongzhiError("x").extensions() == {"code": "INTERNAL"}
    assert Invalid.at("a", "wrong").extensions() == {"code": "INVALID", "fields": [{"message": "wrong", "field": "a"}]}
    step = IllegalTransition("x", state="draft", allowed=["publish", "drop"])
    assert step.extensions() == {
        "code": "ILLEGAL_TRANSITION",
        "fields": [],
        "state": "draft",
        "allowed": ["drop", "publish"],
    }
    assert Limited("x", limit="depth", value=9, actual=12).extensions() == {
        "code": "LIMITED",
        "limit": "depth",
        "value": 9,
        "actual": 12,
    }
