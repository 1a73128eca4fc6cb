import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from gongzhi.core.ids import uuid7


def test_an_id_is_of_version_7_and_begins_with_the_time() -> None:
    before = time.time_ns() // 1_000_000
    made = uuid7()
    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert before <= made.int >> 80 <= before + 1000


def test_each_id_is_greater_than_the_one_before() -> None:
    made = [uuid7() for _ in range(20_000)]
    assert made == sorted(set(made))


def test_ids_grow_on_after_the_clock_was_set_back(monkeypatch: pytest.MonkeyPatch) -> None:
    earlier = time.time_ns() - 3_600_000_000_000
    before = uuid7()
    monkeypatch.setattr(time, "time_ns", lambda: earlier)
    assert uuid7() > before


def test_threads_never_make_the_same_id() -> None:
    with ThreadPoolExecutor(8) as threads:
        batches = list(threads.map(lambda _: [uuid7() for _ in range(2_000)], range(8)))
    assert len({made for batch in batches for made in batch}) == 16_000
    assert all(batch == sorted(batch) for batch in batches)
