"""Rounds in turns, the ratios that come of them, and how they are shown."""

import math
from xml.etree import ElementTree

from bench.chart import Bar, bars
from bench.growth.steps import Step, ratio_rows, section
from bench.http import page, ratios, rounds
from bench.http.contests import BARE, BEHIND
from bench.http.field import JITS, OURS, RAW, STOCK, STORED, UNCACHED
from bench.http.load import Load
from bench.http.rounds import Measured
from bench.targets import AtLeast, missed

POST_LIST = "public list, to ready bytes from a Litestar route"


def load(requests: int, p50: float = 1.0, p99: float = 2.0) -> Load:
    return Load(requests=requests, seconds=1.0, bytes=requests * 100, p50=p50, p99=p99, errors=0)


def one(case: str, name: str, rate: float, invalid: str | None = None) -> Measured:
    return Measured(case=case, name=name, rate=rate, low=rate, high=rate, p50=1.0, p99=5.0, invalid=invalid)


def test_contestants_take_turns_and_the_first_of_a_round_changes() -> None:
    asked: list[tuple[str, float]] = []

    def contestant(name: str, values: list[int]) -> rounds.Put:
        def put(seconds: float) -> Load:
            asked.append((name, seconds))
            return load(values[len([each for each in asked if each[0] == name]) - 1])

        return put

    contest = {"a": contestant("a", [0, 10, 50, 30]), "b": contestant("b", [0, 7, 5, 6])}
    a, b = rounds.measured("case", contest, 3, 9.0, lambda name, each: None)
    assert [name for name, _ in asked] == ["a", "b", "a", "b", "b", "a", "a", "b"]
    assert [seconds for _, seconds in asked] == [rounds.WARMING] * 2 + [9.0] * 6
    assert (a.rate, a.low, a.high) == (30, 10, 50)
    assert (b.rate, b.low, b.high) == (6, 5, 7)


def test_one_round_that_does_not_count_makes_all_not_count() -> None:
    found = rounds.measured(
        "case", {"a": lambda _: load(1)}, 2, 1.0, lambda name, each: "twice as large" if each.requests else None
    )
    assert [each.invalid for each in found] == ["twice as large"]


def test_ratios_are_to_the_fastest_of_those_who_are_there() -> None:
    results = [
        *(one("list", name, rate) for name, rate in ((OURS, 900), (UNCACHED, 200), (RAW, 1000), (STOCK, 10))),
        *(one("list", name, rate) for name, rate in zip(JITS, (50, 80), strict=True)),
        *(one("list", f"{name}{STORED}", 20) for name in JITS),
        *(one("mutation", name, rate) for name, rate in ((OURS, 5), (BARE, 20), (BEHIND, 10))),
    ]
    found = {name: value for name, value, _, _ in ratios.rows(results)}
    expected = {
        POST_LIST: 0.9,
        "public list, to the fastest Node peer (Mercurius)": 45,
        "public list, to the fastest Node peer with all items in memory (Yoga)": 900 / 80,
        "public list, response cache off, to the fastest Node peer with a JIT (Mercurius)": 10,
        "public list, response cache off, to stock strawberry": 20,
        "a mutation with audit and event, to the same rows in a bare asyncpg transaction": 0.25,
        "public list, p99 to p50": 5,
    }
    assert {name: found[name] for name in expected} == expected
    assert not any(name.startswith("one item") for name in found)


def test_who_answered_wrongly_meets_no_target() -> None:
    for wrong in (OURS, RAW):
        results = [one("list", name, 1000, "errors" if name == wrong else None) for name in (OURS, RAW)]
        row = next(row for row in ratios.rows(results) if row[0] == POST_LIST)
        assert math.isnan(row[1])
        assert missed(row)


def test_every_target_of_a_ratio_is_to_be_reached() -> None:
    names = {case for case, *_ in ratios.RATIOS}
    assert names == set(ratios.TITLES)
    least = {(case, who, words): target for case, who, words, _, target in ratios.RATIOS}
    assert least["list", OURS, "to ready bytes from a Litestar route"] == 0.6
    assert least["list", OURS, "to the fastest Node peer"] == 10
    assert least["list", UNCACHED, "to the fastest Node peer with a JIT"] == 2
    assert least["list", UNCACHED, "to stock strawberry"] == 15
    assert least["offerings", UNCACHED, "to the fastest Node peer"] == 1.5
    assert least["offerings", UNCACHED, "to stock strawberry"] == 20
    assert least["item", OURS, "to the fastest Node peer"] == 1
    assert least["mutation", OURS, "to the same rows in a bare asyncpg transaction"] == 0.5
    rows = ratios.rows([one("list", OURS, 1), one("list", RAW, 2)])
    assert isinstance(rows[0][3], AtLeast)


def test_the_page_shows_who_did_not_count_and_why() -> None:
    lines = page.lines(
        [one("list", OURS, 1234.5), one("list", STOCK, 9, "3 of 9 answers were no success")], ["No Node"]
    )
    assert any("1,234" in line and OURS in line for line in lines)
    assert any("does not count:" in line and "3 of 9 answers" in line for line in lines)
    assert "**No Node**" in lines


def test_growth_is_the_last_step_to_the_first() -> None:
    steps = [
        *(Step("rules", size, {"p50 ms": value, "p99 ms": 9.0}, 1.5) for size, value in ((100, 2.0), (1000, 3.0))),
        Step("workers", 1, {"pages /s": 100.0}),
        Step("workers", 2, {"pages /s": 190.0}),
    ]
    assert ratio_rows(steps) == [("p50 of a request: 1,000 rules to 100", 1.5, "ratio", 1.5)]
    assert missed(ratio_rows(steps)[0])
    assert "| 1,000 | 3      | 9      |" in section(steps)


def test_a_chart_has_a_bar_for_each_value_on_a_logarithmic_scale() -> None:
    picture = bars("Speed", [("list", [Bar("ours & fast", 10_000, own=True), Bar("other", 100)])])
    root = ElementTree.fromstring(picture)
    names = {"svg": "http://www.w3.org/2000/svg"}
    widths = {each.get("class"): float(each.get("width") or 0) for each in root.findall("svg:rect", names)}
    assert widths["own"] == 2 * widths["other"]
    texts = [each.text for each in root.findall("svg:text", names)]
    assert {"ours & fast", "10,000", "other", "100", "list"} <= set(texts)
