"""Forecast form 测算填报: what a person expects of each line, read from the form with care."""

import re
import unicodedata
from collections.abc import Mapping, Sequence

from flask_babel import gettext

from tracker.errors import Refused, mark
from tracker.steps import forecast_lines
from tracker.steps.forecast_lines import REASON_LENGTH, Line, Stated
from tracker.web import amounts, asked, context

EXPECTED, REASON, MEAN = "expected-", "reason-", "mean-"
"""What the names of a line's fields begin with; then comes its place among the lines."""
WHOLE = re.compile(r"[0-9]{1,9}|[0-9]{1,3}(?:,[0-9]{3}){1,2}")
"""Commas of thousands count only where they stand right, as in an amount."""


def read(
    lines: Sequence[Line], form: Mapping[str, str]
) -> tuple[dict[str, Stated], dict[str, str]]:
    """What is said of the lines in the form by their keys, and by field what cannot be."""
    said: dict[str, Stated] = {}
    errors: dict[str, str] = {}
    for place, line in enumerate(lines):
        if f"{EXPECTED}{place}" not in form:
            continue
        try:
            one = _line(place, line, form)
            forecast_lines.stated(line, one)
        except Refused as error:
            message, mend = context.words_of(error)
            where = gettext("Line %(number)s", number=place + 1)
            errors[f"{EXPECTED}{place}"] = f"{where}：{message} {mend}"
        else:
            said[line.key] = one
    return said, errors


def _line(place: int, line: Line, form: Mapping[str, str]) -> Stated:
    mean = asked.clean(form.get(f"{MEAN}{place}", ""))
    return Stated(
        _whole(form[f"{EXPECTED}{place}"], line.suggested),
        asked.clean(form.get(f"{REASON}{place}", ""), REASON_LENGTH),
        amounts.read_yuan(mean) if mean else None,
    )


def _whole(text: str, otherwise: int) -> int:
    """The whole number a text means, the other one where it is blank; raises ``Refused``."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if not plain:
        return otherwise
    if WHOLE.fullmatch(plain) is None:
        raise Refused(
            mark("“%(text)s” is no whole number."),
            mark("Write a whole number such as 120."),
            text=text[:40],
        )
    return int(plain.replace(",", ""))
