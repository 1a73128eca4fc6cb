"""What is published says nothing of a machine, of a registry's address, of a secret or of who typed it."""

import re

import pytest

from tests.style.source import files, listed, text

# Written apart, with a gap in each word, so that this file does not find itself.
_TOOLS = ("chat gpt", "cl aude", "anth ropic", "open ai", "co pilot", "co-authored -by", "ai-gen erated")
_REGISTRIES = (r"pypi \.org", r"python hosted\.org", r"registry\. npmjs", "npm mirror", "--index -url")
_PATHS = (r"(?<![\w./])/ (work|root|home/\w+|Users/\w+)(/|\b)", r"\.\./ shared")
_TOKENS = (r"ey J[\w-]{10,}\.ey J[\w-]{10,}", r"\bgh p_\w{20,}", r"\bAK IA[0-9A-Z]{16}\b", r"\bs k-[A-Za-z0-9]{20,}")


def joined(parts: tuple[str, ...]) -> str:
    return "|".join(f"({part.replace(' ', '')})" for part in parts)


PATTERNS = {
    "a path of one machine": joined(_PATHS),
    "a registry's address": joined(_REGISTRIES),
    "a private key": "-----BEGIN [A-Z ]*" + "PRIVATE KEY-----",
    "a token": joined(_TOKENS),
    "its author's tools": f"(?i){joined(_TOOLS)}",
}
"""What -> a regular expression for it."""


@pytest.mark.parametrize("what", PATTERNS)
def test_nothing_is_disclosed(what: str) -> None:
    pattern = re.compile(PATTERNS[what])
    found = [
        f"{name}:{number} {line.strip()[:100]}"
        for name in files()
        for number, line in enumerate(text(name).splitlines(), start=1)
        if pattern.search(line)
    ]
    assert not found, listed(found, f"Take {what} out; use a placeholder, a setting or a relative path.")


@pytest.mark.parametrize(
    ("what", "line"),
    [
        ("a path of one machine", "see /" + "work/main"),
        ("a path of one machine", "'/" + "root/.cache'"),
        ("a registry's address", "https://" + "pypi" + ".org/simple"),
        ("a private key", "-----BEGIN EC " + "PRIVATE KEY-----"),
        ("a token", "ey" + "JhbGciOiJFZERTQSJ9.ey" + "JpYXQiOjE3MDAwMDAwMDB9.x"),
        ("its author's tools", "An " + "AI-gen" + "erated file"),
    ],
)
def test_the_patterns_find_what_they_are_for(what: str, line: str) -> None:
    assert re.search(PATTERNS[what], line)
