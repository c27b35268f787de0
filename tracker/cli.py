"""Commands 命令: ``flask init, demo, serve, worker, clock, verify, backup, restore`` and more."""

import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from os import environ
from pathlib import Path
from types import FrameType

import click
from flask import Flask
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from sqlalchemy import select
from sqlalchemy.orm import Session

from ingest.network import Network, exchange, load_seed
from ingest.network.amendment import Amendment
from ingest.network.changes import Change, changes
from rules.registry import every_rule
from tracker import demo, jobs, packages, schema, serving
from tracker.chinese import in_chinese
from tracker.db import connect, local_day
from tracker.demo import sign_ins
from tracker.errors import NotNow, TrackerError
from tracker.models.people import FIRM_ROLES, LEAGUE_ROLES, ROLES, League
from tracker.papers import template
from tracker.settings import Settings
from tracker.steps import beginnings, networks, people, proposals
from tracker.verify.__main__ import main as say_verdict
from tracker.web import create_app, logs
from tracker.web.labels import ROLES as ROLE_NAMES
from tracker.web.passwords import hashed

ADDRESS = "127.0.0.1:8000"
MOST_CHANGES = 60
"""Lines of what a network changes that are printed."""
console = Console(highlight=False)


def program() -> Flask:
    """The application with its commands; before ``flask init`` it only says what is missing."""
    try:
        app = create_app()
    except NotNow as refusal:
        app = _closed(str(refusal))
    for command in (
        init,
        run_demo,
        serve,
        worker,
        clock,
        run_verify,
        backup,
        package,
        restore,
        network,
        user,
    ):
        app.cli.add_command(command)
    return app


def _closed(why: str) -> Flask:
    app = Flask(__name__)

    def answer(path: str = "") -> tuple[str, int, dict[str, str]]:
        del path
        return why, 503, {"Content-Type": "text/plain; charset=utf-8"}

    app.add_url_rule("/", "closed", answer)
    app.add_url_rule("/<path:path>", "closed", answer)
    return app


def _bench() -> jobs.Bench:
    settings = Settings.from_environment(environ)
    database = connect(settings)
    if faults := schema.check(database):
        raise click.ClickException("\n".join(faults))
    return jobs.Bench(database, settings, every_rule())


@click.command("init")
def init() -> None:
    """建表并载入盟市与路网 · make the tables, bring in leagues and network."""
    settings = Settings.from_environment(environ)
    schema.upgrade(settings)
    now = datetime.now(UTC)
    connect(settings).transact(lambda session: beginnings.everything(session, now))
    console.print(f"数据库已就绪 · ready: {settings.database_url.rpartition('@')[2]}")


@click.command("demo")
@click.option("--serve", "then_serve", is_flag=True, help="随后启动服务 · serve afterwards")
@click.option("--address", default=ADDRESS, show_default=True, help="地址 · where to serve")
@click.pass_context
def run_demo(context: click.Context, *, then_serve: bool, address: str) -> None:
    """载入示例数据并走完全程 · load the sample data and run the whole journey."""
    logs.configure("warning")
    schema.upgrade(Settings.from_environment(environ))
    bench = _bench()
    if sign_ins.loaded(bench.settings.home):
        console.print("示例数据已在，接着使用 · the demo is here already")
    else:
        _load(bench)
    _print_sign_ins(bench)
    if then_serve:
        context.invoke(serve, address=address, quiet=True)


def _load(bench: jobs.Bench) -> None:
    parts = demo.parts(bench)
    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("载入示例", total=len(parts))
        for title, do in parts:
            progress.update(task, description=title)
            progress.console.print(f"  {title}：{do()}")
            progress.advance(task)
    sign_ins.finish(bench.settings.home)


def _print_sign_ins(bench: jobs.Bench) -> None:
    told = sign_ins.kept(bench.settings.home)
    table = Table(title="登录信息（示例）· sign-ins of the demo")
    for heading in ("用户名 login", "姓名 name", "角色 role"):
        table.add_column(heading, no_wrap=True)
    for one in told:
        label = ROLE_NAMES[one["role"]]
        table.add_row(one["login"], one["name"], in_chinese(label))
    console.print(table)
    console.print(f"密码都是 password of all: [bold]{told[0]['password']}[/bold]")


@click.command("serve")
@click.option("--address", default=ADDRESS, show_default=True, help="地址 · where to serve")
@click.option("--quiet", is_flag=True, help="日志只记异常 · log only what goes wrong")
@click.pass_context
def serve(context: click.Context, *, address: str, quiet: bool) -> None:
    """启动网页、后台任务和时钟 · run web, worker and clock; Ctrl-C ends them all."""
    _bench()
    console.print(f"打开 http://{address} ，按 Ctrl-C 结束 · open it, Ctrl-C ends")
    context.exit(serving.serve(address, console.print, quiet=quiet))


@click.command("worker")
def worker() -> None:
    """处理后台任务 · carry out jobs until told to stop."""
    jobs.work(_bench(), _told_to_stop())


@click.command("clock")
def clock() -> None:
    """按时安排任务 · ask for the jobs of the timetable until told to stop."""
    scheduler = jobs.clock(_bench())
    _told_to_stop().wait()
    scheduler.shutdown(wait=False)


@click.command("verify")
@click.option("--anchor", multiple=True, metavar="SEQ:HASH", help="凭据上的链首 · a known link")
@click.option(
    "--anchors",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="锚点文件，逐行核对；默认 TRACKER_ANCHORS · a file of them, by default the clock's",
)
def run_verify(anchor: tuple[str, ...], anchors: Path | None) -> None:
    """核验哈希链、余额、测算、原始文件和锚点 · prove chain, balances, tallies, files, anchors."""
    settings = _bench().settings
    words = [word for one in anchor for word in ("--anchor", one)]
    if anchors or settings.anchors_file.exists():
        words += ["--anchors", str(anchors or settings.anchors_file)]
    folder = settings.home / "blobs"
    words += ["--files", str(folder)] if folder.is_dir() else []
    raise SystemExit(say_verdict([settings.database_url, *words]))


@click.command("backup")
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--audit", is_flag=True, help="供审计：不含密码与令牌 · without what lets one sign in"
)
def backup(target: Path, *, audit: bool) -> None:
    """备份为一个数据包 · write everything into one package, while people work on."""
    bench = _bench()
    choice = packages.AUDITED if audit else packages.WHOLE
    with _said_in_words():
        made = packages.pack(bench.database, bench.settings.home, target, datetime.now(UTC), choice)
    _print_made(made)


@click.command("package")
@click.argument("league")
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False))
def package(league: str, target: Path) -> None:
    """盟市数据包：一个盟市的账簿，不含他人数据 · one league's books, by its code, to be proved."""
    bench = _bench()
    with _said_in_words():
        with bench.database.reading() as session:
            key = session.scalar(select(League.id).where(League.code == league))
        if key is None:
            raise click.ClickException(f"没有这个盟市代码 · no league has the code {league}")
        home, common = bench.settings.home, template.texts()
        now = datetime.now(UTC)
        made = packages.pack_league(bench.database, home, target, now, key, common)
    _print_made(made)


def _print_made(made: packages.Made) -> None:
    console.print(
        f"已写入 {made.path} · written: {made.rows:,} 行 rows, {made.files:,} 个文件 files\n"
        f"链首 head {made.seq}:{made.head}"
    )


@click.command("restore")
@click.argument("source", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.pass_context
def restore(context: click.Context, source: Path) -> None:
    """从数据包恢复到空数据库并核验 · restore a package into an empty database, and prove it."""
    settings = Settings.from_environment(environ)
    database = connect(settings)
    with _said_in_words():
        packages.unpack(database, settings.home, source)
    console.print(f"已恢复 · restored: {settings.database_url.rpartition('@')[2]}")
    context.exit(say_verdict([settings.database_url]))


@contextmanager
def _said_in_words() -> Iterator[None]:
    """A refusal, or what the disk says, in words and not as a traceback."""
    try:
        yield
    except TrackerError as refusal:
        raise click.ClickException(_said(refusal)) from refusal
    except OSError as error:
        raise click.ClickException(str(error)) from error


@click.group("network")
def network() -> None:
    """路网 · the network of corridors, as files."""


@network.command("import")
@click.argument("source", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--valid-from", type=click.DateTime(["%Y-%m-%d"]), required=True, help="施行日期 · first day"
)
@click.option("--note", default="", help="说明 · what it is, or by which document")
@click.option("--yes", is_flag=True, help="不再询问 · do not ask")
def import_network(source: Path, valid_from: datetime, note: str, *, yes: bool) -> None:
    """导入路网文件（整套或单项改动），自指定日期起施行 · bring in a file, in force from a day."""
    bench, day, now = _bench(), valid_from.date(), datetime.now(UTC)
    with _said_in_words():
        content = _network_of(source)
        with bench.database.reading() as session:
            before = networks.in_force(session, day)
            base = networks.opened(before) if before else None
        found = proposals.apply(content, base) if base else content
        if not isinstance(found, Network):
            raise click.ClickException("当日没有施行中的路网 · no network is in force on this day")
        networks.require_sound(found)
        _print_changes(changes(base, found) if base else ())
        if not yes:
            click.confirm(f"自 {day} 起施行？ In force from then on?", abort=True)
        version = bench.database.transact(
            lambda session: networks.bring_in(
                session, found, day, actor="system", now=now, note=note, over=before
            )
        )
    console.print(f"已登记 · kept: {version.sha256} {day}")


@network.command("export")
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--day", type=click.DateTime(["%Y-%m-%d"]), help="哪一天施行的 · in force on this day"
)
@click.option("--seed", is_flag=True, help="本程序自带的路网 · the one this program comes with")
def export_network(target: Path, day: datetime | None, *, seed: bool) -> None:
    """导出某日施行的路网，默认今天 · write the network in force on a day, today unless told."""
    with _said_in_words():
        found = load_seed() if seed else _network_on(day.date() if day else None)
        target.write_bytes(exchange.write(found))
        console.print(f"已写入 {target} · written: {found.sha256}")


def _network_on(day: date | None) -> Network:
    """The network in force on a day, today unless told."""
    with _bench().database.reading() as session:
        found = networks.in_force(session, day or local_day(datetime.now(UTC)))
        if found is None:
            raise click.ClickException("当日没有施行中的路网 · no network is in force on this day")
        return networks.opened(found)


def _network_of(source: Path) -> Network | Amendment:
    try:
        return exchange.read(source.read_bytes())
    except exchange.FileError as error:
        raise click.ClickException(str(error)) from error


def _print_changes(found: Sequence[Change]) -> None:
    table = Table(title=f"改动 changes: {len(found)}")
    for heading in ("对象", "编号", "改动项", "改前", "改后"):
        table.add_column(heading)
    for one in found[:MOST_CHANGES]:
        table.add_row(one.kind, one.id, f"{one.what} {one.at}".strip(), one.before, one.after)
    console.print(table)


@click.group("user")
def user() -> None:
    """用户 · people who sign in."""


@user.command("add")
@click.argument("login")
@click.option("--name", required=True, help="姓名 · name")
@click.option("--role", required=True, type=click.Choice(ROLES), help="角色 · role")
@click.option("--firm", help="企业统一社会信用代码 · the firm's credit code")
@click.option("--firm-name", help="企业名称（新企业）· name, when the firm is new")
@click.option("--league", help="盟市代码，如 150100 · the league's code")
@click.password_option(help="密码（不写则询问）· asked for when not given")
def add_user(**given: str | None) -> None:
    """新增用户 · add a person with one role."""
    bench = _bench()
    with _said_in_words():
        password_hash = hashed(str(given["password"]))
        bench.database.transact(lambda session: _add(session, given, password_hash))
    console.print(f"已新增 {given['login']} · added")


def _add(session: Session, given: dict[str, str | None], password_hash: str) -> None:
    role, firm, league = str(given["role"]), None, None
    if role in FIRM_ROLES:
        firm = people.firm_of(session, given["firm"] or "", given["firm_name"] or "")
    if role in LEAGUE_ROLES:
        league = session.scalar(select(League).where(League.code == given["league"]))
    people.add(
        session,
        login=str(given["login"]),
        name=str(given["name"]),
        role=role,
        password_hash=password_hash,
        firm=firm,
        league=league,
    )


def _said(refusal: TrackerError) -> str:
    """What was refused and how to mend it, in Chinese and English."""
    said = [refusal.message, *([refusal.mend] if refusal.mend else [])]
    words = [*(in_chinese(one) for one in said), *said]
    return " ".join(one % refusal.values if refusal.values else one for one in words)


def _told_to_stop() -> threading.Event:
    event = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        event.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    return event
