"""What the pages on modules show is what the demo answers: each query with the JSON that stands under it."""

import json
import re
from pathlib import Path

import pytest

from gongzhi.installation import standard
from gongzhi.testing.calling import calling

FOLDER = Path(__file__).parents[2] / "docs" / "modules"
PAGES = sorted(path.stem for path in FOLDER.glob("*.md"))
SHOWN = re.compile(r"(?:<!-- as (\S+) -->\n)?```graphql\n(.*?)```\n\n```json\n(.*?)```", re.DOTALL)


def test_every_built_in_module_has_a_page() -> None:
    assert sorted(plugin.module.id for plugin in standard().plugins) == PAGES


@pytest.mark.parametrize("name", PAGES)
async def test_a_page_shows_what_the_demo_answers(demo_sqlite: str, name: str) -> None:
    text = (FOLDER / f"{name}.md").read_text("utf-8")
    shown = SHOWN.findall(text)
    assert len(shown) == text.count("```graphql") > 0, "every query needs its answer below it"
    async with calling(demo_sqlite) as api:
        for caller, query, answer in shown:
            assert await api.data(caller, query) == json.loads(answer)
