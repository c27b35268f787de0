"""Numbers of documents, boxes, firms and vehicles 单证号、箱号、车牌: shapes, check digits.

Sources: ISO 6346 (containers), GB 32100-2015 (unified social credit code), the field notes of the
customs messages (declaration and list numbers), GA 36 (plates).
"""

import re
from collections.abc import Callable
from datetime import date

from ingest import verdicts
from ingest.fields import Field
from ingest.verdicts import Verdict

LOOKALIKES = dict(
    zip("АВЕКМНОРСТУХІЅЈԚԜΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEKMHOPCTYXISJQWABEZHIKMNOPTYX", strict=True)
)
"""Cyrillic and Greek capitals that print like Latin ones."""
ROUNDED = re.compile(r"\d\.\d+E\+?\d{1,3}|\d+E\+\d{1,3}")
"""A long number after a spreadsheet rounded it: 1.23E+17."""
DOCUMENT = re.compile(r"[A-Z0-9\u4e00-\u9fff\-/._()#№]+")
DIGITS_FOR = {"O": "0", "I": "1", "L": "1", "S": "5", "B": "8", "Z": "2", "Q": "0"}
USCC_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
PLATE = re.compile(rf"[{PROVINCES}][A-Z][A-HJ-NP-Z0-9]{{4,5}}[A-HJ-NP-Z0-9挂学警港澳超]")
FOREIGN = re.compile(r"[0-9A-Z\u0400-\u042fӨҮ]{3,15}")
SEVERAL = re.compile(r"[;；、,，|\n+]|(?<=.{4})/(?=.{4})")
BOX = re.compile(r"[A-Z]{3}[UJZ]\d{7}")
MODULUS, WEIGHT = 31, 3
USCC_LENGTH = DECLARATION_LENGTH = 18
LIST_LENGTHS = range(18, 21)
OWNER_LETTERS = 4
FIRST_YEAR = 2000
PLATE_HEAD = 2
"""A Chinese plate begins with its province and a letter."""


def container_digit(number: str) -> int:
    """Return the check digit that the first ten characters give (ISO 6346, annex A)."""
    total = 0
    for place, character in enumerate(number[:10]):
        value = int(character) if character.isdigit() else letter_value(character)
        total += value << place
    return total % 11 % 10


def letter_value(character: str) -> int:
    """Return a letter's value: A is 10, and multiples of 11 are left out."""
    value = ord(character) - 55
    return value + (value - 1) // 10


def uscc_digit(code: str) -> str:
    """Return the check character of the first 17 (GB 32100-2015)."""
    total = sum(
        USCC_CHARACTERS.index(character) * pow(WEIGHT, place, MODULUS)
        for place, character in enumerate(code[:17])
    )
    return USCC_CHARACTERS[-total % MODULUS]


def is_uscc(code: str) -> bool:
    """Whether this is a unified social credit code whose check character is right."""
    shaped = len(code) == USCC_LENGTH and set(code) <= set(USCC_CHARACTERS)
    return shaped and uscc_digit(code) == code[17]


def container(one: Field, said: str, _day: date) -> Verdict:
    """Judge a container number; stating that there is no box makes it blank."""
    if verdicts.said_none(said):
        return Verdict("")
    number = re.sub(r"[\s\-./]", "", said)
    if odd := _foreign_letter(number):
        return odd
    if odd := _box_fault(number, one.max or 0):
        return odd
    expected = container_digit(number)
    if int(number[10]) != expected:
        return Verdict("", "container_digit", _digit_args(number, expected))
    return Verdict(number)


def _box_fault(number: str, length: int) -> Verdict | None:
    """Say what keeps this from looking like a container number, and at which character."""
    if len(number) != length:
        return _box_shape(f"有 {len(number)} 位，应为 11 位", f"it has {len(number)} characters")
    for place, character in enumerate(number, 1):
        owner = place <= OWNER_LETTERS
        if not (character.isascii() and (character.isalpha() if owner else character.isdigit())):
            zh, en = ("字母", "a letter") if owner else ("数字", "a digit")
            return _box_shape(
                f"第 {place} 位“{character}”应为{zh}",
                f'character {place}, "{character}", must be {en}',
            )
    if BOX.fullmatch(number):
        return None
    return _box_shape(
        f"第 4 位“{number[3]}”应为 U、J 或 Z", f'character 4, "{number[3]}", must be U, J or Z'
    )


def _box_shape(reason: str, reason_en: str) -> Verdict:
    return Verdict("", "container_shape", {"reason": reason, "reason_en": reason_en})


def _digit_args(number: str, expected: int) -> dict[str, object]:
    swapped = [
        place + 1
        for place in range(4, 10)
        if number[place] != number[place + 1] and _right(_swap(number, place))
    ]
    if swapped:
        pairs = "、".join(f"{place} 和 {place + 1}" for place in swapped)
        zh, en = (
            f"第 {pairs} 位可能颠倒了",
            f"digits {swapped[0]} and {swapped[0] + 1} may be swapped",
        )
    else:
        zh, en = "前十位或校验码有一位写错", "one of the eleven characters is wrong"
    said: dict[str, object] = {"character": number[10], "expected": expected}
    return said | {"suspect": zh, "suspect_en": en}


def _swap(number: str, place: int) -> str:
    return number[:place] + number[place + 1] + number[place] + number[place + 2 :]


def _right(number: str) -> bool:
    return container_digit(number) == int(number[10])


def document(one: Field, said: str, day: date) -> Verdict:
    """Judge the number of a document; numbers with a shape of their own are judged by it."""
    if verdicts.said_none(said):
        return Verdict("")
    if ROUNDED.fullmatch(said):
        return Verdict("", "digits_lost")
    if shaped := SHAPES.get(one.name):
        return shaped(one, re.sub(r"[\s\-]", "", said), day)
    if len(said) > (one.max or len(said)):
        return Verdict("", "too_long", {"count": len(said), "limit": one.max})
    return _foreign_letter(said) or _odd_character(said) or Verdict(said)


def _foreign_letter(said: str) -> Verdict | None:
    """Point at the first letter that only looks Latin."""
    for place, character in enumerate(said, 1):
        if character in LOOKALIKES:
            args = {"position": place, "character": character, "expected": LOOKALIKES[character]}
            return Verdict("", "lookalike", args)
    return None


def _odd_character(said: str) -> Verdict | None:
    for place, character in enumerate(said, 1):
        if not DOCUMENT.fullmatch(character):
            return Verdict("", "bad_characters", {"position": place, "character": character})
    return None


def _letters_for_digits(said: str) -> Verdict | None:
    """Point at a letter where only digits belong, such as O for 0."""
    for place, character in enumerate(said, 1):
        if character in DIGITS_FOR:
            return _letter_for_digit(place, character)
    return None


def _letter_for_digit(place: int, character: str) -> Verdict:
    args = {"position": place, "character": character, "expected": DIGITS_FOR[character]}
    return Verdict("", "letter_for_digit", args)


def _firm(_field: Field, said: str, _day: date) -> Verdict:
    if odd := _foreign_letter(said):
        return odd
    if re.fullmatch(r"[0-9]{9}[0-9A-Z]", said):
        return Verdict(said)
    if len(said) != USCC_LENGTH or any(character not in USCC_CHARACTERS for character in said):
        return Verdict("", "uscc_shape")
    expected = uscc_digit(said)
    if said[17] != expected:
        return Verdict("", "uscc_digit", {"character": said[17], "expected": expected})
    return Verdict(said)


def _declaration(_field: Field, said: str, day: date) -> Verdict:
    if odd := _foreign_letter(said) or _letters_for_digits(said):
        return odd
    if len(said) != DECLARATION_LENGTH:
        zh = f"有 {len(said)} 位，应为 18 位数字"
        return _shape("declaration_shape", zh, f"it has {len(said)} characters, not 18 digits")
    if odd := _no_digit("declaration_shape", said):
        return odd
    if said[8] not in "01":
        zh = f"第 9 位“{said[8]}”应为 0（出口）或 1（进口）"
        return _shape("declaration_shape", zh, "character 9 must be 0 (export) or 1 (import)")
    return _year("declaration_shape", said, day) or Verdict(said)


def _list(_field: Field, said: str, day: date) -> Verdict:
    if odd := _foreign_letter(said) or _letters_for_digits(said[:8] + "0" + said[9:]):
        return odd
    if len(said) not in LIST_LENGTHS:
        zh = f"有 {len(said)} 位，应为 18 至 20 位"
        return _shape("list_shape", zh, f"it has {len(said)} characters, not 18 to 20")
    if odd := _no_digit("list_shape", said[:8] + "0" + said[9:]):
        return odd
    if said[8] not in "IE":
        zh = f"第 9 位“{said[8]}”应为 I 或 E"
        return _shape("list_shape", zh, "character 9 must be I or E")
    return _year("list_shape", said, day) or Verdict(said)


def _no_digit(code: str, said: str) -> Verdict | None:
    """Point at the first character that is no digit."""
    for place, character in enumerate(said, 1):
        if not (character.isascii() and character.isdigit()):
            zh = f"第 {place} 位“{character}”应为数字"
            return _shape(code, zh, f'character {place}, "{character}", must be a digit')
    return None


def _shape(code: str, reason: str, reason_en: str) -> Verdict:
    return Verdict("", code, {"reason": reason, "reason_en": reason_en})


def _year(code: str, said: str, day: date) -> Verdict | None:
    if FIRST_YEAR <= int(said[4:8]) <= day.year:
        return None
    return _shape(code, f"第 5 至 8 位“{said[4:8]}”不是合理的年份", f"{said[4:8]} is not a year")


def plain(one: Field, said: str, _day: date) -> Verdict:
    """Judge an identifier that spreadsheets may keep as a number: trains and tariff codes."""
    if verdicts.said_none(said):
        return Verdict("")
    if one.name == "hs_code":
        return _hs(re.sub(r"[\s.]", "", said))
    squeezed = said.replace(" ", "")
    if len(squeezed) > (one.max or len(squeezed)):
        return Verdict("", "too_long", {"count": len(squeezed), "limit": one.max})
    return _foreign_letter(squeezed) or _odd_character(squeezed) or Verdict(squeezed)


def _hs(said: str) -> Verdict:
    if not re.fullmatch(r"[0-9]{4,10}", said):
        return _letters_for_digits(said) or Verdict("", "hs_shape")
    if len(said) % 2:
        return Verdict("0" + said, "leading_zero", {"expected": "0" + said})
    return Verdict(said)


def several(one: Field, said: str, _day: date) -> Verdict:
    """Judge a list of seals or wagons; the value is joined with semicolons."""
    if verdicts.said_none(said):
        return Verdict("")
    items = [item for item in re.split(r"[;；、,，/|\s]+", said) if item]
    value = ";".join(dict.fromkeys(items))
    if len(value) > (one.max or len(value)):
        return Verdict("", "too_long", {"count": len(value), "limit": one.max})
    return _foreign_letter(value) or Verdict(value)


def plate(one: Field, said: str, _day: date) -> Verdict:
    """Judge a plate: Chinese ones by their pattern, others are taken with a notice."""
    if verdicts.said_none(said):
        return Verdict("")
    if SEVERAL.search(said):
        return Verdict("", "several_plates")
    number = re.sub(r"[\s\-·•.]", "", said)
    if number[:1] in PROVINCES:
        return _chinese(number)
    return _abroad(number, "plate_shape" if one.name == "truck_plate" else None)


def _chinese(number: str) -> Verdict:
    if odd := _foreign_letter(number):
        return odd
    if PLATE.fullmatch(number):
        return Verdict(number)
    for place, character in enumerate(number, 1):
        if place > PLATE_HEAD and character in "IO":
            return _letter_for_digit(place, character)
        allowed = (
            character.isascii()
            and character.isalnum()
            and (place != PLATE_HEAD or character.isalpha())
        )
        if place > 1 and not allowed and character not in "挂学警港澳超":
            return Verdict("", "plate_characters", {"position": place, "character": character})
    return Verdict("", "plate_length", {"count": len(number)})


def _abroad(number: str, notice: str | None) -> Verdict:
    """Take a foreign plate; Cyrillic letters that exist in Latin are written in Latin."""
    if not FOREIGN.fullmatch(number):
        odd = next((at for at in enumerate(number, 1) if not FOREIGN.fullmatch(at[1] * 3)), None)
        if odd is None:
            return Verdict("", "plate_length", {"count": len(number)})
        return Verdict("", "plate_characters", {"position": odd[0], "character": odd[1]})
    letters = [character for character in number if character.isalpha()]
    if any(letter in LOOKALIKES for letter in letters) and any(map(str.isascii, letters)):
        found = _foreign_letter(number)
        assert found
        return found
    if all(letter in LOOKALIKES for letter in letters):
        number = "".join(LOOKALIKES.get(letter, letter) for letter in number)
    return Verdict(number, notice)


SHAPES: dict[str, Callable[[Field, str, date], Verdict]] = {
    "firm_code": _firm,
    "declaration_no": _declaration,
    "list_no": _list,
}
