"""Publications access 公示权限: who sees what was published, and what was objected to it.

What was published is meant for everybody; the league's own page of it is for its staff and the
province. The actions stand with all others in ``tracker.access``.
"""

from sqlalchemy import Select, select

from tracker.access import keys_of, may, own
from tracker.models.people import PROVINCE_ROLES, User
from tracker.models.publications import Objection, Publication, PublicationLine


def visible_publications(user: User) -> Select[Publication]:
    """The league's own; all for the province and the auditor."""
    if user.role in PROVINCE_ROLES:
        return select(Publication)
    return select(Publication).where(own(user, None, Publication.league_id, "see_publications"))


def visible_publication_lines(user: User) -> Select[PublicationLine]:
    """Lines of the publications one may see."""
    seen = keys_of(visible_publications(user))
    return select(PublicationLine).where(PublicationLine.publication_id.in_(seen))


def visible_objections(user: User) -> Select[Objection]:
    """The league's own; all for Commerce and the auditor; Finance reviews no rows."""
    if user.role in PROVINCE_ROLES and may(user, "see_objections"):
        return select(Objection)
    return select(Objection).where(own(user, None, Objection.league_id, "see_objections"))
