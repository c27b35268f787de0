"""What stands is told anew in as many steps as there were corrections, however they were undone."""

from collections.abc import Sequence
from datetime import date
from itertools import count

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import journeys
from tests.journeys import sheet, take_in, upload
from tests.tracker.test_shipments import truck
from tracker import jobs
from tracker.models.cargo import CargoLine, Manifest, ManifestRow, Shipment
from tracker.steps import keeping, standing

LINKS = 40
"""Keys that a line was given one after the other."""
DAY = date(2026, 3, 2)


def put_right(session: Session, line: CargoLine, manifest: Manifest, link: int) -> CargoLine:
    """The line under one more key, by a row of an upload that counts no more."""
    shipment = Shipment(
        firm_id=manifest.firm_id,
        unit_key=f"ROAD|{link}",
        mode="ROAD",
        direction="E",
        departure_date=DAY,
        border_exit_date=None,
        label=f"{link}",
        unit={},
        version_no=1,
        accepted_seq=link,
        accepted_at=journeys.NOW,
        state="withdrawn",
    )
    row = ManifestRow(
        manifest_id=manifest.id,
        sheet="更正",
        row_no=link,
        state="replaces",
        fields=line.fields,
        unit_key=shipment.unit_key,
        line_key=line.line_key,
        content_sha256=line.content_sha256,
        before_id=line.id,
        taken_seq=100 + link,
    )
    session.add_all((shipment, row))
    session.flush()
    new = keeping.line_of(shipment.id, row, 1)
    new.standing = False
    session.add(new)
    session.flush()
    return new


def test_a_line_put_right_under_forty_keys_that_are_all_withdrawn_comes_back_in_few_steps(
    bench: jobs.Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps, last = count(1), vars(standing)["_last"]

    def counted(*told: object) -> object:
        assert next(steps) <= 3 * LINKS, "far more steps than corrections"
        return last(*told)

    def work(session: Session) -> Sequence[str]:
        line = first = session.scalars(select(CargoLine)).one()
        first.standing = False
        gone = session.get_one(Manifest, key)
        for link in range(2, LINKS + 2):
            line = put_right(session, line, gone, link)
        gone.state = "withdrawn"
        said = {(first.shipment_id, first.line_key)}
        back = standing.told_anew(session, gone.firm_id, said)
        return [one.label for one in back]

    take_in(bench, truck(1))
    key = upload(bench, sheet(truck(2)))
    monkeypatch.setattr(standing, "_last", counted)
    assert bench.database.transact(work) == ["蒙A10001"]
