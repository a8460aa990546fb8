"""Commands on the models in use: `hotline models list|use|rollback|score`."""

import json
from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="只输出数据")]
KINDS = {"weights": "整套权重", "local": "本地模型"}


def register(app: typer.Typer) -> None:
    """Add `models`."""
    group = typer.Typer(help="识别模型的各个版本，以及它有没有守住承诺", no_args_is_help=True)
    app.add_typer(group, name="models")
    for name, command in (("list", list_), ("use", use_), ("rollback", rollback_), ("score", score_)):
        group.command(name)(command)


def list_(json_: Json = False) -> None:
    """各个版本：种类、日期、当时量出的提高，以及能不能用。"""
    import catalogue
    from hotline.decision.in_use import ground, shelf
    from models.shelf import misfit

    versions, here, current = shelf().versions(), ground(catalogue.load()), shelf().used()[-1]
    rows = [
        {
            "version": version.name, "current": version.name == current, "kind": version.kind, "made_at": version.made_at,
            "catalogue": version.catalogue, "stands_on": version.stands_on, "promoted": version.promoted,
            "figures": version.figures, "misfit": misfit(version, here),
        }
        for version in versions
    ]  # fmt: skip
    print(json.dumps(rows, ensure_ascii=False) if json_ else "\n".join(map(_line, rows)))


def _line(row: dict) -> str:
    gain = ((row["figures"] or {}).get("accuracy@1") or {}).get("difference")
    parts = [
        "*" if row["current"] else " ", row["version"], KINDS.get(row["kind"], row["kind"]), row["made_at"] or "随软件发布",
        "" if gain is None else f"首选正确 {gain:+.3f}", "" if row["promoted"] else "未采用",
        row["misfit"] and f"不能用：{row['misfit']}",
    ]  # fmt: skip
    return "  ".join(filter(None, parts))


def use_(version: str, json_: Json = False) -> None:
    """选用一个版本（shipped 为随软件发布的）；重启服务后生效。"""
    import catalogue
    from hotline.decision.in_use import ground, shelf

    _chosen(shelf().use(version, ground(catalogue.load())).name, json_)


def rollback_(json_: Json = False) -> None:
    """退回上一个用过的版本；重启服务后生效。"""
    import catalogue
    from hotline.decision.in_use import ground, shelf

    _chosen(shelf().rollback(ground(catalogue.load())).name, json_)


def _chosen(name: str, json_: bool) -> None:
    print(json.dumps({"current": name}) if json_ else f"现在选用 {name}，重启服务后生效")


def score_(
    days: Annotated[int, typer.Option(min=1, max=3650, help="最近多少天受理的工单")] = 30, json_: Json = False
) -> None:
    """用本市已派定的工单核对承诺：直派的准不准，给出的几个单位里有没有最终主办。"""
    import catalogue
    from hotline.cli.desk import open_app
    from hotline.database import session
    from hotline.decision.in_use import in_use
    from hotline.tickets.promise import score, words
    from models.reader import read_card

    lists = catalogue.load()
    promised = read_card(in_use(lists).weights).get("promise", {})
    with open_app().app_context():
        kept = score(session(), promised=promised, days=days)
    print(json.dumps(kept.data(), ensure_ascii=False) if json_ else "\n".join(words(kept, lists)))
