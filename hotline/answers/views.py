"""The page on which anybody who works here searches the knowledge base."""

from flask import Blueprint, current_app, render_template, request

from catalogue.errors import HotlineError
from hotline.access.roles import ROLES, allow
from hotline.answers import index, shelf

blueprint = Blueprint("answers", __name__, url_prefix="/answers")


@blueprint.get("")
@allow(*ROLES)
def page() -> str:
    """Search, or the list of all articles while nothing is asked."""
    query = request.args.get("q", "").strip()[:200]
    found = index.search(query, floor=float(current_app.config["ANSWER_FLOOR"]), limit=10) if query else []
    return render_template("answers/page.html", query=query, found=found, articles=shelf.load(), unknown=index.UNKNOWN)


@blueprint.get("/<article_id>")
@allow(*ROLES)
def article(article_id: str) -> str:
    """One article."""
    for entry in shelf.load():
        if entry.id == article_id:
            return render_template("answers/article.html", article=entry)
    raise HotlineError("http.404", "没有这条知识", status=404)
