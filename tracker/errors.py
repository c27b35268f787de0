"""Errors 不能办理: a person asked for what cannot be; said in words, with a way out.

The message is an English msgid and is translated at the edge (page, API, command), so that the
same refusal reads in the language of whoever asked. Bad data is a ``Problem``, not an error, and
our own mistakes are assertions.
"""

from collections.abc import Mapping


def mark(msgid: str) -> str:
    """The text itself; the name tells the translators' tool to pick it up."""
    return msgid


class TrackerError(Exception):
    """A request that cannot be carried out: an HTTP status, a message and how to mend it."""

    status = 400
    code = "cannot"

    def __init__(self, message: str, mend: str = "", **values: object) -> None:
        super().__init__(message % values if values else message)
        self.message = message
        self.mend = mend
        self.values: Mapping[str, object] = values


class NotSignedIn(TrackerError):
    """Nobody is signed in, or the session has ended."""

    status = 401
    code = "not_signed_in"


class NotAllowed(TrackerError):
    """The person's role does not include this."""

    status = 403
    code = "not_allowed"


class NotThere(TrackerError):
    """There is no such thing, or it is not theirs to see: both answer alike."""

    status = 404
    code = "not_there"


class Conflict(TrackerError):
    """It has changed, is already done, or somebody else holds it."""

    status = 409
    code = "conflict"


class Refused(TrackerError):
    """What was given does not meet the rules; nothing was changed."""

    status = 422
    code = "refused"


class TooMuch(TrackerError):
    """Over a stated limit."""

    status = 413
    code = "too_much"


class NotNow(TrackerError):
    """The machine cannot take it at present (disk full, database away); nothing was changed."""

    status = 503
    code = "not_now"
