r"""How a text stands in a cell, so that any text comes back unchanged and none is run as a formula.

- A leading apostrophe means: take the rest as it is. It is put before what a spreadsheet would calculate (= + - @ and
  their full-width forms, tab, line feed), before an apostrophe, and it alone is an explicitly empty text.
- Characters that CSV or XML cannot carry are written as `\u` and four hexadecimal digits.
- In a cell of several values `;` separates them, or a line each; `|` separates the parts of one. A backslash takes
  the next character as it is, `\n` is a line break, `\e` nothing at all.
"""

import re

VALUES = ";；\n"
PARTS = "|｜"
_RUN = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\n", "'")
_CONTROLS = r"\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff"
_OOXML = r"_(?=x[0-9a-fA-F]{4}_)|x(?=005F_)"
"""What a workbook's reader would take for an escape of its own."""
_UNWRITABLE = re.compile(rf"[{_CONTROLS}]|\\(?=u[0-9a-fA-F]{{4}})|{_OOXML}")
_QUOTED = re.compile(rf"(?P<control>[{_CONTROLS}]|{_OOXML})|(?P<line>\n)|[\\{PARTS}{VALUES}]")
_NUMBER = re.compile(r"\\u([0-9a-fA-F]{4})")
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)


def encode(text: str) -> str:
    """`text` as it stands in a cell of its own. One of blanks only is numbered, since a blank cell says nothing."""
    if not text.strip():
        return _numbers(text)
    return guard(_UNWRITABLE.sub(lambda match: _numbers(match[0]), text))


def decode(cell: str) -> str:
    """The text that `encode` wrote, or that a person typed."""
    return _NUMBER.sub(_character, unguard(cell))


def guard(cell: str) -> str:
    """The cell with an apostrophe where a spreadsheet would run it or drop its first character."""
    return f"'{cell}" if cell.startswith(_RUN) else cell


def unguard(cell: str) -> str:
    """The cell without that apostrophe."""
    return cell[1:] if cell.startswith("'") else cell


def encode_part(text: str) -> str:
    """`text` as one of several values in a cell. Blanks at its edges stay, and so does an empty text."""
    if not text:
        return r"\e"
    inner = text.strip()
    if not inner:
        return _numbers(text)
    start = text.index(inner)
    return _numbers(text[:start]) + _QUOTED.sub(_quoted, inner) + _numbers(text[start + len(inner) :])


def decode_part(part: str) -> str:
    """The text that `encode_part` wrote."""
    return _ESCAPE.sub(_plain, part.strip())


def split(cell: str, separators: str) -> list[str]:
    """The parts between `separators` that no backslash precedes, still encoded."""
    parts, start, index = [], 0, 0
    while index < len(cell):
        if cell[index] == "\\":
            index += 1
        elif cell[index] in separators:
            parts.append(cell[start:index])
            start = index + 1
        index += 1
    return [*parts, cell[start:]]


def _quoted(match: re.Match[str]) -> str:
    if match["control"]:
        return _numbers(match[0])
    return r"\n" if match["line"] else f"\\{match[0]}"


def _plain(match: re.Match[str]) -> str:
    taken = match[1]
    if len(taken) > 1:
        return _character(_NUMBER.match(match[0]) or match)
    return {"n": "\n", "e": ""}.get(taken, taken)


def _character(match: re.Match[str]) -> str:
    """The numbered character; NUL and half of a surrogate pair are in no text and stay as they are written."""
    code = int(match[1].removeprefix("u"), 16)
    return match[0] if code == 0 or 0xD800 <= code <= 0xDFFF else chr(code)


def _numbers(text: str) -> str:
    return "".join(f"\\u{ord(character):04x}" for character in text)
