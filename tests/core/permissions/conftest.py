"""What the permission tests share: the vocabulary, the shipped policy, and policies written in a line or two."""

from collections.abc import Callable, Iterator
from uuid import UUID

import pytest

from gongzhi.core.permissions import (
    Binding,
    PolicyFile,
    Principal,
    Snapshot,
    Vocabulary,
    compile_policy,
    core_vocabulary,
    load,
    pinned,
)
from gongzhi.core.permissions.model import OURS

Compile = Callable[..., Snapshot]


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    return core_vocabulary()


@pytest.fixture(scope="session")
def shipped_policy(vocabulary: Vocabulary) -> Snapshot:
    return load(None, vocabulary)


@pytest.fixture
def deciding(shipped_policy: Snapshot) -> Iterator[Snapshot]:
    """The shipped policy decides within the test."""
    with pinned(shipped_policy):
        yield shipped_policy


@pytest.fixture
def policy(vocabulary: Vocabulary) -> Compile:
    """Compile lines of one file, under our model or another."""

    def compile_lines(*lines: str, model: str = OURS, paths: tuple[str, ...] | None = None) -> Snapshot:
        files = [PolicyFile("model.conf", model.encode()), PolicyFile("t.csv", "\n".join(lines).encode())]
        return compile_policy(files, vocabulary, paths)

    return compile_lines


def holding(role: str, path: str, organization: int = 1, code: str = "zhang") -> Principal:
    """Somebody signed in with one role by a membership."""
    binding = Binding(role, path, UUID(int=organization + 100), UUID(int=organization))
    return Principal(account_id=UUID(int=7), account_code=code, bindings=(binding,))
