"""Digest 每日摘要: the mail that tells a person what waits for them, with the newest anchor. Pure.

It says what the home page of the same person says: counts and days, no names of anybody else.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from functools import partial

from tracker.chinese import said
from tracker.db import local_day
from tracker.errors import mark
from tracker.steps.waiting import Waits, words


@dataclass(frozen=True)
class Reader:
    """Who a digest is for."""

    key: int
    name: str
    email: str
    language: str


def name(reader: Reader, now: datetime) -> str:
    """What tells the digest of one person and day apart from all others."""
    return f"{local_day(now)}-digest-{reader.key}"


def write(
    reader: Reader, waits: Sequence[Waits], anchor: str, sender: str, now: datetime, *, sample: bool
) -> EmailMessage:
    """The message, dated now; sent twice it is the same message to every mail program."""
    say = partial(said, lang=reader.language)
    message = EmailMessage(policy=SMTP)
    total = sum(one.count for one in waits)
    subject = say(mark("Daily digest %(day)s: %(count)s waiting"), day=local_day(now), count=total)
    message["Subject"] = say(mark("[Sample] %(subject)s"), subject=subject) if sample else subject
    title = say(mark("China–Europe truck subsidy tracker"))
    message["From"] = Address(title, addr_spec=sender)
    message["To"] = Address(reader.name, addr_spec=reader.email)
    message["Date"] = now
    message["Message-ID"] = f"<{name(reader, now)}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    lines = [
        say(mark("%(name)s, this waits for you:"), name=reader.name),
        "",
        *(f"· {one.count} {words(one, say)}" for one in waits),
        "",
        say(mark("The home page shows the same, with the way there.")),
        say(mark("Another address, or no digest: under “My account”.")),
    ]
    if anchor:
        keep = mark("Keep this mail: its last line proves whether the ledger is cut or rewritten.")
        lines += ["", say(keep), anchor]
    message.set_content("\n".join(lines) + "\n", cte="base64")
    return message
