"""Any item that the catalogue can hold, to be written to a file and read back."""

from typing import Any

from hypothesis import strategies as st

from gongzhi.core.actors.kinds import ActorKind
from gongzhi.core.catalogue.item import (
    Audience,
    BasisKind,
    Category,
    Channel,
    Cost,
    CostKind,
    Document,
    FieldKind,
    FormField,
    ItemContent,
    ItemStatus,
    LegalBasis,
    LifeEvent,
    Verification,
)
from gongzhi.core.catalogue.lists import DispositionKind, FunctionKind, SubcommitteeKind

TRICKY = st.sampled_from(
    [
        *("=1+1", "+86", "-", "@x", "'quoted'", "＝SUM", "\t", "\n", "\r\n", "a\rb", "007", "1e5", "null", "true", "~"),
        *(
            "2018-01-01",
            "a|b",
            "a;b；c",
            "\\n",
            "\\u0041",
            "_x000D_",
            "x005F_",
            "_x005F_x",
            " a ",
            "",
            "\\",
            "\\e",
            "是",
        ),
        *(
            "\u2028",
            "\x85",
            "\ufeff",
            "\x01",
            "#REF!",
            "*a",
            "&a",
            "{a: b}",
            "- x",
            '"',
            '""',
            "a,b",
            "｜",
            "免费",
            "\U00020000",
        ),
    ]
)
ANY = st.one_of(TRICKY, st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20))
FILLED = ANY.filter(lambda text: bool(text.strip()))
CODES = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,8}", fullmatch=True)
WORDS = st.lists(ANY, max_size=3).map(tuple)
DOCUMENTS = st.lists(st.builds(Document, name=FILLED, name_en=ANY, required=st.booleans()), max_size=2).map(tuple)
BASIS = st.builds(
    LegalBasis,
    name=FILLED,
    name_en=ANY,
    version=ANY,
    article=ANY,
    kind=st.sampled_from(BasisKind),
    verification=st.sampled_from(Verification),
)
FORM = st.builds(
    FormField,
    code=CODES,
    name=FILLED,
    name_en=ANY,
    kind=st.sampled_from(FieldKind),
    required=st.booleans(),
    choices=WORDS,
)
FUNCTION = st.fixed_dictionaries(
    {"kind": st.sampled_from([kind.value for kind in FunctionKind])},
    optional={"subcommittee": st.sampled_from([kind.value for kind in SubcommitteeKind])},
)
TASK = st.fixed_dictionaries(
    {},
    optional={
        "line_department": ANY,
        "line_department_en": ANY,
        "proposed_disposition": st.sampled_from([None, *(kind.value for kind in DispositionKind)]),
    },
)
ATTRIBUTES: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "basic-services": st.just({}),
    "committee-functions": FUNCTION,
    "station-tasks": TASK,
}


def some(kind: Any) -> st.SearchStrategy[tuple[Any, ...]]:
    """A few members of an enum, in any order, as an item holds them."""
    return st.lists(st.sampled_from(kind), max_size=3).map(tuple)


def items(slug: str) -> st.SearchStrategy[tuple[ItemContent, ...]]:
    """One to three items of a list with different codes."""
    one = st.builds(
        ItemContent,
        code=CODES,
        name=FILLED,
        name_en=ANY,
        description=ANY,
        description_en=ANY,
        category=st.builds(Category, code=CODES, name=FILLED, name_en=ANY),
        keywords=WORDS,
        audience=some(Audience),
        life_events=some(LifeEvent),
        competent=st.sampled_from([None, *ActorKind]),
        provider=st.sampled_from([None, *ActorKind]),
        basis=st.lists(BASIS, max_size=2).map(tuple),
        documents=DOCUMENTS,
        outputs=DOCUMENTS,
        channels=some(Channel),
        opening_hours=ANY,
        cost=st.builds(Cost, kind=st.sampled_from(CostKind), fen=st.none() | st.integers(0, 10**9), note=ANY),
        processing_days=st.none() | st.integers(0, 3650),
        promised_hours=st.none() | st.integers(0, 87600),
        form=st.lists(FORM, max_size=2).map(tuple),
        related=WORDS,
        status=st.sampled_from(ItemStatus),
        attributes=ATTRIBUTES[slug],
    )
    return st.lists(one, min_size=1, max_size=3, unique_by=lambda item: item.code).map(tuple)
