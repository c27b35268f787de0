"""Passwords 密码: argon2id, always outside a transaction, always as slow for a stranger."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from tracker.errors import Refused, mark

LEAST_LENGTH = 10
GREATEST_LENGTH = 200
_hasher = PasswordHasher()


def hashed(password: str) -> str:
    """The hash to keep; raises ``Refused`` for a password that is too short or too long."""
    if not LEAST_LENGTH <= len(password) <= GREATEST_LENGTH:
        raise Refused(
            mark("A password has between %(least)s and %(greatest)s characters."),
            mark("Choose another one; a sentence is easy to remember."),
            least=LEAST_LENGTH,
            greatest=GREATEST_LENGTH,
        )
    return _hasher.hash(password)


def right(password_hash: str | None, password: str) -> bool:
    """Whether the password is the one that was hashed; without a hash, as much work and False."""
    try:
        _hasher.verify(password_hash or _decoy(), password[:GREATEST_LENGTH])
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


@cache
def _decoy() -> str:
    return _hasher.hash("nobody has this password")
