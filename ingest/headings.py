"""Which row holds the headings 表头, and which field every column means.

Headings are compared without case, blanks, punctuation and brackets, traditional characters as
simplified; bilingual ones ("运单号 Waybill No.") count when their parts agree.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache

from ingest import codes
from ingest.fields import SHEETS, Kind
from ingest.grid import HEADER_WITHIN, Grid
from ingest.rows import Problem, problem

LONGEST = 80
NOTED = 500
"""Longer texts are no headings, whatever notes those bear; each bracket would be searched from."""
LEAST_KNOWN = 3
"""A heading row has at least this many known headings."""
DOUBTFUL = 2
ANSWERED, REMEMBERED = -2, -1
"""How surely a column means a field that a person said it means: before any dictionary."""
UNCLEAR = {"航次号": "trip_batch_no", "航次": "trip_batch_no", "voyageno": "trip_batch_no"}
"""Headings that may mean one of several numbers, with the likeliest."""
MAY_MEAN = ("trip_batch_no", "tir_carnet_no", "tir_application_no")
"""What an unclear heading may mean."""
TELLS: Mapping[Kind, str] = {"legs": "leg_no", "parcels": "parcel_no"}
"""Kind of further sheet -> the field without whose heading no sheet is one."""
TRADITIONAL = str.maketrans(
    "運單號車貨輸進標誌編碼業稱關國際證總幣費體積淨淺線樞紐節結時間發離達監報商備註託運裝類類數"
    "執鐵鐵當縣區內機構檔聯條歷驗賬據應劃對開關箱點員級隊陸掛啟滿",
    "运单号车货输进标志编码业称关国际证总币费体积净浅线枢纽节结时间发离达监报商备注托运装类类数"
    "执铁铁当县区内机构档联条历验账据应划对开关箱点员级队陆挂启满",
)
BRACKETS = re.compile(r"[(\[【〔<].*?[)\]】〕>]")
PARTS = re.compile(
    r"[\n/|,、]+|(?<=[\u4e00-\u9fff])\s*(?=[A-Za-zА-я])|(?<=[A-Za-z.])\s*(?=[\u4e00-\u9fff])"
)
OPTIONAL = re.compile(r"必填|选填|必录|required|optional|文本格式", re.IGNORECASE)
TONNES = re.compile(r"吨|噸|\bt\b|\bton", re.IGNORECASE)
AMOUNTS = {"goods_value": "currency", "freight": "freight_currency"}


@dataclass(frozen=True, slots=True)
class Heading:
    """The heading row and what it says, by column letter.

    `row` is the row that names the columns, `last` the last one that belongs to it. `currencies`
    are those that an amount's heading names ("运费(元)"), by the field of the currency.
    """

    row: int
    last: int
    texts: Mapping[str, str]
    mapping: Mapping[str, str]
    unknown: Mapping[str, str]
    currencies: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


def norm(text: str) -> str:
    """Return a heading as it is compared."""
    folded = unicodedata.normalize("NFKC", text).casefold().translate(TRADITIONAL)
    return "".join(filter(str.isalnum, OPTIONAL.sub("", folded)))


@cache
def dictionary(kind: Kind = "lines") -> dict[str, tuple[str, int]]:
    """Return every heading as compared: the field, and 0 for its own headings, 1 for aliases."""
    unclear = UNCLEAR if kind == "lines" else {}
    found: dict[str, tuple[str, int]] = {
        norm(text): (name, DOUBTFUL) for text, name in unclear.items()
    }
    fields = SHEETS[kind].values()
    for one in fields:
        found |= {norm(alias): (one.name, 1) for alias in one.aliases}
    for one in fields:
        found |= {norm(text): (one.name, 0) for text in (one.zh, one.zh_hant, one.en, one.name)}
    return found


def meaning(text: str, kind: Kind = "lines") -> tuple[str, int] | None:
    """Return the field a heading means and how surely (0 best); None for an unknown heading."""
    return None if len(text) > NOTED else _meant(text, kind)


@lru_cache(maxsize=4096)
def _meant(text: str, kind: Kind) -> tuple[str, int] | None:
    words = dictionary(kind)
    plain = unicodedata.normalize("NFKC", text)
    for form in (plain, BRACKETS.sub("", plain)):
        if found := words.get(norm(form)):
            return found
    said = [*PARTS.split(plain), *PARTS.split(BRACKETS.sub("\n", plain))]
    parts = {words[norm(part)] for part in said if norm(part) in words}
    if len({name for name, _ in parts}) == 1:
        return min(parts, key=lambda part: part[1])
    return None


def named(cells: Iterable[str | None], kind: Kind = "lines") -> set[str]:
    """Return the different fields that the cells of a row name."""
    short = (cell for cell in cells if cell and len(cell) < LONGEST)
    return {found[0] for cell in short if (found := meaning(cell, kind))}


def known(row: Iterable[str | None]) -> int:
    """Count the different fields that the cells of a row name, on the kind of sheet they fit."""
    cells = tuple(row)
    return max(len(named(cells, kind)) for kind in SHEETS)


def kind_of(grid: Grid) -> Kind:
    """Return what kind of sheet it is: a further one has headings that cargo lines have not."""
    rows = [cells for _, cells in _top(grid)]
    lines = max((len(named(cells)) for cells in rows), default=0)
    found: list[tuple[int, Kind]] = []
    for kind, tell in TELLS.items():
        fields = max((named(cells, kind) for cells in rows), key=len, default=set())
        if tell in fields and len(fields) >= max(lines + 1, LEAST_KNOWN):
            found.append((len(fields), kind))
    return max(found)[1] if found else "lines"


def start(grid: Grid, kind: Kind = "lines") -> int | None:
    """Return the number of the heading row; None where there is none."""
    counted = ((len(named(cells, kind)), number) for number, cells in _top(grid))
    best = max(counted, key=lambda row: row[0], default=None)
    return best[1] if best and best[0] >= LEAST_KNOWN else None


def _top(grid: Grid) -> Iterable[tuple[int, tuple[str | None, ...]]]:
    """Return number and cells of the first rows."""
    numbers = grid.rows.head(HEADER_WITHIN).to_list()
    return zip(numbers, grid.cells.head(HEADER_WITHIN).rows(), strict=True)


def find(
    grid: Grid,
    row: int | None = None,
    columns: Mapping[str, str] | None = None,
    remembered: Mapping[str, str] | None = None,
    kind: Kind = "lines",
) -> Heading | None:
    """Find the heading row and map its columns; None where no row has enough known headings.

    A person may have said which `row` it is, whatever it says, and what `columns` mean (field by
    letter, blank for none); `remembered` says what headings as compared mean, before the
    dictionary.
    """
    row = start(grid, kind) if row is None else row
    at = None if row is None else grid.rows.index_of(row)
    if row is None or at is None:
        return None
    cells = list(grid.cells.row(at))
    last = row
    if at > 0:
        cells = _joined(cells, grid.cells.row(at - 1), kind)
    if at + 1 < len(grid.rows) and _second(cells, below := grid.cells.row(at + 1), kind):
        cells, last = _joined(cells, below, kind), grid.rows[at + 1]
    said = {letter: name for letter, name in (columns or {}).items() if letter in grid.cells}
    texts = {
        column: (cell or "").strip()
        for column, cell in zip(grid.cells.columns, cells, strict=True)
        if (cell and cell.strip()) or said.get(column)
    }
    meanings = _meanings(texts, said, remembered or {}, kind)
    return _mapped(grid.sheet, (row, last), texts, meanings)


def _meanings(
    texts: Mapping[str, str], said: Mapping[str, str], remembered: Mapping[str, str], kind: Kind
) -> dict[str, tuple[str, int]]:
    """Return the field that every column means and how surely: answers, memory, dictionary."""
    found: dict[str, tuple[str, int]] = {}
    for column, text in texts.items():
        known = said.get(column)
        rank = ANSWERED
        if known is None and remembered:
            known, rank = remembered.get(norm(text)), REMEMBERED
        answered = (known, rank) if known in SHEETS[kind] and known is not None else None
        meant = meaning(text, kind) if known is None else answered
        if meant:
            found[column] = meant
    return found


def _joined(
    cells: Sequence[str | None], other: Sequence[str | None], kind: Kind
) -> list[str | None]:
    """Fill blank headings from the row above or below, where that row names a field."""
    return [
        cell or (more if more and meaning(more, kind) else None)
        for cell, more in zip(cells, other, strict=True)
    ]


def _second(cells: Sequence[str | None], below: Sequence[str | None], kind: Kind) -> bool:
    """Say whether the row below belongs to the headings: it names fields or units, not data."""
    said = [cell for cell in below if cell]
    heads = sum(1 for cell in said if meaning(cell, kind) or _is_unit(cell))
    return heads > 1 and heads * 2 > len(said) and list(cells) != list(below)


def _is_unit(text: str) -> bool:
    return norm(text) in {
        "",
        "kg",
        "公斤",
        "千克",
        "m3",
        "立方米",
        "yyyymmdd",
        "件",
        "元",
        "个",
        "text",
        "date",
    }


def _mapped(
    sheet: str,
    rows: tuple[int, int],
    texts: Mapping[str, str],
    meanings: Mapping[str, tuple[str, int]],
) -> Heading:
    """Give every field the column that means it most surely; two as sure are a doubled heading."""
    taken: dict[str, tuple[str, int]] = {}
    problems: list[Problem] = []
    for column, (name, rank) in sorted(meanings.items(), key=lambda one: one[1][1]):
        held = taken.setdefault(name, (column, rank))
        if held[0] != column and held[1] == rank:
            args = {"other": held[0]}
            problems.append(problem("doubled_heading", sheet, column=column, field=name, args=args))
    chosen = {column: name for name, (column, _) in taken.items()}
    mapping = {column: chosen[column] for column in texts if column in chosen}
    for column, name in mapping.items():
        problems += _doubts(sheet, column, name, texts[column], taken[name][1])
    unknown = {column: text for column, text in texts.items() if column not in mapping}
    implied = _currencies(mapping, texts)
    return Heading(*rows, dict(texts), mapping, unknown, implied, tuple(problems))


def _doubts(sheet: str, column: str, name: str, text: str, rank: int) -> list[Problem]:
    codes_found = []
    if rank == DOUBTFUL:
        codes_found.append("heading_unclear")
    if name.endswith("_kg") and TONNES.search(text):
        codes_found.append("tonnes")
    return [problem(code, sheet, column=column, field=name, value=text) for code in codes_found]


def _currencies(mapping: Mapping[str, str], texts: Mapping[str, str]) -> dict[str, str]:
    """Return the currency that an amount's heading names, where no column of its own does."""
    found = {}
    for column, name in mapping.items():
        wanted = AMOUNTS.get(name)
        if wanted and wanted not in mapping.values():
            inside = BRACKETS.findall(unicodedata.normalize("NFKC", texts[column][:NOTED]))
            code = next(
                filter(None, (codes.load("currencies").find(one[1:-1]) for one in inside)), None
            )
            if code:
                found[wanted] = code
    return found
