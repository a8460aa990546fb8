"""Commands on the two lists: `hotline catalogue …`."""

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="只输出数据")]
Author = Annotated[str, typer.Option("--author", help="是谁采用这一版")]


def register(app: typer.Typer) -> None:
    """Add `catalogue`."""
    group = typer.Typer(help="事项目录与职责清单", no_args_is_help=True)
    app.add_typer(group, name="catalogue")
    for name, command in _COMMANDS.items():
        group.command(name)(command)


def check_(json_: Json = False) -> None:
    """检查清单：悬空代码、不可达条款、矛盾、缺依据，逐条给出文件与行号。"""
    import catalogue
    from catalogue.check import check

    faults = check(catalogue.load())
    _print_faults(faults, json_)
    if not (faults or json_):
        print("清单检查通过")
    raise typer.Exit(1 if faults else 0)


def stats_(json_: Json = False) -> None:
    """事项、条款、定责事实、例句的数目。"""
    import catalogue
    from catalogue.check import stats

    figures = stats(catalogue.load())
    print(json.dumps(figures, ensure_ascii=False) if json_ else "\n".join(f"{k}: {v}" for k, v in figures.items()))


def show_(code: str) -> None:
    """列出一个事项的释义、叫法、条款、条件与依据。"""
    from catalogue.wording import condition_words, status_words
    from catalogue.writing import own_conditions

    lists, matter = _matter(code)
    print(f"{matter.code} {matter.level1_name}／{matter.level2_name}／{matter.name}：{matter.definition}")
    for label, words in (("不含", matter.excludes), ("群众叫法", "、".join(matter.names))):
        if words:
            print(f"  {label}：{words}")
    for clause in lists.by_matter.get(code, ()):
        when = condition_words(lists, own_conditions(clause, lists.matters)) or "其他情形"
        print(f"  {clause.id} {when} → {lists.short(clause.lead)}（{status_words(clause)}）")
        print(f"      依据：{'；'.join(basis.text for basis in clause.basis)}")
    for child in lists.children(code):
        print(f"  {child.code} {child.name}：{child.definition}")


def facts_(code: str) -> None:
    """一个事项的定责小决策树：先问什么，各种回答由谁主办。"""
    from catalogue.tree import lines

    lists, matter = _matter(code)
    print("\n".join(lines(lists, matter.code)))


def export_(
    path: Annotated[Path, typer.Argument(help="要写出的 .xlsx 文件")],
    rulings: Annotated[bool, typer.Option("--rulings", help="把现行的联席会议决定并入清单")] = False,
) -> None:
    """导出 Excel：事项目录、职责清单两张表，可改后再导入。"""
    import catalogue
    from catalogue.sheets import export

    lists = catalogue.load()
    if rulings:
        lists = _ruled(lists)
    export(lists, path)
    print(f"已导出 {len(lists.matters)} 个事项、{len(lists.clauses)} 条条款到 {path}")


def import_(
    path: Annotated[Path, typer.Argument(help="改好的 .xlsx 文件")],
    adopt: Annotated[bool, typer.Option("--adopt", help="没有问题就采用，否则只核对")] = False,
    author: Author = "",
    note: Annotated[str, typer.Option("--note", help="这一版改了什么、为什么")] = "",
    impact: Annotated[bool, typer.Option("--impact", help="列出会因此换主办的在办工单")] = False,
    json_: Json = False,
) -> None:
    """从 Excel 导入：先核对，有一处不对就整份不采用；列出改了什么、会影响哪些在办工单。"""
    import catalogue
    from catalogue.diff import compare
    from catalogue.sheet_reading import read

    base = catalogue.load()
    lists, faults = read(path, base)
    if lists is None:
        _print_faults(faults, json_)
        raise typer.Exit(1)
    changes = compare(base, lists)
    _print_changes(changes, json_)
    if impact:
        _print_impact(lists)
    if adopt and changes:
        _adopt(lists, author=author, note=note)
    elif changes and not json_:
        print("以上只是核对，未采用；确认无误后加 --adopt --author 姓名")


def diff_(old: str, new: str = "now", json_: Json = False) -> None:
    """比较两个版本：版本号（见 versions）、Excel 文件或 now（现行）。"""
    from catalogue.diff import compare

    _print_changes(compare(_opened(old), _opened(new)), json_)


def versions_(json_: Json = False) -> None:
    """留存的各个版本：日期、采用人、说明。"""
    import catalogue
    from catalogue.history import versions

    lists = catalogue.load()
    found = versions(lists.folder)
    if json_:
        print(json.dumps([vars(version) for version in found], ensure_ascii=False))
        return
    for version in found:
        print(f"{version.version}  {version.adopted_at}  {version.author}  {version.note}")
    print(f"现行版本 {lists.version}" + ("" if found else "（随软件发布，尚未修改）"))


def restore_(version: str, author: Author = "") -> None:
    """恢复留存的某一版（作为新的一版采用）。"""
    import catalogue
    from catalogue.history import restore
    from hotline.clock import CHINA

    adopted = restore(catalogue.load().folder, version, author=author, at=datetime.now(CHINA))
    print(f"已恢复为版本 {adopted.version}，重启服务后生效")


def copy_(target: Path) -> None:
    """复制一份本市自己的清单；设环境变量 HOTLINE_CATALOGUE 指向它即可使用。"""
    import catalogue
    from catalogue.history import copy

    copy(catalogue.load().folder, target)
    print(f"已复制到 {target}；设 HOTLINE_CATALOGUE={target.resolve()} 后使用")


_COMMANDS = {
    "check": check_, "stats": stats_, "show": show_, "facts": facts_, "export": export_, "import": import_,
    "diff": diff_, "versions": versions_, "restore": restore_, "copy": copy_,
}  # fmt: skip


def _matter(code: str):
    import catalogue
    from catalogue.errors import InputError

    lists = catalogue.load()
    if code not in lists.matters:
        raise InputError("catalogue.matter", f"目录里没有事项 {code}")
    return lists, lists.matters[code]


def _opened(name: str):
    """A version by its digits, or the lists of a workbook; its faults are told and end the command."""
    import catalogue
    from catalogue.history import open_version
    from catalogue.sheet_reading import read

    base = catalogue.load()
    if not name.endswith((".xlsx", ".xlsm")):
        return open_version(base.folder, name)
    lists, faults = read(Path(name), base)
    if lists is None:
        _print_faults(faults, json_=False)
        raise typer.Exit(1)
    return lists


def _adopt(lists, *, author: str, note: str) -> None:
    from catalogue.history import adopt
    from hotline.clock import CHINA

    adopted = adopt(lists, author=author, note=note, at=datetime.now(CHINA))
    print(
        f"已采用，版本 {adopted.version}，重启服务后生效；识别模型照用，新增的情形在重新训练（hotline train）后读得更准"
    )


def _print_faults(faults, json_: bool) -> None:
    if json_:
        print(json.dumps([vars(fault) for fault in faults], ensure_ascii=False))
        return
    for fault in faults:
        print(f"{fault.where}  {fault.text}")
    if faults:
        print(f"发现 {len(faults)} 处问题")


def _print_changes(changes, json_: bool) -> None:
    from catalogue.diff import counts

    if json_:
        print(json.dumps([vars(change) for change in changes], ensure_ascii=False))
        return
    for change in changes:
        print(change.text)
    print("，".join(f"{words} {n} 处" for words, n in counts(changes).items()) or "没有差别")


def _ruled(lists):
    """The lists with every ruling in force taken in."""
    from hotline.cli.desk import open_app
    from hotline.database import session
    from hotline.lists.ruled import with_rulings
    from hotline.tickets.rulings import overlay

    with open_app().app_context():
        rulings = overlay(session())
    print(f"并入联席会议决定 {len(rulings)} 条")
    return with_rulings(lists, rulings)


def _print_impact(lists) -> None:
    from rich.progress import track

    from hotline.cli.desk import open_app
    from hotline.database import session
    from hotline.decision.suggester import load as load_road
    from hotline.lists.impact import moved_tickets, open_tickets

    with open_app().app_context():
        tickets, road = open_tickets(session()), load_road()
        shown = track(tickets, "在办工单", console=_stderr(), transient=True)
        moved = list(moved_tickets(shown, road=road, lists=lists, session=session()))
    for move in moved:
        print(f"工单 {move.number}：主办由 {lists.short(move.before)} 变为 {lists.short(move.after)}　{move.title}")
    print(f"在办工单 {len(tickets)} 件，其中 {len(moved)} 件会换主办")


def _stderr():
    from rich.console import Console

    return Console(stderr=True)
