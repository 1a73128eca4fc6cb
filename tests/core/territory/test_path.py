import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.core.errors import Invalid
from gongzhi.core.territory import path as paths

segments = st.from_regex(paths.SEGMENT, fullmatch=True).filter(lambda text: len(text) <= 20 and text.isascii())
some_paths = st.lists(segments, max_size=4).map(lambda parts: "/" + "/".join(parts))


@pytest.mark.parametrize("path", ["/", "/futian", "/futian/nanyuan", "/a1/b-2/g012", "/" + "a" * 254])
def test_what_is_a_path(path: str) -> None:
    assert paths.parse(path) == path


@pytest.mark.parametrize(
    "text",
    ["", "futian", "/futian/", "//", "/Futian", "/福田", "/a_b", "/-a", "/a-", "/a--b", "/a b", "/a\n", "/../a", "/a\0"]
    + ["/" + "a" * 255, "/\uff41", "/%61"],
)
def test_what_is_no_path(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        paths.parse(text, "where")
    assert [problem.field for problem in refused.value.problems] == ["where"]


def test_a_name_that_begins_alike_lies_not_within() -> None:
    assert not paths.within("/futian2", "/futian")
    assert not paths.within("/futian", "/futian/nanyuan")
    assert paths.within("/futian", "/futian")
    assert paths.within("/futian", "/")
    assert not paths.within("/", "/futian")


def test_ancestors_end_with_the_root() -> None:
    assert paths.ancestors("/a/b/c") == ["/a/b/c", "/a/b", "/a", "/"]
    assert paths.ancestors("/") == ["/"]
    assert (paths.parent_of("/a/b"), paths.parent_of("/a")) == ("/a", None)


@given(some_paths, some_paths)
def test_the_range_below_a_path_holds_its_descendants_and_nothing_else(path: str, ancestor: str) -> None:
    low, high = paths.below(ancestor)
    for candidate in (path, path.rstrip("/") + ancestor, ancestor.rstrip("/") + path):
        descendant = paths.within(candidate, ancestor) and candidate != ancestor
        assert (low <= candidate < high) == (descendant or candidate == ancestor == paths.ROOT)
        assert (ancestor in paths.ancestors(candidate)) == paths.within(candidate, ancestor)
