"""Callers: systems that ask the API with a person's token, and the journey through it alone."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests import journeys
from tracker import jobs
from tracker.models.people import User
from tracker.web import context, sessions

FUND = "示例专项〔2026〕1号"
PERIOD: dict[str, Any] = {"period_from": "2026-01-01", "period_to": "2026-03-31"}
FORM: dict[str, Any] = {
    "bank_name": "示例银行",
    "bank_account": "6222",
    "promised": True,
    "no_other_subsidy": True,
}


@dataclass
class Caller:
    """A system that acts as one person."""

    client: FlaskClient
    headers: dict[str, str]

    def ask(self, method: str, path: str, status: int = 200, **sent: Any) -> TestResponse:  # noqa: ANN401  any JSON
        """Send a request; the answer has this status."""
        headers = self.headers | sent.pop("headers", {})
        answer = self.client.open(
            f"/api/v1/{path}", method=method, headers=headers, buffered=True, **sent
        )
        assert answer.status_code == status, answer.get_data(as_text=True)
        return answer

    def get(self, path: str, status: int = 200, **asked: str) -> Any:  # noqa: ANN401  any JSON
        """What stands there."""
        return self.ask("GET", path, status, query_string=asked).json

    def post(self, path: str, status: int = 200, **body: Any) -> Any:  # noqa: ANN401  any JSON
        """Do something."""
        return self.ask("POST", path, status, json=body).json

    def put(self, path: str, status: int = 200, **body: Any) -> Any:  # noqa: ANN401  any JSON
        """Keep something."""
        return self.ask("PUT", path, status, json=body).json

    def upload(self, raw: bytes, name: str = "发运.csv", status: int = 201) -> Any:  # noqa: ANN401  any JSON
        """Upload a file."""
        data = {"file": (io.BytesIO(raw), name)}
        return self.ask("POST", "manifests", status, data=data).json

    def step(self, path: str, step: str, status: int = 200, **more: Any) -> Any:  # noqa: ANN401  any JSON
        """Take a step on what is shown now; it is one of those that are offered."""
        shown = self.get(path)
        assert step in shown["steps"], shown["steps"]
        body = {"step": step, "shown_sha256": shown["shown_sha256"], **more}
        return self.post(f"{path}/steps", status, **body)


def token(app: Flask, login: str) -> str:
    """A token of this person's."""
    ground: context.Ground = app.extensions[context.EXTENSION]

    def issue(session: Session) -> str:
        person = session.scalars(select(User).where(User.login == login)).one()
        return sessions.issue(session, person, "示例系统", ground.now())

    return ground.database.transact(issue, ledger=False)


def call(app: Flask, login: str, language: str = "zh") -> Caller:
    """A system that acts as this person."""
    headers = {"Authorization": f"Bearer {token(app, login)}", "Accept-Language": language}
    return Caller(app.test_client(), headers)


@dataclass
class Journey:
    """The way of one manifest through the API, each part asked for when it is needed."""

    app: Flask
    bench: jobs.Bench
    rows: int = 3
    callers: dict[str, Caller] = field(default_factory=dict)

    def as_(self, login: str) -> Caller:
        """The caller of this person."""
        if login not in self.callers:
            self.callers[login] = call(self.app, login)
        return self.callers[login]

    def committed(self) -> int:
        """A manifest whose good rows went in."""
        lines = [journeys.row(f"W{number}", f"蒙A1000{number}") for number in range(self.rows)]
        key = self.as_("clerk").upload(journeys.sheet(*lines))["id"]
        jobs.drain(self.bench)
        self.as_("clerk").post(f"manifests/{key}/commit", 202)
        jobs.drain(self.bench)
        return int(key)

    def drafted(self) -> int:
        """An application with its form filled in."""
        clerk = self.as_("clerk")
        body = {"league": journeys.LEAGUE, "programme": "freight", **PERIOD}
        key = clerk.post("applications", 201, **body)["id"]
        clerk.put(f"applications/{key}/form", **FORM)
        return int(key)

    def applied(self) -> int:
        """An application the manager signed."""
        key = self.drafted()
        self.as_("clerk").step(f"applications/{key}", "prepare")
        self.as_("manager").step(f"applications/{key}", "apply")
        return key

    def filed(self, application: int) -> int:
        """A filing of the passed application that reached the province."""
        self.as_("league_officer").step(f"applications/{application}", "first_review")
        self.as_("league_approver").step(f"applications/{application}", "pass")
        body = {"document_no": "示例呼商字〔2026〕1号", "basis": "示例依据\n第二行"}
        made = self.as_("league_officer").post("filings", 201, applications=[application], **body)
        key = int(made["id"])
        self.as_("league_officer").step(f"filings/{key}", "prepare")
        self.as_("league_approver").step(f"filings/{key}", "file")
        return key

    def approved(self, filing: int, amount_fen: int) -> None:
        """Approve the filing out of a fund of this amount."""
        fund: dict[str, Any] = {"document_no": FUND, "fiscal_year": 2026, "amount_fen": amount_fen}
        self.as_("finance_approver").post("funds", 201, **fund)
        self.as_("commerce_officer").step(f"filings/{filing}", "propose")
        self.as_("commerce_approver").step(f"filings/{filing}", "endorse")
        self.as_("finance_officer").step(f"filings/{filing}", "allocate", fund=FUND)
        self.as_("finance_approver").step(f"filings/{filing}", "approve")

    def allotted(self, filing: int, amount_fen: int) -> int:
        """An allotment of the approved filing."""
        body: dict[str, Any] = {
            "filing": filing,
            "fund": FUND,
            "document_no": "示例预〔2026〕2号",
            "budget_line": "2160699",
            "amount_fen": amount_fen,
            "issued_on": "2026-05-01",
        }
        key = int(self.as_("finance_officer").post("allotments", 201, **body)["id"])
        self.as_("finance_officer").step(f"allotments/{key}", "prepare")
        self.as_("finance_approver").step(f"allotments/{key}", "allot")
        return key

    def instructed(self, allotment: int) -> int:
        """A disbursement the treasury was instructed to pay."""
        (made,) = self.as_("league_finance").post("disbursements", 201, allotment=allotment)
        key = int(made["id"])
        self.as_("league_finance").step(f"disbursements/{key}", "prepare")
        self.as_("league_approver").step(f"disbursements/{key}", "instruct")
        return key
