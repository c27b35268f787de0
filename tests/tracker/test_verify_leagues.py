"""League packages: one league's books proved by themselves, with nobody else's words in them."""

import hashlib
import io
import json
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner
from openpyxl import Workbook, load_workbook
from sqlalchemy.orm import Session

from tests import divisions, journeys, matters, takers, two_leagues, way
from tests.databases import Databases, connected
from tests.ingest.further_samples import book, leg, parcel
from tests.ingest.manifest_samples import road
from tests.journeys import LEAGUE
from tests.two_leagues import CANARIES, OTHER, OWN, inside, packed
from tracker import cli, jobs, packages, verify
from tracker.db import Database
from tracker.errors import Refused
from tracker.models.applications import Application
from tracker.models.cargo import Manifest
from tracker.models.filings import Filing
from tracker.papers import template
from tracker.settings import Settings
from tracker.steps import self_evaluations
from tracker.verify.__main__ import main

RULED = "UPDATE entry SET body = NULL, cause = NULL, kind = NULL WHERE kind = "
ALTERED: dict[str, str] = {
    "UPDATE entry SET body = replace(body, '50000', '90000') WHERE kind = 'accrue'": "正文被改动",
    "UPDATE entry SET hash = previous_hash WHERE body IS NULL": "哈希不符",
    "UPDATE entry SET body_sha256 = hash WHERE body IS NULL": "哈希不符",
    "DELETE FROM entry WHERE body IS NULL": "中间的分录缺失",
    "UPDATE entry SET actor = 'x' WHERE kind = 'accrue'": "与正文不符",
    "UPDATE posting SET amount = amount + 1": "第 1 行记账行与正文不符",
    "DELETE FROM posting": "实有 0 行",
    f"{RULED}'accrue'": "与分录所记不符",
    f"{RULED}'application.apply'": "经办人或所示内容与分录不符",
    f"{RULED}'manifest.commit'": "与入库的分录所记不符",
    "UPDATE item_stage SET balance = balance + 1": "余额为",
    "UPDATE account SET balance = balance + 1 WHERE unit = 'fen'": "余额为",
    "UPDATE account SET balance = balance + 1 WHERE owner LIKE 'allotment:%'": "余额为",
    "UPDATE assessment SET award_fen = 1": "与分录所记不符",
    "UPDATE assessment SET tally = replace(tally, '50000', '1')": "与重算不符",
    "UPDATE assessment SET facts = replace(facts, 'y\":false', 'y\":true')": "重算得 0 分",
    "DELETE FROM assessment": "的测算缺失",
    "UPDATE method SET params = replace(params, '500.00', '501.00')": "重算得 50100 分",
    "UPDATE method SET rule_sha256 = 'x'": "办法的规则不是分录所记的版本",
    "DELETE FROM decision WHERE step = 'apply'": "办理记录缺失",
    "UPDATE decision SET user_id = maker_id WHERE maker_id IS NOT NULL": "经办人或所示内容",
    "UPDATE chain_head SET seq = seq - 1": "与最后一条分录",
    "UPDATE manifest SET sha256 = 'x'": "与入库的分录所记不符",
    "UPDATE manifest SET bytes_sha256 = 'x'": "原始文件 x 缺失",
    "DELETE FROM manifest": "已入库，现已缺失或被改动",
    "UPDATE league SET code = '150200'": "范围：应只有盟市 150100，实有 150200",
    "INSERT INTO claim_key SELECT * FROM claim_key": "同时被占用两次",
}
"""What somebody may do to a package and make its list anew; and what is said of it."""


@pytest.fixture
def both(bench: jobs.Bench) -> jobs.Bench:
    """Two leagues."""
    return two_leagues.world(bench)


def altered(package: Path, statement: str) -> Path:
    """A copy whose books were changed by the statement, its list made to agree."""
    target, books = package.with_name("改.zip"), package.with_name("改.sqlite")
    members = inside(package)
    books.write_bytes(members["books.sqlite"])
    with closing(sqlite3.connect(books)) as opened, opened:
        assert opened.execute(statement).rowcount > 0, statement
    raw = books.read_bytes()
    told = json.loads(members["package.json"])
    told["books_sha256"] = hashlib.sha256(raw).hexdigest()
    members |= {"books.sqlite": raw, "package.json": json.dumps(told).encode()}
    with zipfile.ZipFile(target, "w") as out:
        for name, content in members.items():
            out.writestr(name, content)
    return target


def test_a_leagues_package_is_proved_and_says_what_it_cannot_show(
    both: jobs.Bench, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = packed(both, tmp_path)
    report = verify.verify(str(made.path), {1: "0" * 64}, both.registry.rules)
    assert [fault.where for fault in report.faults] == ["锚点 1"]
    report = verify.verify(str(made.path), rules=both.registry.rules)
    assert (report.faults, report.seq, report.head) == ((), made.seq, made.head)
    assert report.assessments == 3
    assert report.unseen[0].startswith("9 条分录的正文不属于或不只属于本盟市，不在包内")
    assert report.unseen[1].startswith("2 个限额账户由各盟市共用")
    assert any("公示、疑似重复、需求测算、暂缓" in one for one in report.unseen)
    main([str(made.path)])
    told = capsys.readouterr().out.splitlines()
    assert [line.removeprefix("未核对：") for line in told[-6:]] == list(report.unseen)


def test_a_package_is_proved_where_another_body_took_a_step_and_says_that_it_was_not_checked(
    bench: jobs.Bench, tmp_path: Path
) -> None:
    takers.named(bench, "application.pass", "league_finance")
    way.shipped(bench)
    key = way.applied(bench)
    journeys.act_on(bench, Application, key, "league_officer", "first_review")
    journeys.act_on(bench, Application, key, "league_finance", "pass")
    report = verify.verify(str(packed(bench, tmp_path).path), rules=bench.registry.rules)
    assert not report.faults
    assert any("由谁经办未核对" in one for one in report.unseen)


def test_what_a_league_says_of_its_targets_stays_out_of_its_package(
    both: jobs.Bench, tmp_path: Path
) -> None:
    def say(session: Session) -> None:
        said = self_evaluations.Words("all", "金丝雀自评")
        officer = journeys.person(session, "league_officer")
        self_evaluations.state(session, officer, session.get_one(Filing, 1), said, 0, journeys.NOW)

    both.database.transact(say)
    made = packed(both, tmp_path)
    report = verify.verify(str(made.path), rules=both.registry.rules)
    assert (report.faults, report.seq) == ((), made.seq)
    assert not [name for name, raw in inside(made.path).items() if "金丝雀自评".encode() in raw]
    assert any("绩效自评" in one for one in report.unseen)


@pytest.mark.parametrize(
    ("code", "kept_out", "there"),
    [(LEAGUE, CANARIES, OWN), (OTHER, OWN, {"document": CANARIES["document"]})],
)
def test_no_word_of_another_league_or_of_a_bank_account_is_in_any_byte_of_it(
    both: jobs.Bench, tmp_path: Path, code: str, kept_out: dict[str, str], there: dict[str, str]
) -> None:
    journeys.take_in(both, journeys.row("W-alone", "蒙A55502"))
    made = packed(both, tmp_path, code)
    members = inside(made.path)
    firm = {"firm", "plate"} if code == OTHER else set()
    for name, raw in members.items():
        for what in kept_out.keys() - firm:
            for form in (raw, raw.decode("gb18030", "replace").encode()):
                assert kept_out[what].encode() not in form, f"{what} in {name}"
    for what, word in there.items():
        assert any(word.encode() in raw for raw in members.values()), what
    assert verify.verify(str(made.path), rules=both.registry.rules).faults == ()


def test_only_files_that_hold_nothing_but_the_leagues_go_along(
    both: jobs.Bench, tmp_path: Path
) -> None:
    before = [name for name in inside(packed(both, tmp_path).path) if name.startswith("blobs/")]
    assert len(before) == 1, "the upload that lies in both leagues stays"
    (tmp_path / f"{LEAGUE}.zip").unlink()
    broken = journeys.row("W-broken", "蒙A55504", 发车日期="CANARY-1")
    journeys.take_in(both, journeys.row("W-good", "蒙A55503"), broken)
    journeys.commit(both, journeys.upload(both, two_sheets(), "两张.xlsx"))
    further = book([road()], [leg()], [parcel()])
    journeys.commit(both, journeys.upload(both, further, "附表.xlsx"))
    made = packed(both, tmp_path)
    report = verify.verify(str(made.path), rules=both.registry.rules)
    assert report.faults == ()
    assert "2 份发运明细表另有不属于本盟市的内容：原始文件不在包内，只有其哈希" in report.unseen
    after = [name for name in inside(made.path) if name.startswith("blobs/")]
    assert len(after) == 2


def test_a_file_made_from_the_template_goes_along_with_the_templates_own_sheets(
    bench: jobs.Bench, tmp_path: Path
) -> None:
    line = dict(zip(journeys.HEADINGS, journeys.row("W-template"), strict=True))
    for note, left_out in (("", 0), ("CANARY-1", 1)):
        journeys.commit(bench, journeys.upload(bench, templated(line, note), "模板.xlsx"))
        made = packed(bench, tmp_path)
        report = verify.verify(str(made.path), rules=bench.registry.rules)
        assert report.faults == ()
        assert sum(name.startswith("blobs/") for name in inside(made.path)) == 1
        assert sum("份发运明细表" in one for one in report.unseen) == left_out
        made.path.unlink()
        line["运单号"], line["车牌号"] = "W-another", "蒙A55506"


def templated(line: dict[str, str], note: str) -> bytes:
    """The template with this line, and a note on the sheet that explains it."""
    book = load_workbook(io.BytesIO(template.write()))
    first = book.worksheets[0]
    for column, one in enumerate(template.columns("lines"), 1):
        first.cell(3, column, line.get(one.label("zh")))
    book.worksheets[-1].cell(1, 9, note or None)
    raw = io.BytesIO()
    book.save(raw)
    return raw.getvalue()


def two_sheets() -> bytes:
    """A workbook with a sheet beside the manifest that nobody read."""
    made = Workbook()
    first = made.active
    assert first is not None
    for line in (journeys.HEADINGS, journeys.row("W-sheet", "蒙A55505")):
        first.append(list(line))
    made.create_sheet("别的").append(["CANARY-1"])
    raw = io.BytesIO()
    made.save(raw)
    return raw.getvalue()


def test_every_tampering_with_what_it_holds_is_found(both: jobs.Bench, tmp_path: Path) -> None:
    made = packed(both, tmp_path)
    for statement, said in ALTERED.items():
        report = verify.verify(str(altered(made.path, statement)), rules=both.registry.rules)
        assert any(said in str(fault) for fault in report.faults), (statement, report.faults)


def test_an_entry_of_two_leagues_goes_along_without_its_body_and_is_said_to(
    both: jobs.Bench, tmp_path: Path
) -> None:
    seq = two_leagues.moved_together(both)
    made = packed(both, tmp_path)
    report = verify.verify(str(made.path), rules=both.registry.rules)
    assert report.faults == ()
    wanted = f"分录 {seq} 的正文另涉其他盟市，不在包内：本盟市的 1 行记账行只计入余额"
    assert wanted in report.unseen


def test_what_two_leagues_give_back_at_once_is_an_entry_each(
    both: jobs.Bench, tmp_path: Path
) -> None:
    newest = way.count(both, Manifest)
    assert journeys.withdraw(both, newest) == "done"
    made = packed(both, tmp_path)
    report = verify.verify(str(made.path), rules=both.registry.rules)
    assert report.faults == ()
    assert not any("另涉其他盟市，不在包内：本盟市的" in one for one in report.unseen)


def test_matters_are_held_to_the_entries_that_confirmed_them(
    database: Database, settings: Settings, tmp_path: Path
) -> None:
    bench = matters.world(database, settings)
    matters.confirmed(bench)
    matters.drafted(bench, "other_clerk")
    made = packed(bench, tmp_path)
    assert verify.verify(str(made.path)).faults == ()
    for statement, said in {
        "UPDATE matter_version SET basis = 'x'": "内容被改动",
        "DELETE FROM matter_version": "已填报，现已缺失",
        "UPDATE matter SET version_no = 9": "现行版本与核实它的分录不符",
    }.items():
        report = verify.verify(str(altered(made.path, statement)))
        assert any(said in str(fault) for fault in report.faults), statement


def test_a_division_is_divided_again_from_the_package(
    database: Database, settings: Settings, tmp_path: Path
) -> None:
    bench = divisions.world(database, settings)
    divisions.claim(bench, {"1": "100.00", "2": "200.00"})
    divisions.divide(bench)
    made = packed(bench, tmp_path)
    assert verify.verify(str(made.path), rules=bench.registry.rules).faults == ()
    report = verify.verify(
        str(altered(made.path, "UPDATE division SET rest = rest + 1")), rules=bench.registry.rules
    )
    assert any("资金分配" in fault.where for fault in report.faults)


def test_what_a_kept_decision_checks_is_kept_too_though_the_league_sees_it_no_more(
    bench: jobs.Bench, tmp_path: Path
) -> None:
    """Money went and came back with an application that is the firm's own again."""
    way.shipped(bench)
    key = way.applied(bench)
    journeys.act_on(
        bench, Application, key, "league_officer", "return", reason_code="other", reason="示例"
    )
    made = packed(bench, tmp_path)
    assert verify.verify(str(made.path), rules=bench.registry.rules).faults == ()
    with closing(sqlite3.connect(":memory:")) as books:
        books.deserialize(inside(made.path)["books.sqlite"])
        assert books.execute("SELECT count(*) FROM application").fetchone() == (0,)
        steps = books.execute("SELECT step FROM decision WHERE subject_kind = 'application'")
        assert sorted(step for (step,) in steps) == ["apply", "prepare", "return"]


def test_the_command_writes_a_leagues_package_by_the_code_of_the_league(
    both: jobs.Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "_bench", lambda: both)
    target = tmp_path / "包.zip"
    told = CliRunner().invoke(cli.package, [LEAGUE, str(target)]).output
    assert "已写入" in told
    assert verify.verify(str(target), rules=both.registry.rules).faults == ()
    wrong = CliRunner().invoke(cli.package, ["999999", str(tmp_path / "无.zip")])
    assert "没有这个盟市代码" in wrong.output
    assert wrong.exit_code == 1


def test_a_leagues_package_is_never_restored(
    both: jobs.Bench, all_databases: Databases, tmp_path: Path
) -> None:
    made = packed(both, tmp_path)
    target = all_databases.settings("sqlite", tmp_path / "anew", migrated=False)
    with connected(target) as database, pytest.raises(Refused, match="only a part of the books"):
        packages.unpack(database, target.home, made.path)
    with pytest.raises(Refused, match="a file of this name"):
        packed(both, tmp_path)
