"""What an edition must fulfil before it may be published; every problem is told at once."""

from collections.abc import Iterable, Sequence
from datetime import date

from gongzhi.core import clock
from gongzhi.core.catalogue.item import Category, ItemContent
from gongzhi.core.catalogue.records import Edition
from gongzhi.core.errors import Invalid, Problem


def check_effective(day: date, earlier: Sequence[Edition]) -> None:
    """Invalid when the day is past (but for a list's first edition) or before that of an earlier edition.

    The past is what people relied on: an edition that took effect yesterday would rewrite it.
    """
    if not earlier:
        return
    latest = max((begins for found in earlier if (begins := found.effective_from) and _held(found)), default=None)
    if day < clock.today():
        raise Invalid.at("effective_from", f"{day} is past; a list that is in force cannot be rewritten", "use today")
    if latest is not None and day < latest:
        raise Invalid.at("effective_from", f"an edition takes effect on {latest}, later than {day}", f"use {latest}")


def _held(edition: Edition) -> bool:
    """Whether the edition was or will be in force on any day: not if it is withdrawn before it takes effect."""
    begins, ends = edition.effective_from, edition.withdrawn_from
    return begins is not None and (ends is None or ends > begins)


def check_publishable(contents: Sequence[ItemContent], before: Sequence[ItemContent]) -> None:
    """Invalid with every problem of an edition: none at all, codes, categories, references, changed codes."""
    if not contents:
        raise Invalid.at("items", "an edition without items cannot be published", "add items or import a file")
    problems = [
        *_duplicates(contents),
        *_categories(contents),
        *_references(contents),
        *changed_codes(contents, before),
    ]
    if problems:
        raise Invalid(f"the edition has {len(problems)} problems", problems)


def changed_codes(contents: Iterable[ItemContent], before: Iterable[ItemContent]) -> Iterable[Problem]:
    """An item that keeps its name and category but appears under another code: a code is stable for ever."""
    after = {item.code: item for item in contents}
    gone = {(item.name, item.category.code): item.code for item in before if item.code not in after}
    known = {item.code for item in before}
    for index, item in enumerate(after.values()):
        old = gone.get((item.name, item.category.code))
        if old is not None and item.code not in known:
            yield Problem(
                message=f"{item.name} had the code {old} and now has {item.code}; a code is stable for ever",
                field=f"items.{index}.code",
                remedy=f"use {old}",
            )


def _duplicates(contents: Sequence[ItemContent]) -> Iterable[Problem]:
    seen: dict[str, int] = {}
    for index, item in enumerate(contents):
        if item.code in seen:
            yield Problem(message=f"{item.code} is also item {seen[item.code] + 1}", field=f"items.{index}.code")
        seen.setdefault(item.code, index)


def _categories(contents: Sequence[ItemContent]) -> Iterable[Problem]:
    known: dict[str, Category] = {}
    for index, item in enumerate(contents):
        first = known.setdefault(item.category.code, item.category)
        if first != item.category:
            yield Problem(
                message=f"category {first.code} is {first.name!r} in one place and {item.category.name!r} in another",
                field=f"items.{index}.category",
                remedy="give one code one name in both languages",
            )


def _references(contents: Sequence[ItemContent]) -> Iterable[Problem]:
    codes = {item.code for item in contents}
    for index, item in enumerate(contents):
        for related in item.related:
            if ":" not in related and related not in codes:
                yield Problem(
                    message=f"{item.code} names {related}, which is not in this edition",
                    field=f"items.{index}.related",
                    remedy="write `list-slug:CODE` for an item of another list",
                )
