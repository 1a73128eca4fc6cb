"""Pinyin of single characters, and what it costs."""

import subprocess
import sys

import pytest

from gongzhi.core.catalogue.search.readings import readings

MEASURED = """
import sys
def resident():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) // 1024
from gongzhi.core.catalogue.search import SearchIndex
from gongzhi.core.catalogue.search.readings import readings
assert "pypinyin" not in sys.modules
before = resident()
assert readings("养") == ("yang",)
print(resident() - before)
"""


@pytest.mark.parametrize(
    ("character", "syllables"),
    [
        ("养", ("yang",)),
        ("養", ("yang",)),
        ("行", ("xing", "hang", "heng")),
        ("女", ("nv", "nu", "ru")),
        ("a", ()),
        ("🙂", ()),
        ("\0", ()),
        ("，", ()),
    ],
)
def test_a_character_has_all_its_readings_without_tones(character: str, syllables: tuple[str, ...]) -> None:
    assert readings(character) == syllables


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_the_dictionary_is_loaded_when_needed_and_without_its_phrases() -> None:
    done = subprocess.run([sys.executable, "-c", MEASURED], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 25, "megabytes; with phrases it would be 45 more"
