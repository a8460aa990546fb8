"""Commands on the interception rules: `hotline rules check|try`."""

import json
from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="只输出数据")]


def register(app: typer.Typer) -> None:
    """Add `rules`."""
    group = typer.Typer(help="拦截规则", no_args_is_help=True)
    app.add_typer(group, name="rules")

    @group.command("check")
    def check_(json_: Json = False) -> None:
        """检查每条规则能编译、动作认识、依据写明，并在自带例句上言行一致。"""
        from hotline.decision.suggester import load
        from routing_rules.check import check

        road = load()
        faults = check(road.rules, context=road.context)
        if json_:
            print(json.dumps(faults, ensure_ascii=False))
        else:
            print("\n".join(faults) or f"规则检查通过（{len(road.rules.rules)} 条）")
        raise typer.Exit(1 if faults else 0)

    @group.command("try")
    def try_(text: str, json_: Json = False) -> None:
        """看一句话会触发哪些规则；与实际工单用同一引擎。"""
        from hotline.decision.suggester import load

        road = load()
        outcome = road.rules.evaluate(road.context(text))
        if json_:
            fired = [{"id": rule.id, **rule.effect} for rule in outcome.fired]
            print(json.dumps({"fired": fired, "broken": dict(outcome.broken)}, ensure_ascii=False))
            return
        for rule in outcome.fired:
            mark = "→" if rule is outcome.decisive else " "
            print(f"{mark} {rule.id}（{rule.name}）：{rule.effect['say']}  依据：{rule.basis}")
        for name, why in outcome.broken.items():
            print(f"! 规则 {name} {why}")
        if not outcome.fired:
            print("没有规则触发")
