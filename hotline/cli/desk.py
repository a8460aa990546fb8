"""Commands: serve, intake, db, users."""

import json
import logging
from pathlib import Path
from typing import Annotated

import typer

LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.command("serve")(serve)
    app.command("intake")(intake)
    database = typer.Typer(help="数据库", no_args_is_help=True)
    database.command("upgrade")(db_upgrade)
    app.add_typer(database, name="db")
    users = typer.Typer(help="人员", no_args_is_help=True)
    users.command("add")(users_add)
    users.command("list")(users_list)
    users.command("reset")(users_reset)
    app.add_typer(users, name="users")


def serve(
    port: Annotated[int, typer.Option(help="端口")] = 8080,
    host: Annotated[str, typer.Option(help="地址；0.0.0.0 为所有网卡")] = "127.0.0.1",
    threads: Annotated[int, typer.Option(help="线程数")] = 16,
    demo: Annotated[bool, typer.Option("--demo", help="演示：建立四个演示账号并显示密码")] = False,
) -> None:
    """启动三张工作台（话务员、派单员、联席会议）。先自动升级数据库。"""
    from hotline.access import people
    from hotline.database import session
    from hotline.serving import run

    app = open_app({"DEMO": True} if demo else None)
    with app.app_context():
        if demo:
            for role, username, password in people.create_demo_people(session()):
                typer.echo(f"演示账号　{role}　{username}　{password}")
        elif not people.everybody(session()):
            typer.echo("还没有人员，请先执行：hotline users add 用户名 --role admin")
    typer.echo(f"工作台：http://{host}:{port}/　（Ctrl+C 停止）")
    run(app, host=host, port=port, threads=threads)


def intake(
    what: Annotated[str, typer.Argument(help="录音文件、文本文件，或直接写来电内容")],
    as_json: Annotated[bool, typer.Option("--json", help="只输出 JSON")] = False,
) -> None:
    """登记一个来电：存为工单，预填表单，按建议提交，并显示结果。"""
    from hotline.database import session
    from hotline.intake.shell import as_data, as_text, take

    app = open_app()
    with app.app_context():
        ticket = take(session(), what)
        typer.echo(
            json.dumps(as_data(session(), ticket), ensure_ascii=False, indent=2)
            if as_json
            else as_text(session(), ticket)
        )


def db_upgrade() -> None:
    """把数据库升级到最新结构。"""
    open_app()
    typer.echo("数据库已是最新")


def users_add(
    username: Annotated[str, typer.Argument(help="用户名")],
    role: Annotated[str, typer.Option(help="operator 话务员、dispatcher 派单员、meeting 联席会议成员、admin 管理员")],
    password: Annotated[str, typer.Option(prompt="密码", hide_input=True, confirmation_prompt="再输一次")],
    name: Annotated[str, typer.Option(help="姓名")] = "",
) -> None:
    """添加人员。"""
    from hotline.access import people
    from hotline.database import session

    with open_app().app_context():
        user = people.add(session(), username=username, name=name, role=role, password=password)
        typer.echo(f"已添加 {user.name}（{people.ROLES[user.role]}）")


def users_list(as_json: Annotated[bool, typer.Option("--json", help="只输出 JSON")] = False) -> None:
    """列出人员。"""
    from hotline.access import people
    from hotline.database import session

    with open_app().app_context():
        found = people.everybody(session())
        if as_json:
            rows = [{"username": u.username, "name": u.name, "role": u.role, "active": u.active} for u in found]
            typer.echo(json.dumps(rows, ensure_ascii=False))
            return
        for user in found:
            state = "" if user.active else "　停用"
            typer.echo(f"{user.username}　{user.name}　{people.ROLES[user.role]}{state}")


def users_reset(
    username: Annotated[str, typer.Argument(help="用户名")],
    password: Annotated[str, typer.Option(prompt="新密码", hide_input=True, confirmation_prompt="再输一次")],
) -> None:
    """重设密码；此人已登录的页面随即失效。"""
    from hotline.access import people
    from hotline.database import session

    with open_app().app_context():
        people.reset(session(), username=username, password=password)
        typer.echo(f"{username} 的密码已重设")


def open_app(config: dict | None = None):
    """The app over a database of the newest shape."""
    from hotline.app import create_app
    from hotline.database import upgrade

    app = create_app(config)
    # What went wrong inside goes to a file: a person at a shell reads sentences, not tracebacks.
    log_file = Path(str(app.config["HOTLINE_HOME"])) / "hotline.log"
    logging.basicConfig(handlers=[logging.FileHandler(log_file, delay=True, encoding="utf-8")], format=LOG_FORMAT)
    url = app.config["DATABASE_URL"]
    if url.startswith("sqlite:///"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    upgrade(url)
    return app
