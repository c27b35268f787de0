"""The papers of a filing are downloaded with one press; an office brings its own template."""

from __future__ import annotations

import hashlib
import io
import zipfile
from typing import Any

import docx
import pytest
from flask import Flask

from tests import way
from tests.journeys import act_on
from tests.publications import published
from tests.unpacked import in_word
from tests.web.api.callers import Caller, call
from tests.web.visitors import Page, People, Visitor
from tracker import jobs
from tracker.models.applications import Application
from tracker.papers import letters
from tracker.web.downloads import BOOK_TYPE, DOCX_TYPE, PDF_TYPE

OWN = "草原盟公文用纸（示例）"


def own(words: str = "{{ 文号 }}") -> bytes:
    document = docx.Document()
    document.add_paragraph(OWN)
    document.add_paragraph(words)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def bring(visitor: Visitor, raw: bytes, kind: str = "request", status: int = 200) -> Page:
    data = {"csrf_token": _token(visitor), "file": (io.BytesIO(raw), "模板.docx")}
    answer = visitor.client.post(f"/letters/{kind}", data=data, follow_redirects=True)
    assert answer.status_code == status
    return Page(answer.request.path, answer.status_code, answer)


def read(visitor: Visitor, address: str) -> str:
    answer = visitor.client.get(address)
    assert answer.content_type == DOCX_TYPE
    return in_word(answer.data)


@pytest.fixture(name="filing")
def a_filing(bench: jobs.Bench) -> str:
    """A drafted filing of two published trucks."""
    way.shipped(bench, 2)
    key = way.passed(bench)
    published(bench)
    return f"/filings/{way.filing_drafted(bench, key)}"


def test_all_papers_come_with_one_press(filing: str, people: People) -> None:
    officer = people["league_officer"]
    page = officer.see(filing)
    assert f"{filing}/papers.zip" in page.links
    answer = officer.client.get(f"{filing}/papers.zip")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert [name.split("_")[2] for name in archive.namelist()] == [
            *("请示.docx", "测算表.xlsx", "公示表.docx", "公示表.xlsx"),
            *("绩效表.docx", "绩效表.xlsx", "明细清单.pdf"),
        ]
    assert "资金的请示" in read(officer, f"{filing}/papers/request")
    assert "拟支持企业的公示" in read(officer, "/publications/1/table.docx")
    links = page.links + officer.see("/publications/1").links
    for where, kind in (
        (f"{filing}/tables/publication", BOOK_TYPE),
        (f"{filing}/tables/performance", BOOK_TYPE),
        (f"{filing}/lines.pdf", PDF_TYPE),
        ("/publications/1/table.xlsx", BOOK_TYPE),
        ("/publications/1/table.pdf", PDF_TYPE),
    ):
        assert where in links
        assert officer.client.get(where).content_type == kind
    officer.see(f"{filing}/papers/poem", 404)
    officer.see(f"{filing}/tables/request", 404)
    people["finance_officer"].see(f"{filing}/lines.pdf", 403)
    people["finance_officer"].see(f"{filing}/papers.zip", 403)
    people["clerk"].see(f"{filing}/papers.zip", 403)
    people["commerce_officer"].see(f"{filing}/papers.zip", 404)


def test_a_league_brings_its_own_template_and_goes_back(filing: str, people: People) -> None:
    officer = people["league_officer"]
    page = bring(officer, own())
    assert "模板.docx, brought by" in page.words
    assert OWN in read(officer, f"{filing}/papers/request")
    assert "示例呼商字〔2026〕1号" in read(officer, f"{filing}/papers/request")
    assert "{{ 文号 }}" in read(officer, "/letters/request")
    page = officer.send(page.form("/letters/request", back="1"))
    assert "Done; papers are made from the template before again." in page.words
    assert OWN not in read(officer, f"{filing}/papers/request")


def test_commerces_template_is_for_every_league_that_has_none(filing: str, people: People) -> None:
    bring(people["commerce_officer"], own())
    assert OWN in read(people["league_officer"], f"{filing}/papers/request")
    page = people["league_approver"].see("/letters")
    assert "Department of Commerce" in page.words
    assert "Use this one" not in page.words
    people["finance_officer"].see("/letters", 403)


def test_a_template_that_cannot_be_used_is_refused_with_every_reason(people: People) -> None:
    officer = people["league_officer"]
    page = bring(officer, own("{{ 金额大写 }} {{ 逐户.企业 }}"), status=422)
    assert "The name “金额大写” in double braces is not one we know." in page.words
    assert "“逐户.企业” is of a list and stands outside a table." in page.words
    assert "This is no Word document" in bring(officer, b"x", status=422).words
    assert "The built-in template" in officer.see("/letters").words
    token = _token(officer)
    answer = officer.client.post("/letters/request", data={"csrf_token": token})
    assert answer.status_code == 422


def test_the_built_in_template_is_downloaded_to_be_changed(people: People) -> None:
    officer = people["league_officer"]
    raw = officer.client.get("/letters/performance").data
    assert raw == letters.built_in("performance")
    assert "{{ 绩效.指标 }}" in officer.see("/letters").words
    officer.see("/letters/poem", 404)


def test_a_firm_downloads_its_papers_filled_in_before_and_after_it_applies(
    bench: jobs.Bench, people: People
) -> None:
    way.shipped(bench)
    key = way.drafted(bench)
    paths = [f"/applications/{key}/papers/{kind}" for kind in ("application", "promise")]
    clerk = people["clerk"]
    page = clerk.see(f"/applications/{key}")
    assert {*paths, f"/applications/{key}/form.pdf"} <= {*page.links}
    assert "/letters" not in page.links
    assert "print them, have them stamped" in page.words
    assert "资金申请表" in read(clerk, paths[0])
    assert "承　诺　书" in read(people["manager"], paths[1])
    assert clerk.client.get(f"/applications/{key}/form.pdf").content_type == PDF_TYPE
    clerk.see(f"/applications/{key}/papers/request", 404)
    for login, status in (
        *(("other_clerk", 404), ("league_officer", 404), ("commerce_officer", 404)),
        *(("finance_officer", 403), ("admin", 403)),
    ):
        people[login].see(paths[0], status)
    way.apply(bench, key)
    assert "Filled in as the firm applied" in clerk.see(f"/applications/{key}").words
    for login in ("clerk", "league_officer", "league_approver", "auditor"):
        assert "本文书按企业提交申报时的内容填制" in read(people[login], paths[0])
    assert "/letters" in people["league_officer"].see(f"/applications/{key}").links
    people["commerce_officer"].see(paths[0], 404)
    way.file(bench, way.filing_drafted(bench, way.passed(bench, key)))
    assert "申报编号SB-2026-0001" in read(people["commerce_officer"], paths[1])


def test_a_withdrawn_application_asks_for_no_stamped_papers(
    bench: jobs.Bench, people: People
) -> None:
    way.shipped(bench)
    key = way.drafted(bench)
    act_on(bench, Application, key, "clerk", "withdraw")
    page = people["clerk"].see(f"/applications/{key}")
    assert "The application was withdrawn, and its papers say so." in page.words
    assert "have them stamped" not in page.words


def test_a_league_brings_its_own_form_and_no_other_league_sees_it(
    bench: jobs.Bench, people: People
) -> None:
    bring(people["league_officer"], own("{{ 企业 }}申报{{ 申报金额 }}元"), "application")
    way.shipped(bench)
    key = way.drafted(bench)
    told = read(people["clerk"], f"/applications/{key}/papers/application")
    assert told.splitlines() == [OWN, "示例企业甲申报500.00元"]
    page = bring(people["league_officer"], own("{{ 法人 }}"), "promise", status=422)
    assert "The name “法人” in double braces is not one we know." in page.words
    page = people["commerce_officer"].see("/letters")
    assert page.words.count("The built-in template") == len(letters.LETTERS)


def test_the_api_gives_a_firm_its_papers(app: Flask, bench: jobs.Bench) -> None:
    way.shipped(bench)
    key = way.drafted(bench)
    clerk = call(app, "clerk")
    for kind in ("application", "promise"):
        assert clerk.ask("GET", f"applications/{key}/papers/{kind}").content_type == DOCX_TYPE
    assert clerk.ask("GET", f"applications/{key}/form/pdf").content_type == PDF_TYPE
    clerk.get(f"applications/{key}/papers/request", 404)
    call(app, "other_clerk").get(f"applications/{key}/papers/promise", 404)
    call(app, "finance_officer").get(f"applications/{key}/papers/promise", 403)


def test_the_api_gives_papers_and_takes_templates(app: Flask, filing: str) -> None:
    officer = call(app, "league_officer")
    path = filing.removeprefix("/")
    assert officer.ask("GET", f"{path}/papers.zip").content_type == "application/zip"
    assert officer.ask("GET", f"{path}/papers/request").content_type == DOCX_TYPE
    assert officer.ask("GET", f"{path}/tables/performance").content_type == BOOK_TYPE
    assert officer.ask("GET", f"{path}/lines/pdf").content_type == PDF_TYPE
    assert officer.ask("GET", "publications/1/table").content_type == DOCX_TYPE
    assert officer.ask("GET", "publications/1/table/xlsx").content_type == BOOK_TYPE
    assert officer.ask("GET", "publications/1/table/pdf").content_type == PDF_TYPE
    assert {one["sha256"] for one in officer.get("letters")} == {""}
    one = put(officer, own())
    assert (one["file_name"], one["league"]) == ("模板.docx", "150100")
    assert hashlib.sha256(officer.ask("GET", "letters/request").data).hexdigest() == one["sha256"]
    assert put(officer, own("{{ 无 }}"), 422)["code"] == "refused"
    assert officer.post("letters/request/back")["sha256"] == ""
    officer.post("letters/poem/back", 404)


def put(officer: Caller, raw: bytes, status: int = 200) -> Any:  # noqa: ANN401  any JSON
    data = {"file": (io.BytesIO(raw), "模板.docx")}
    return officer.ask("POST", "letters/request", status, data=data).json


def _token(visitor: Visitor) -> str:
    form = next(form for form in visitor.see("/letters").tree.forms if "/letters/" in form.action)
    return str(form.fields["csrf_token"])
