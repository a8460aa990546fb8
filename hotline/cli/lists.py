"""Commands on the two lists: `hotline catalogue check|stats|show`."""

import json
from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="只输出数据")]


def register(app: typer.Typer) -> None:
    """Add `catalogue`."""
    group = typer.Typer(help="事项目录与职责清单", no_args_is_help=True)
    app.add_typer(group, name="catalogue")

    @group.command("check")
    def check_(json_: Json = False) -> None:
        """检查清单：悬空代码、不可达条款、重叠、缺依据，逐条给出文件与行号。"""
        import catalogue
        from catalogue.check import check

        faults = check(catalogue.load())
        if json_:
            print(json.dumps([vars(fault) for fault in faults], ensure_ascii=False))
        else:
            for fault in faults:
                print(f"{fault.where}  {fault.text}")
            print(f"发现 {len(faults)} 处问题" if faults else "清单检查通过")
        raise typer.Exit(1 if faults else 0)

    @group.command("stats")
    def stats_(json_: Json = False) -> None:
        """事项、条款、定责事实、例句的数目。"""
        import catalogue
        from catalogue.check import stats

        figures = stats(catalogue.load())
        print(json.dumps(figures, ensure_ascii=False) if json_ else "\n".join(f"{k}: {v}" for k, v in figures.items()))

    @group.command("show")
    def show_(code: str) -> None:
        """列出一个事项的条款、条件与依据。"""
        import catalogue
        from catalogue.errors import InputError

        lists = catalogue.load()
        matter = lists.matters.get(code)
        if matter is None:
            raise InputError("catalogue.matter", f"目录里没有事项 {code}")
        print(f"{matter.code} {matter.level1_name}／{matter.level2_name}／{matter.name}：{matter.definition}")
        for clause in lists.by_matter.get(code, ()):
            print(f"  {clause.id} {_condition(lists, clause)} → {lists.short(clause.lead)}（{clause.status}）")
            print(f"      依据：{'；'.join(basis.text for basis in clause.basis)}")


def _condition(lists, clause) -> str:
    words = [
        f"{lists.facts[fact].name}为{'或'.join(lists.facts[fact].values[value] for value in values)}"
        for fact, values in clause.when.items()
    ]
    return "，".join(words) or "其他情形"
