"""Shape 数据格式: what bodies and answers of the API are made of, and what is said of wrong ones.

Money is whole fen under a name that ends in ``_fen``, a day is ``2026-03-09``, a moment carries its
zone, a hash is 64 hex digits. A field takes exactly its own type: no text for a number, no ``1``
for ``true``, no digits of other scripts.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import gettext
from flask_smorest.fields import Upload
from marshmallow import RAISE, Schema, ValidationError, fields, validate

from tracker.errors import mark
from tracker.steps import flow
from tracker.web.asked import clean, read_month

MOST_KEY = (1 << 53) - 1
"""The largest key that every reader of JSON reads exactly."""
MOST_FEN = 10**15
MOST_CHOSEN = 10_000
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
HASH = re.compile(r"[0-9a-f]{64}")

SAYINGS: dict[str, str] = {
    "required": mark("It is missing."),
    "null": mark("It may not be empty."),
    "invalid": mark("It is not in the form that is asked for."),
    "invalid_utf8": mark("It is not in the form that is asked for."),
    "too_large": mark("The number is too large."),
    "type": mark("It is not in the form that is asked for."),
}
"""Key of a field's error -> msgid; a field may have better words of its own."""

LIBRARY = (
    mark("Unknown field."),
    mark("Invalid input type."),
    mark("Invalid JSON body."),
    mark("Not a valid integer."),
    mark("Must be greater than or equal to 1."),
    mark("Must be greater than or equal to 1 and less than or equal to 100."),
)
"""What the libraries say themselves; put into the person's language where errors are answered."""


class Spoken(fields.Field[Any]):
    """A field whose refusals are in the person's language."""

    own: Mapping[str, str] = {}

    def make_error(self, key: str, **values: Any) -> ValidationError:  # noqa: ANN401  as it is declared
        """The refusal in words."""
        del values
        return ValidationError(gettext(self.own.get(key) or SAYINGS[key]))


class Length(validate.Length):
    """A text of so many signs, said in words."""

    def __call__(self, value: Any) -> Any:  # noqa: ANN401  as it is declared
        """The value; raises for one that is too short or too long."""
        if self.min is not None and len(value) < self.min:
            raise ValidationError(gettext("It may not be empty."))
        if self.max is not None and len(value) > self.max:
            raise ValidationError(gettext("It is longer than %(most)s.", most=self.max))
        return value


class Between(validate.Range):
    """A whole number between two others, said in words."""

    def __call__(self, value: Any) -> Any:  # noqa: ANN401  as it is declared
        """The value; raises for one outside."""
        if not self.min <= value <= self.max:
            raise ValidationError(
                gettext("It lies between %(least)s and %(most)s.", least=self.min, most=self.max)
            )
        return value


class OneOf(validate.OneOf):
    """One of the words of a table, said in words."""

    def __call__(self, value: Any) -> Any:  # noqa: ANN401  as it is declared
        """The value; raises for another."""
        if value not in self.choices:
            words = ", ".join(str(one) for one in self.choices)
            raise ValidationError(gettext("It is one of: %(words)s.", words=words))
        return value


class Text(Spoken, fields.String):
    """One line of text; signs that nobody sees are left out, as on the pages."""

    own = {"invalid": mark("It is not a text.")}  # noqa: RUF012  a table

    def __init__(self, most: int, *, least: int = 0, **options: Any) -> None:  # noqa: ANN401  as marshmallow has it
        super().__init__(validate=Length(max=most, min=least or None), **options)

    def _deserialize(self, value: Any, *rest: Any, **named: Any) -> str:  # noqa: ANN401  as marshmallow has it
        text = str(super()._deserialize(value, *rest, **named))
        self.check(text)
        return clean(text, len(text))

    def check(self, text: str) -> None:
        """Refuse a text that is too long as it was sent, unseen signs counted too."""
        for one in self.validators:
            if isinstance(one, Length) and one.max is not None and len(text) > one.max:
                one(text)


class Lines(Text):
    """Text of several lines."""

    def _deserialize(self, value: Any, *rest: Any, **named: Any) -> str:  # noqa: ANN401  as marshmallow has it
        text = str(fields.String._deserialize(self, value, *rest, **named))  # noqa: SLF001  keeps the lines
        self.check(text)
        return "\n".join(clean(line, len(line)) for line in text.splitlines()).strip()


class Word(Spoken, fields.String):
    """One of the machine's words."""

    own = {"invalid": mark("It is not a text.")}  # noqa: RUF012  a table

    def __init__(self, *words: str, **options: Any) -> None:  # noqa: ANN401  as marshmallow has it
        super().__init__(validate=OneOf(words), **options)


class Whole(Spoken, fields.Integer):
    """A whole number."""

    own = {"invalid": mark("It is not a whole number.")}  # noqa: RUF012  a table

    def __init__(self, least: int = 0, most: int = MOST_KEY, **options: Any) -> None:  # noqa: ANN401  as marshmallow has it
        super().__init__(strict=True, validate=Between(least, most), **options)


class Fen(Whole):
    """Money in whole fen."""

    def __init__(self, least: int = 0, most: int = MOST_FEN, **options: Any) -> None:  # noqa: ANN401  as marshmallow has it
        super().__init__(least, most, metadata={"format": "int64"}, **options)


class Key(Whole):
    """The key of a thing, as its address has it."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401  as marshmallow has it
        super().__init__(1, MOST_KEY, **options)


class Day(Spoken, fields.Date):
    """A day as 2026-03-09."""

    own = {"invalid": mark("It is not a day such as 2026-03-09.")}  # noqa: RUF012  a table

    def _deserialize(self, value: Any, *_rest: Any, **_named: Any) -> date:  # noqa: ANN401  as marshmallow has it
        if not isinstance(value, str) or not DAY.fullmatch(value):
            raise self.make_error("invalid")
        try:
            return date.fromisoformat(value)
        except ValueError as error:
            raise self.make_error("invalid") from error


class Month(Spoken, fields.Field[date]):
    """A month as 2026-03: its first day."""

    own = {"invalid": mark("It is not a month such as 2026-03.")}  # noqa: RUF012  a table

    def _deserialize(self, value: Any, *_rest: Any, **_named: Any) -> date:  # noqa: ANN401  as marshmallow has it
        found = read_month(value) if isinstance(value, str) else None
        if found is None:
            raise self.make_error("invalid")
        return found


class Truth(Spoken, fields.Boolean):
    """``true`` or ``false``."""

    own = {"invalid": mark("It is true or false.")}  # noqa: RUF012  a table

    def _deserialize(self, value: Any, *_rest: Any, **_named: Any) -> bool:  # noqa: ANN401  as marshmallow has it
        if not isinstance(value, bool):
            raise self.make_error("invalid")
        return value


class Keys(Spoken, fields.List[Any]):
    """Keys of several things."""

    own = {"invalid": mark("It is not a list.")}  # noqa: RUF012  a table

    def __init__(self, least: int = 0, **options: Any) -> None:  # noqa: ANN401  as marshmallow has it
        super().__init__(Key(), validate=Length(max=MOST_CHOSEN, min=least or None), **options)


class Sha256(Spoken, fields.String):
    """A hash in hex."""

    own = {"invalid": mark("It is not a hash of 64 hex digits.")}  # noqa: RUF012  a table

    def __init__(self, **options: Any) -> None:  # noqa: ANN401  as marshmallow has it
        super().__init__(metadata={"pattern": f"^{HASH.pattern}$"}, **options)

    def _deserialize(self, value: Any, *_rest: Any, **_named: Any) -> str:  # noqa: ANN401  as marshmallow has it
        if not isinstance(value, str) or not HASH.fullmatch(value):
            raise self.make_error("invalid")
        return value


class FileField(Spoken, Upload):  # type: ignore[misc]  # flask-smorest carries no types
    """A file of a form."""


class Asked(Schema):
    """What an address may ask for; the noun's own functions read it there."""


class Body(Schema):
    """What is sent; a field nobody asked for is a mistake."""

    class Meta:
        """Of the schema."""

        unknown = RAISE


class Answer(Schema):
    """What is answered: every field is always there, and no other."""

    class Meta:
        """Of the schema."""

        unknown = RAISE

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        """Document it as always there."""
        super().on_bind_field(field_name, field_obj)
        field_obj.required = True


class LeagueAnswer(Answer):
    """盟市."""

    code = fields.String()
    name_zh = fields.String()
    name_en = fields.String()


class FirmAnswer(Answer):
    """企业."""

    uscc = fields.String()
    name = fields.String()


class DecisionAnswer(Answer):
    """办理记录: a step that was taken."""

    step = fields.String()
    label = fields.String(attribute="step_label")
    person = fields.String()
    role = fields.String()
    at = fields.AwareDateTime()
    state_after = fields.String()
    reason_code = fields.String()
    reason = fields.String()
    seq = fields.Integer(metadata={"description": "Sequence of the ledger entry it wrote."})
    document_no = fields.String(
        metadata={"description": "Of the document that named who takes the step; empty: as usual."}
    )


class TakenAnswer(Answer):
    """办理结果: what a step did."""

    step = fields.String()
    state_before = fields.String()
    state_after = fields.String()
    decided_at = fields.AwareDateTime()
    login = fields.String()
    seq = fields.Integer(metadata={"description": "Sequence of the ledger entry it wrote."})
    shown_sha256 = fields.String()


class AskedAnswer(Answer):
    """加签: a level of approval, or joint review, that the next step meets, and who agreed."""

    code = fields.String(attribute="level.code")
    step = fields.String(attribute="level.step")
    from_fen = fields.Integer(attribute="level.from_fen")
    role = fields.String(attribute="level.role")
    agreed = fields.String(
        attribute="agreed.login",
        dump_default=None,
        allow_none=True,
        metadata={"description": "Who agreed; none where the agreement is missing."},
    )


class RequiredAnswer(Answer):
    """要求未齐: what the league asks for before a step and is not there yet."""

    step = fields.String(metadata={"description": "The step before which it lies."})
    message = fields.String()
    mend = fields.String()


class Acted(Answer):
    """What has steps: those one may take now, and the hash to bring back with the decision."""

    steps = fields.List(fields.String(), attribute="offer.names")
    shown_sha256 = fields.String(
        attribute="offer.shown_sha256",
        metadata={"description": "Hash of what is shown; empty where there is no step to take."},
    )
    barred = fields.Boolean(
        attribute="offer.barred",
        metadata={"description": "A step waits that one's own earlier step bars one from."},
    )
    levels = fields.List(fields.Nested(AskedAnswer), attribute="offer.asked")
    required = fields.List(fields.Nested(RequiredAnswer), attribute="offer.lacks")
    decisions = fields.List(fields.Nested(DecisionAnswer))


class RunningAnswer(Answer):
    """期限: the clock that runs on a thing and its last day."""

    clock = fields.String(attribute="clock.name")
    since = fields.Date(metadata={"description": "The day it began to run, this time."})
    used = fields.Integer(metadata={"description": "Working days that had gone by then."})
    working_days = fields.Integer(metadata={"description": "All there are."})
    due_on = fields.Date()


class Timed(Acted):
    """What has steps and days in which they are to be taken."""

    deadline = fields.Nested(
        RunningAnswer, allow_none=True, metadata={"description": "Null where no clock runs."}
    )


class LimitAnswer(Answer):
    """额度: what stands of a fund or an allotment."""

    headroom_fen = fields.Integer()
    used_fen = fields.Integer()


class ItemAnswer(Answer):
    """补贴项: what it is due for, a shipment or a matter."""

    item = fields.String(attribute="item.code")
    shipment_id = fields.Integer(attribute="item.shipment_id", allow_none=True)
    matter_id = fields.Integer(attribute="item.matter_id", allow_none=True)
    label = fields.String(attribute="item.subject.label")
    day = fields.Date(
        attribute="item.subject.day",
        metadata={"description": "Of a shipment its departure, of a matter the end of its year."},
    )


class StepBody(Body):
    """A step, and the hash of what was shown when it was decided."""

    shown_sha256 = Sha256(required=True)
    reason_code = Word("", *flow.REASON_CODES, load_default="")
    reason = Text(300, load_default="")


def names(kind: str) -> tuple[str, ...]:
    """The steps of a flow."""
    return tuple(step.name for step in flow.FLOWS[kind])


class ProblemAnswer(Schema):
    """不能办理: an error in words (application/problem+json)."""

    status = fields.Integer(required=True)
    code = fields.String(required=True)
    message = fields.String(required=True)
    mend = fields.String(
        required=True, metadata={"description": "What to do about it; may be empty."}
    )
    request_id = fields.String(required=True)
    named = fields.Dict(
        data_key="fields",
        keys=fields.String(),
        metadata={"description": "Field -> what is wrong with it, where fields are wrong."},
    )
    values = fields.Dict(
        keys=fields.String(),
        metadata={"description": "What the message speaks of, such as a number."},
    )
