"""Pages on which anybody who works here looks things up in the two lists."""

from flask import Blueprint, render_template, request

from catalogue import load
from catalogue.errors import HotlineError
from catalogue.history import versions
from catalogue.tree import grow
from hotline.access.roles import ROLES, allow
from hotline.lists import search

blueprint = Blueprint("lists", __name__, url_prefix="/catalogue")


@blueprint.get("")
@allow(*ROLES)
def page() -> str:
    """Search, or one branch to browse."""
    lists = load()
    query, branch = request.args.get("q", "").strip()[:60], request.args.get("branch", "")
    known = search.branches(lists)
    return render_template(
        "lists/page.html",
        query=query,
        found=search.search(lists, query),
        limit=search.LIMIT,
        branches=known,
        branch=branch,
        groups=list(search.groups(lists, branch)) if branch in known else [],
        history=versions(lists.folder),
    )


@blueprint.get("/matters/<code>")
@allow(*ROLES)
def matter(code: str) -> str:
    """One matter: what it is, who handles it in which case, and its city matters."""
    lists = load()
    if code not in lists.matters:
        raise HotlineError("http.404", f"目录里没有事项 {code}", status=404)
    found = lists.matters[code]
    return render_template(
        "lists/matter.html",
        shown=found,
        parent=lists.matters.get(found.standard) if found.level == 4 else None,
        clauses=lists.by_matter.get(code, ()),
        tree=grow(lists, found),
        children=lists.children(code) if found.level == 3 else [],
    )


@blueprint.get("/units")
@allow(*ROLES)
def units() -> str:
    """All departments with how many clauses name them."""
    lists = load()
    counted = {code: search.duties_of(lists, code) for code in lists.departments}
    return render_template("lists/units.html", counted=counted)


@blueprint.get("/units/<code>")
@allow(*ROLES)
def unit(code: str) -> str:
    """What a unit leads, helps with and catches."""
    lists = load()
    found = lists.units.get(code)
    if found is None:
        raise HotlineError("http.404", f"没有单位 {code}", status=404)
    branches = [other for other in lists.units.values() if other.department == found.department]
    duties = search.duties_of(lists, found.department, found.region)
    return render_template("lists/unit.html", shown=found, duties=duties, branches=branches)
