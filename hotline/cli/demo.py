"""`hotline demo`: the sample calls go through the whole road before the reader's eyes, then the desks are served."""

from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add `demo`."""

    @app.command("demo")
    def demo_(
        port: Annotated[int, typer.Option(help="桌面网页的端口")] = 8080,
        serve: Annotated[bool, typer.Option(help="走完样例后开启网页")] = True,
    ) -> None:
        """样例来电走完全程，再开启三张桌子的网页。"""
        from hotline.demo import run

        run(port=port, serve=serve)
