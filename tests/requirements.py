"""Requirements for tests: a league's approver says what must lie before which step."""

from datetime import date

from sqlalchemy.orm import Session

from tests import crossed, evidences
from tests.journeys import NOW, person
from tracker import jobs
from tracker.steps import programmes, requirements
from tracker.steps.evidence_links import Subject

DOCUMENT = "示例呼商字〔2026〕6号"
PANEL = ("示例呼商会纪〔2026〕2号", date(2026, 3, 20))


def asked(  # noqa: PLR0913  a choice has this many sides
    bench: jobs.Bench,
    name: str,
    place: str = "",
    role: str = "",
    *,
    needed: bool = True,
    login: str = "league_approver",
    document_no: str = DOCUMENT,
    programme: str = "freight",
) -> int:
    """The league asks for it, or does not any more; returns the sequence of its entry."""

    def work(session: Session) -> int:
        kind = requirements.named(name)
        wanted = requirements.Setting(
            kind, needed, place or kind.places[0], role or (*kind.roles, "")[0]
        )
        under = programmes.of_code(session, programme)
        user = person(session, login)
        return requirements.choose(session, user, under, wanted, document_no, NOW).seq

    return bench.database.transact(work)


def compared(bench: jobs.Bench, trucks: int = 1, **other: str) -> int:
    """Customs speak of the first trucks; of the first of them otherwise than its firm, if said."""
    rows = [crossed.row(0, **other), *(crossed.row(number) for number in range(1, trucks))]
    return crossed.upload(bench, crossed.sheet(*rows))


def reported(bench: jobs.Bench, application_id: int, login: str = "league_officer") -> int:
    """A report of a third party, attached to the application."""
    key = evidences.added(bench, "third_party", login, note=f"{login} {application_id}")
    evidences.linked(bench, key, Subject("application", application_id), login=login)
    return key
