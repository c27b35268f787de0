"""People 人员管理: an administrator adds a person, locks or unlocks one, gives a new password.

Nobody is deleted: what they did keeps their name. A locked person's sessions end at once.
"""

import re
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from ingest.identifiers import is_uscc
from tracker.books import audit
from tracker.errors import Conflict, NotAllowed, Refused, mark
from tracker.models.people import (
    FIRM_ROLES,
    LEAGUE_ROLES,
    ROLES,
    ApiToken,
    Firm,
    League,
    SignIn,
    User,
)
from tracker.steps import inbox

LONGEST_NAME = 60
LONGEST_FIRM_NAME = 100
LOGIN = re.compile(r"[A-Za-z0-9_.@-]{2,60}")


def firm_of(session: Session, uscc: str, name: str) -> Firm:
    """The firm of this credit code; a new one is entered under the name.

    Raises ``Refused`` for an unknown code without a name, and for what is no credit code: a firm's
    manifests name it by the code, and its money stands under it.
    """
    found = session.scalar(select(Firm).where(Firm.uscc == uscc))
    if found is not None:
        return found
    if not uscc or not name:
        raise Refused(
            mark("A person of a firm needs the firm's credit code, and for a new firm its name."),
            mark("Fill in both."),
        )
    if not is_uscc(uscc):
        raise Refused(
            mark("“%(code)s” is no unified social credit code, or one of its signs is wrong."),
            mark("Copy all 18 signs from the business licence."),
            code=uscc,
        )
    if len(name) > LONGEST_FIRM_NAME:
        raise Refused(
            mark("The name of a firm has at most 100 signs."), mark("Shorten it and send it again.")
        )
    firm = Firm(uscc=uscc, name=name)
    session.add(firm)
    session.flush()
    return firm


def add(
    session: Session,
    *,
    login: str,
    name: str,
    role: str,
    password_hash: str,
    firm: Firm | None = None,
    league: League | None = None,
) -> User:
    """Add a person with one role, of a firm or a league where the role belongs to one.

    Raises ``Refused`` for what does not fit together, ``Conflict`` for a sign-in name in use.
    """
    if not LOGIN.fullmatch(login) or not 0 < len(name) <= LONGEST_NAME:
        raise Refused(
            mark(
                "A sign-in name has 2 to 60 letters, digits or _ . - @;"
                " a name is needed, of at most 60 signs."
            ),
            mark("Correct the two and send it again."),
        )
    if role not in ROLES:
        raise Refused(mark("There is no such role."), mark("Choose one of the list."))
    if (role in FIRM_ROLES) != (firm is not None) or (role in LEAGUE_ROLES) != (league is not None):
        raise Refused(
            mark("A role of a firm needs the firm, a role of a league the league, others neither."),
            mark("Choose the role again and what belongs to it."),
        )
    if session.scalar(select(User.id).where(User.login == login)) is not None:
        raise Conflict(mark("This sign-in name is taken."), mark("Choose another one."))
    person = User(
        login=login,
        name=name,
        role=role,
        password_hash=password_hash,
        firm_id=firm.id if firm else None,
        league_id=league.id if league else None,
    )
    session.add(person)
    session.flush()
    return person


def lock(session: Session, admin: User, person: User, now: datetime) -> None:
    """Shut a person out at once: sessions, tokens and the digest end, an inbox is closed."""
    if person.id == admin.id:
        raise NotAllowed(
            mark("Nobody locks themselves out."), mark("Ask another administrator to do it.")
        )
    if not person.active:
        raise Conflict(mark("This person is locked already."))
    person.active = False
    _shut_out(session, person, now)
    session.flush()


def unlock(session: Session, person: User) -> None:
    """Let a person in again, also one whose name is locked after wrong passwords."""
    person.active = True
    person.failed_sign_ins = 0
    person.locked_until = None
    session.flush()


def reset(session: Session, person: User, password_hash: str, now: datetime) -> None:
    """Give a person a new password; sessions, tokens and the digest end, an inbox is closed.

    Somebody else may have had the old one, and may have made themselves a token with it. Wrong
    attempts are forgotten.
    """
    person.password_hash = password_hash
    person.failed_sign_ins = 0
    person.locked_until = None
    _shut_out(session, person, now)
    session.flush()


def tell(
    session: Session, admin: User, action: str, person: User, now: datetime, address: str
) -> None:
    """Write into the audit log what was done to a person."""
    audit.record(
        session,
        at=now,
        login=admin.login,
        action=f"user.{action}",
        subject=f"user {person.login}",
        address=address,
        detail={"role": person.role},
    )


def _shut_out(session: Session, person: User, now: datetime) -> None:
    person.digest = ""  # whoever had the password may have put an address of their own
    session.execute(delete(SignIn).where(SignIn.user_id == person.id))
    session.execute(
        update(ApiToken)
        .where(ApiToken.user_id == person.id, ApiToken.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    inbox.close_for(session, person, now)


def any_sample(session: Session) -> bool:
    """Whether any firm is made up 示例: then sums over firms are."""
    return session.scalar(select(Firm.id).where(Firm.is_sample).limit(1)) is not None
