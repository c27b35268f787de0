"""Mutants 变异文件: files of the corpus with a few things done to them, by a seeded chance.

What is done fits the format, so that it reaches what is behind the door: bytes anywhere, quotation
marks and separators of texts, tokens of JSON, tags and attributes of markup, the parts of a package
(which is packed again), the numbers of an old workbook's records.
"""

import io
import json
import re
import tomllib
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from random import Random
from xml.sax.saxutils import escape

from ingest import sniff
from tests.corpus import FILES, FOLDER, TABLE

LARGEST = 16_000
"""Larger files of the corpus are about size, and would only make every mutant slow."""
LIKED = 4
"""How much more often a file is changed whose rows would be read as it is."""
GROWN_FROM, GROWN = 1_000, 40
"""One in so many mutants is made long, but none that is read in the short tests."""
LONG_BYTES = (4_000, 40_000, 400_000)
TAMPERINGS = (1, 1, 1, 2, 2, 4)
"""How many things are done to one file."""
Tamper = Callable[[bytes, Random], bytes]
UGLY = (
    *(
        "1.23E+17",
        "7.05E16",
        "=1+1",
        "NaN",
        "-0",
        "1e999",
        "9" * 400,
        "0" * 60,
        "²",
        "½",
        "Ⅷ",
        "٣٤",
    ),
    *(
        "१२",
        "１２．５",
        "𝟙𝟚",
        "1,2,3",
        "1.2.3",
        "-",
        "",
        " ",
        "\u200b",
        "\u202e",
        "\ufeff",
        "\u2028",
    ),
    *("\0", "\x01", "\x1f", "\x85", "\uffff", "\U0010ffff", "😀", "é", "e\u0301", "ﬁ", "İ", "ß"),
    *("2025-02-30", "0000-00-00", "9999-12-31", "99999999", "2025-03-04T99:99:99+99:99", "45717.9"),
    *("2025-03-04T00:00:00+24:00", "0001-01-01 00:00 +14:00", "9999-12-31 23:59 -12:00", "00000"),
    *(
        "无",
        "合计",
        "小计",
        "示例",
        "运单号",
        "#N/A",
        "吨",
        "1吨",
        "18,5",
        "'",
        '"',
        '""',
        "{",
        "{0}",
    ),
    *(
        "%s",
        "</c>",
        "&#0;",
        "&lt;",
        "]]>",
        "<!--",
        "\r",
        "\n",
        "\t",
        "；",
        "705",
        "3",
        "蒙A12345/蒙A1",
    ),
    *("长" * 300, "a" * 33_000, "TGBU0000010", "0705202５0000000001"),
)
NUMBERS = ("0", "-1", "1", "2", "7", "255", "256", "65535", "1048577", "4294967295", "9" * 25, "²")
"""What stands in an attribute that counts something."""
ENTITIES = (b"&#0;", b"&#x1F;", b"&#xD800;", b"&#x110000;", b"&x;", b"&amp", b"&#;", b"&nbsp;")
ENCODINGS = (
    b"utf-8",
    b"gb18030",
    b"gb2312",
    b"utf-16",
    b"utf-7",
    b"big5",
    b"ascii",
    b"x-none",
    b"",
)
SEPARATORS = (b",", b"\t", b";", b"|", b"\r\n", b"\r", b"\n", b'"', b'""', b'","', b"'")
JSON_TOKENS = (
    *(b"null", b"true", b"NaN", b"-Infinity", b"1e999", b"-0", b"12345678901234567890", b"1.50"),
    *(
        b'"\\u0000"',
        b'"\\ud800"',
        b'"\\"',
        b"[",
        b"]",
        b"{",
        b"}",
        b",",
        b":",
        b"[[[[",
        b"{}",
        b"[]",
    ),
    *(b'""', b"'x'", b"\n", b"/**/", b"\xff"),
)
TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[\]{},:]|[^\s\[\]{},:"]+')
TAG = re.compile(rb"<[^<>]*>")
ATTRIBUTE = re.compile(rb'([\w:]+=)("[^"]*"|\'[^\']*\'|\w+)')
WORDS = re.compile(rb"(?<=>)[^<>]+(?=<)")
DECLARED = re.compile(rb'(encoding="|charset=)[\w-]*')
BEGUN = (
    *(b'"', b"'", b"<", b"<!--", b"<?x ?>", b"&amp;", b"<c ", b'<c r="A1">', b"<f>", b"<v>1"),
    *(b"<td>", b"<tr>", b"<row>", b'="', b"[", b"{", b"(", b"\\u0041", b"\n", b",", b"1", b"1,"),
    *(b"1 ", b"-", b" ", b"a ", b"A1", "长".encode(), "（".encode(), "０".encode(), "年".encode()),
)
"""Beginnings of what might never end."""
BYTES = (b"\0", b"\xff", b"\xfe\xff", b"\xef\xbb\xbf", b"\x81", b"\x84\x31\xa4\x37", b"\r\n", b'"')
WORDS_OF_TWO = (0, 1, 0x7FFF, 0x8000, 0xFFFF)


def _place(raw: bytes, chance: Random) -> int:
    return chance.randrange(len(raw) + 1)


def _spliced(raw: bytes, start: int, end: int, new: bytes) -> bytes:
    return raw[:start] + new + raw[end:]


def _flip(raw: bytes, chance: Random) -> bytes:
    out = bytearray(raw)
    for _ in range(chance.choice((1, 1, 2, 8))):
        if out:
            out[chance.randrange(len(out))] ^= 1 << chance.randrange(8)
    return bytes(out)


def _put(raw: bytes, chance: Random) -> bytes:
    at = _place(raw, chance)
    return _spliced(raw, at, at + chance.choice((0, 0, 1)), chance.choice(BYTES))


def _cut(raw: bytes, chance: Random) -> bytes:
    return raw[: _place(raw, chance)]


def _without(raw: bytes, chance: Random) -> bytes:
    at = _place(raw, chance)
    return _spliced(raw, at, at + chance.choice((1, 2, 16, 200)), b"")


def _again(raw: bytes, chance: Random) -> bytes:
    at = _place(raw, chance)
    return _spliced(raw, at, at, raw[at : at + chance.choice((1, 16, 200, 2000))])


def _mixed(raw: bytes, chance: Random, others: Sequence[bytes]) -> bytes:
    """Go on as another file of the kind does."""
    other = chance.choice(others)
    return raw[: _place(raw, chance)] + other[_place(other, chance) :]


def _exchanged(
    raw: bytes, chance: Random, pattern: re.Pattern[bytes], news: Sequence[bytes]
) -> bytes:
    """Put one of these texts in the place of one that has the pattern; one in three beside it."""
    found = list(pattern.finditer(raw))
    if not found:
        return raw
    one = chance.choice(found)
    last = pattern.groups and 2  # the part that may change, where a name stands before it
    start, end = one.span(last)
    new = chance.choice(news)
    return _spliced(raw, end if chance.randrange(3) == 0 else start, end, new)


def _swapped(raw: bytes, chance: Random, pattern: re.Pattern[bytes]) -> bytes:
    """Let two texts that have the pattern change places."""
    found = list(pattern.finditer(raw))
    if len(found) < 2:
        return raw
    one, other = sorted(chance.sample(found, 2), key=lambda match: match.start())
    between = raw[one.end() : other.start()]
    return _spliced(raw, one.start(), other.end(), other[0] + between + one[0])


def _gone(raw: bytes, chance: Random, pattern: re.Pattern[bytes]) -> bytes:
    return _exchanged(raw, chance, pattern, (b"",))


def _encoded(texts: Sequence[str]) -> tuple[bytes, ...]:
    return tuple(text.encode("utf-8", "surrogatepass") for text in texts)


def _said(
    raw: bytes,
    chance: Random,
    pattern: re.Pattern[bytes],
    form: str = "{}",
    written: Callable[[str], str] = str,
) -> bytes:
    """Let a cell say something ugly, in the encoding that the file seems to have."""
    text = written(chance.choice(UGLY))
    try:
        raw.decode()
        encoding = "utf-8"
    except UnicodeDecodeError:
        encoding = "gb18030"
    return _exchanged(raw, chance, pattern, (form.replace("{}", text).encode(encoding),))


CELL = re.compile(rb'(?:^|(?<=[,\t;|\n]))[^,\t;|\r\n"]*')
SEPARATOR = re.compile(rb'[,\t;|"]|\r?\n|\r')
LINE = re.compile(rb"[^\n]+\n")
STRING = re.compile(rb'"(?:[^"\\]|\\.)*"')
VALUE = re.compile(rb'(?<=: )"[^"\\]*"')
ANY: tuple[Tamper, ...] = (_flip, _put, _cut, _without, _again)
TEXT: tuple[Tamper, ...] = (
    partial(_exchanged, pattern=SEPARATOR, news=SEPARATORS),
    partial(_swapped, pattern=CELL),
    partial(_swapped, pattern=LINE),
    *[partial(_said, pattern=CELL)] * 3,
    partial(_said, pattern=CELL, form='"{}\n"'),
)
JSON: tuple[Tamper, ...] = (
    partial(_exchanged, pattern=TOKEN, news=JSON_TOKENS),
    partial(_swapped, pattern=TOKEN),
    partial(_gone, pattern=TOKEN),
    partial(_swapped, pattern=STRING),
    partial(_exchanged, pattern=VALUE, news=JSON_TOKENS),
    *[partial(_said, pattern=STRING, form='"{}"')] * 2,
    *[partial(_said, pattern=STRING, written=json.dumps)] * 4,
)
MARKUP: tuple[Tamper, ...] = (
    partial(_swapped, pattern=TAG),
    partial(_gone, pattern=TAG),
    partial(_exchanged, pattern=WORDS, news=ENTITIES),
    partial(_swapped, pattern=ATTRIBUTE),
    *[partial(_exchanged, pattern=ATTRIBUTE, news=_encoded([f'"{text}"' for text in NUMBERS]))] * 3,
    *[partial(_swapped, pattern=WORDS)] * 2,
    *[partial(_said, pattern=WORDS)] * 2,
    *[partial(_said, pattern=WORDS, written=escape)] * 4,
)


def _declared(raw: bytes, chance: Random) -> bytes:
    """Let the file declare another encoding than its own."""
    return DECLARED.sub(rb"\1" + chance.choice(ENCODINGS), raw, count=1)


def _grown(raw: bytes, chance: Random) -> bytes:
    """Repeat a piece of a file, or what begins something, until it is long."""
    at = _place(raw, chance)
    own = raw[at : at + chance.choice((1, 2, 5, 20, 100, 400))]
    piece = (own if chance.randrange(3) else b"") or chance.choice(BEGUN)
    return _spliced(raw, at, at, piece * (chance.choice(LONG_BYTES) // len(piece)))


def _package(raw: bytes, chance: Random, ways: Sequence[Tamper] = ()) -> bytes:
    """Change a part of a package, most often the sheet, and pack it again."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError, zlib.error):
        return _flip(raw, chance)
    if not parts:
        return raw
    likely = [name for name in parts if "sheet" in name or "shared" in name or "book" in name]
    name = chance.choice(likely if likely and chance.randrange(5) else list(parts))
    if chance.randrange(12):
        parts[name] = chance.choice(ways or (*MARKUP, *MARKUP, *ANY))(parts[name], chance)
    else:
        del parts[name]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for part, data in parts.items():  # a part by its name alone would bear today's time
            archive.writestr(zipfile.ZipInfo(part), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _record(raw: bytes, chance: Random) -> bytes:
    """Put a telling number of two bytes somewhere behind the head of an old workbook."""
    at = chance.randrange(min(512, len(raw)), len(raw) + 1) & ~1
    return _spliced(raw, at, at + 2, chance.choice(WORDS_OF_TWO).to_bytes(2, "little"))


def _words_of_two(raw: bytes, chance: Random) -> bytes:
    """Let a text of an old workbook say something ugly of the same length."""
    found = list(re.finditer(rb"(?:[\x20-\x7e]\0){4,}", raw))
    if not found:
        return raw
    one = chance.choice(found)
    new = chance.choice(UGLY).encode("utf-16-le", "surrogatepass")[: len(one[0])]
    return _spliced(raw, one.start(), one.start() + len(new), new)


WAYS: Mapping[str, tuple[Tamper, ...]] = {
    "text": (*ANY, *TEXT, *TEXT, *TEXT),
    "json": (*ANY, *JSON, *JSON, *JSON),
    "html": (*ANY, *MARKUP, *MARKUP, *MARKUP, _declared),
    "xml2003": (*ANY, *MARKUP, *MARKUP, *MARKUP, _declared),
    "mt": (*ANY, *MARKUP, *MARKUP, *MARKUP, _declared),
    "ceb": (*ANY, *MARKUP, *MARKUP, *MARKUP, _declared),
    "zip": (*ANY, *[_package] * 20),
    "ole": (*ANY, _record, _record, _record, _words_of_two, _words_of_two),
}
"""Kind of file -> what may be done to it."""


@cache
def sources() -> Mapping[str, tuple[bytes, ...]]:
    """Return the files of the corpus that are changed, by their kinds."""
    expected = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    found: dict[str, list[bytes]] = {kind: [] for kind in WAYS}
    for name in sorted(FILES):
        raw = (FOLDER / name).read_bytes()
        kind = sniff.kind(raw)
        if kind in WAYS and len(raw) <= LARGEST:
            found[kind] += [raw] * (LIKED if expected[name]["rows_read"] else 1)
    return {kind: tuple(files) for kind, files in found.items()}


def mutant(seed: int, number: int) -> bytes:
    """Make one mutant; the same again for the same seed and number."""
    chance = Random(f"{seed} {number}")  # noqa: S311  chance of a test, seeded
    kind = chance.choice(sorted(WAYS))
    files = sources()[kind]
    raw = chance.choice(files)
    for _ in range(chance.choice(TAMPERINGS)):
        if chance.randrange(12):
            raw = chance.choice(WAYS[kind])(raw, chance)
        else:
            raw = _mixed(raw, chance, files)
    if number >= GROWN_FROM and not chance.randrange(GROWN):
        raw = _package(raw, chance, [_grown]) if kind == "zip" else _grown(raw, chance)
    return raw
