"""Frame of every page: template globals, error pages, security headers, lists for the pickers."""

import gzip
import json
import logging
from functools import lru_cache

from flask import Blueprint, Flask, Response, current_app, jsonify, redirect, render_template, request, url_for
from flask_wtf.csrf import generate_csrf
from werkzeug.exceptions import HTTPException

from catalogue import load
from catalogue.entries import NATURES
from catalogue.errors import HotlineError
from hotline.access.roles import ROLES, check, role
from hotline.tickets.doubts import DOUBTS
from hotline.tickets.states import CHANNELS, STATES
from hotline.web import labels
from hotline.web.words import initials

log = logging.getLogger(__name__)
blueprint = Blueprint("web", __name__, template_folder="templates", static_folder="static", static_url_path="/static")

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; media-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
HTTP_MESSAGES = {
    404: "没有这个页面或记录",
    405: "不支持这种请求方式",
    413: "文件太大，无法上传",
    415: "不支持这种内容类型",
    429: "尝试次数过多，请稍后再试",
}


def init_app(app: Flask) -> None:
    """Frame, errors and headers for `app`."""
    app.register_blueprint(blueprint)
    app.jinja_env.globals.update(
        labels=labels, STATES=STATES, CHANNELS=CHANNELS, DOUBTS=DOUBTS, ROLES=ROLES, NATURES=NATURES, csrf=generate_csrf
    )
    app.jinja_env.filters.update(local=labels.local, age=labels.age, left=labels.left, percent=labels.percent)
    app.context_processor(lambda: {"catalogue": load(), "role": role()})
    app.register_error_handler(HotlineError, _known)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _defect)
    app.after_request(_headers)


def _headers(response):
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if not request.path.startswith("/static/"):
        # Pages show callers: neither a proxy nor the back button of the next person may keep them.
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def _known(error: HotlineError):
    if error.status == 401 and not _wants_json() and request.method == "GET":
        return redirect(url_for("access.login", next=request.full_path.rstrip("?")))
    return render_error(error.code, error.message, error.status)


def _http(error: HTTPException):
    if error.code is None or error.code < 400:
        return error
    message = HTTP_MESSAGES.get(error.code, "请求有误，无法处理")
    return render_error(f"http.{error.code}", message, error.code)


def _defect(error: Exception):
    log.exception("unexpected error", exc_info=error)
    if current_app.config["TESTING"]:
        raise error
    return render_error("server.error", "系统内部错误，已记录，请联系管理员", 500)


def _wants_json() -> bool:
    return request.path.startswith("/api/") or request.accept_mimetypes.best == "application/json"


def render_error(code: str, message: str, status: int):
    """The one error shape: JSON for machines and scripts, a page for people."""
    if _wants_json():
        return jsonify({"error": {"code": code, "message": message}}), status
    return render_template("web/error.html", message=message, code=code, status=status), status


@blueprint.get("/lists/<name>.json")
def listing(name: str):
    """Entries for the pickers: `[{"code", "name", "hint", "keys"}]`, keys are pinyin initials and other words."""
    check(*ROLES)
    if name not in _PICKED:
        raise HotlineError("http.404", HTTP_MESSAGES[404], status=404)
    packed = _listing(name, load().version)
    if "gzip" in request.accept_encodings:
        response = Response(packed, mimetype="application/json", headers={"Content-Encoding": "gzip"})
    else:
        response = Response(gzip.decompress(packed), mimetype="application/json")
    response.headers["Cache-Control"] = "private, max-age=600"
    response.headers["Vary"] = "Accept-Encoding"
    return response


@lru_cache(maxsize=4)
def _listing(name: str, version: str) -> bytes:
    """A list as gzipped JSON, made once for each version of the lists: four thousand matters with their pinyin take a while."""
    return gzip.compress(json.dumps(_PICKED[name](), ensure_ascii=False).encode(), mtime=0)


def _departments() -> list[dict]:
    return [
        {"code": d.code, "name": d.short_name, "hint": d.name, "keys": f"{initials(d.short_name)} {d.code.lower()}"}
        for d in load().departments.values()
    ]


def _matters() -> list[dict]:
    """City matters are found by the standard matter they stand under, too."""
    lists = load()
    return [
        {"code": m.code, "name": m.name, "hint": _path(lists.matters[m.standard], m), "keys": initials(m.name)}
        for m in lists.matters.values()
    ]


def _path(standard, matter) -> str:
    own = f"／{standard.name}" if matter is not standard else ""
    return f"{standard.level1_name}／{standard.level2_name}{own}"


_PICKED = {"departments": _departments, "matters": _matters}
