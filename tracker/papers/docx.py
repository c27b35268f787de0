"""Docx 公文版式: a Word document in the form of GB/T 9704, written part by part. Pure.

A4, 37 mm above and 28 mm on the binding side, 22 lines of 28 characters, 仿宋 in size three, the
title in 小标宋, headings in 黑体, the number of the page between dashes on the outer side. A reader
that lacks a typeface takes the one named beside it, or its own.
"""

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
SPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
KIND = "application/vnd.openxmlformats-officedocument.wordprocessingml"
RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
MAIN = "word/document.xml"
MAIN_TYPE = f"{KIND}.document.main+xml"
FIXED = (1980, 1, 1, 0, 0, 0)
PADDING = '<w:top w:w="60" w:type="dxa"/><w:bottom w:w="60" w:type="dxa"/>'
TEXT_TWIPS = 8844
"""Width of the text, 156 mm, in twentieths of a point."""
SONG, FANG, HEI = "方正小标宋简体", "仿宋", "黑体"
TYPEFACES = {SONG: "小标宋,宋体", FANG: "仿宋_GB2312,FangSong", HEI: "SimHei", "宋体": "SimSun"}
"""Typeface -> what else it may be called where the document is read."""


@dataclass(frozen=True)
class Line:
    """A paragraph in one of the styles."""

    text: str
    style: str = "body"


@dataclass(frozen=True)
class Table:
    """A table: the share of each column in the width, in hundredths, its heads and its rows.

    Without heads it is a form: what is asked for stands beside what is filled in.
    """

    widths: Sequence[int]
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    right: frozenset[int] = frozenset()
    """Columns that are set to the right."""


@dataclass(frozen=True)
class Style:
    """How paragraphs look: typeface, half points, twips of a line (0: as high as the text)."""

    name: str
    face: str = FANG
    size: int = 32
    line: int = 580
    keeps: bool = False
    """Whether it stays on the page of the next paragraph."""
    place: str = ""
    """Where on the line it stands."""


CENTRE, RIGHT = '<w:jc w:val="center"/>', '<w:jc w:val="right"/>'
INDENT = '<w:ind w:firstLineChars="200" w:firstLine="640"/>'
SIGNED = f'<w:ind w:rightChars="400" w:right="1280"/>{RIGHT}'
STYLES: Mapping[str, Style] = {
    "body": Style("正文文字", place=INDENT),
    "title": Style("公文标题", SONG, 44, 660, place=CENTRE),
    "number": Style("发文字号", place=CENTRE),
    "receiver": Style("主送机关"),
    "heading": Style("一级标题", HEI, keeps=True, place=INDENT),
    "kept": Style("与下段同页", keeps=True, place=INDENT),
    "office": Style("落款单位", keeps=True, place=SIGNED),
    "signed": Style("落款", place=SIGNED),
    "mark": Style("示例标注", HEI, 28, 0, place=CENTRE),
    "gap": Style("表前空", size=10, line=0, keeps=True),
    "note": Style("注", size=21, line=0),
    "head": Style("表头", HEI, 24, 0, keeps=True, place=CENTRE),
    "cell": Style("表文", size=24, line=0),
    "figure": Style("表中数字", size=24, line=0, place=RIGHT),
}


def document(blocks: Sequence[Line | Table]) -> bytes:
    """The document as the bytes of a .docx file; the same for the same blocks."""
    body = "".join(_line(one) if isinstance(one, Line) else _table(one) for one in blocks)
    parts = {
        "[Content_Types].xml": _types(),
        "_rels/.rels": _relations({"rId1": ("officeDocument", MAIN)}),
        MAIN: f"<w:document {SPACES}><w:body>{body}{SECTION}</w:body></w:document>",
        "word/_rels/document.xml.rels": _relations(
            {
                "rId1": ("styles", "styles.xml"),
                "rId2": ("settings", "settings.xml"),
                "rId3": ("fontTable", "fontTable.xml"),
                "rId4": ("footer", "footer1.xml"),
                "rId5": ("footer", "footer2.xml"),
            }
        ),
        "word/styles.xml": _styles(),
        "word/settings.xml": f"<w:settings {SPACES}><w:evenAndOddHeaders/></w:settings>",
        "word/fontTable.xml": _typefaces(),
        "word/footer1.xml": _foot("right"),
        "word/footer2.xml": _foot("left"),
    }
    return packed({name: (HEAD + text).encode() for name, text in parts.items()})


def packed(members: Mapping[str, bytes]) -> bytes:
    """The members as a .docx file, dated alike, so that the same parts give the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, raw in members.items():
            info = zipfile.ZipInfo(name, FIXED)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 3  # as elsewhere, whatever machine writes it
            archive.writestr(info, raw)
    return out.getvalue()


SECTION = (
    '<w:sectPr><w:footerReference w:type="default" r:id="rId4"/>'
    '<w:footerReference w:type="even" r:id="rId5"/><w:pgSz w:w="11906" w:h="16838"/>'
    '<w:pgMar w:top="2098" w:right="1474" w:bottom="1984" w:left="1588" w:header="851"'
    ' w:footer="1304" w:gutter="0"/></w:sectPr>'
)


def _line(line: Line) -> str:
    return (
        f'<w:p><w:pPr><w:pStyle w:val="{line.style}"/></w:pPr>'
        f'<w:r><w:t xml:space="preserve">{escape(line.text)}</w:t></w:r></w:p>'
    )


def _table(table: Table) -> str:
    widths = [TEXT_TWIPS * part // 100 for part in table.widths]
    edges = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    heads = [table.heads] if table.heads else []
    rows = [_row(one, widths, ["head"] * len(widths), "<w:tblHeader/>") for one in heads]
    styles = ["figure" if at in table.right else "cell" for at in range(len(widths))]
    rows += [_row(row, widths, styles) for row in table.rows]
    return (
        f"{_line(Line('', 'gap'))}"
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/>'
        f'{CENTRE}<w:tblBorders>{edges}</w:tblBorders><w:tblLayout w:type="fixed"/>'
        f"<w:tblCellMar>{PADDING}</w:tblCellMar></w:tblPr>"
        f"<w:tblGrid>{columns}</w:tblGrid>{''.join(rows)}</w:tbl>{_line(Line('', 'note'))}"
    )


def _row(
    texts: Sequence[str], widths: Sequence[int], styles: Sequence[str], first: str = ""
) -> str:
    cells = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr>'
        f"{_line(Line(text, style))}</w:tc>"
        for text, width, style in zip(texts, widths, styles, strict=True)
    )
    return f"<w:tr><w:trPr><w:cantSplit/>{first}</w:trPr>{cells}</w:tr>"


def _styles() -> str:
    faces = '<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="{}"/>'
    told = "".join(
        f'<w:style w:type="paragraph" w:customStyle="1" w:styleId="{key}">'
        f'<w:name w:val="{one.name}"/><w:qFormat/><w:pPr>{_layout(one)}</w:pPr>'
        f"<w:rPr>{faces.format(one.face)}"
        f'<w:sz w:val="{one.size}"/><w:szCs w:val="{one.size}"/></w:rPr></w:style>'
        for key, one in STYLES.items()
    )
    return (
        f"<w:styles {SPACES}><w:docDefaults><w:rPrDefault><w:rPr>{faces.format(FANG)}"
        '<w:sz w:val="32"/><w:szCs w:val="32"/><w:lang w:val="en-US" w:eastAsia="zh-CN"/>'
        f"</w:rPr></w:rPrDefault></w:docDefaults>{told}</w:styles>"
    )


def _layout(style: Style) -> str:
    """What stands before the spacing, the spacing, and what comes after it, as Word orders them."""
    keep = "<w:keepNext/>" if style.keeps else ""
    exact = f'<w:spacing w:line="{style.line}" w:lineRule="exact"/>' if style.line else ""
    return f"{keep}{exact}{style.place}"


def _foot(side: str) -> str:
    """The number of the page in 宋体 size four between dashes, a character from the edge."""
    song = 'w:ascii="宋体" w:hAnsi="宋体" w:eastAsia="宋体"'
    look = f'<w:rPr><w:rFonts {song}/><w:sz w:val="28"/></w:rPr>'
    run = f'<w:r>{look}<w:t xml:space="preserve">{{}}</w:t></w:r>'
    number = f'<w:fldSimple w:instr=" PAGE ">{run.format("1")}</w:fldSimple>'
    indent = f'<w:ind w:{side}Chars="100" w:{side}="280"/><w:jc w:val="{side}"/>'
    return (
        f"<w:ftr {SPACES}><w:p><w:pPr>{indent}</w:pPr>"
        f"{run.format('— ')}{number}{run.format(' —')}</w:p></w:ftr>"
    )


def _typefaces() -> str:
    told = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{others}"/><w:charset w:val="86"/></w:font>'
        for name, others in TYPEFACES.items()
    )
    return f"<w:fonts {SPACES}>{told}</w:fonts>"


def _types() -> str:
    parts = {"document.main": MAIN, "styles": "word/styles.xml"}
    parts |= {"settings": "word/settings.xml", "fontTable": "word/fontTable.xml"}
    told = "".join(
        f'<Override PartName="/{name}" ContentType="{KIND}.{kind}+xml"/>'
        for kind, name in (*parts.items(), *(("footer", f"word/footer{n}.xml") for n in (1, 2)))
    )
    return (
        f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{told}</Types>'
    )


def _relations(targets: Mapping[str, tuple[str, str]]) -> str:
    told = "".join(
        f'<Relationship Id="{key}" Type="{RELATED}/{kind}" Target="{target}"/>'
        for key, (kind, target) in targets.items()
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{told}</Relationships>'
