"""Chain 哈希链: what is hashed, and how; the verifier has its own copy of these few rules.

A link hashes (sequence, previous link, hash of the body), so a league's package can be verified
without anybody else's bodies. A byte in front keeps links of entries, links of audit events and
bodies apart: no one can pass as another. The body names the algorithm, so that SM3 can follow.
"""

import hashlib
from typing import Any

from tracker.db import canonical

ALGORITHM = "sha256"
GENESIS = "0" * 64
"""What the first link follows."""
ENTRY_DOMAIN = b"\x01"
AUDIT_DOMAIN = b"\x02"
TEXT = frozenset({str})
PLAIN = TEXT | {int, bool, type(None)}
"""What a body holds, beside lists and tables of it."""


def body(content: dict[str, Any]) -> str:
    """The canonical text of an entry's body with the algorithm's name in it.

    An assertion fails for a float anywhere inside: the same event must give the same bytes.
    """
    assert _exact(content), "a body holds no floats and only text as keys"
    return canonical({"algorithm": ALGORITHM, **content})


def body_sha256(text: str) -> str:
    """Hash of a body's text, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def link(previous_hash: str, seq: int, body_hash: str) -> str:
    """The hash of the entry at this sequence, in hex."""
    text = canonical([seq, previous_hash, body_hash])
    return hashlib.sha256(ENTRY_DOMAIN + text.encode()).hexdigest()


def audit_link(previous_hash: str, content: dict[str, Any]) -> str:
    """The hash of an audit event after the one with ``previous_hash``, in hex."""
    text = canonical([previous_hash, content])
    return hashlib.sha256(AUDIT_DOMAIN + text.encode()).hexdigest()


def _exact(value: object) -> bool:
    waiting = [value]
    for part in waiting:  # which grows meanwhile
        if type(part) in PLAIN:  # nearly all of the thousands in a large entry
            continue
        if isinstance(part, dict):
            if not TEXT.issuperset(map(type, part)):
                return False
            waiting += part.values()
        elif isinstance(part, (list, tuple)):
            waiting += part
        elif not isinstance(part, (str, int)):
            return False
    return True
