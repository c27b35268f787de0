"""OpenAPI 接口说明: the file that describes every view, its errors and how to sign in."""

from http import HTTPStatus
from typing import Any

from flask import Flask
from flask_smorest import Api
from marshmallow import Schema

from tracker.web.api.nouns import Noun
from tracker.web.api.shape import ProblemAnswer

PROBLEM_TYPE = "application/problem+json"
DESCRIPTION = """
本接口与网页走同一套办理函数：谁能看、谁能办、办之前看到了什么，规则完全相同。

- **登录**：企业自己的系统用令牌 `Authorization: Bearer st_…`（在“我的账户”中生成）；
  已在网页登录的，用会话 Cookie，提交时另带请求头 `X-CSRFToken`（取自 `GET /api/v1/me`）。
- **金额**：一律为整数“分”，字段名以 `_fen` 结尾；日期如 `2026-03-09`；时刻带时区；
  哈希为 64 位十六进制。
- **办理环节**：`steps` 是此刻可办的环节，`shown_sha256` 是所见内容的哈希；
  办理时原样带回，内容已变则答复 409。
- **列表**：`page`、`page_size`；总数在 `X-Pagination`。
  读取的答复带 `ETag`，可用 `If-None-Match`。
- **推送**：`POST /api/v1/manifests?commit=when_clean`，各行都是新增或未变、且无问题待答的自动入库；
  否则停在 `checked`，`held_by` 说明在等人工看什么。
  同样的字节再传答复 409，`values.number` 是先前的编号，因此可放心重发。
  用 `GET /api/v1/manifests/{id}` 轮询，处理中带 `Retry-After`。
  自有系统请用“只能推送明细表并查询进度”的令牌。例：
  `curl -H "Authorization: Bearer st_…" -F file=@发运.xlsx "…/api/v1/manifests?commit=when_clean"`
- **错误**：`application/problem+json`，说明原因和办法；
  语言按 Cookie 或 `Accept-Language`，默认中文。

The API goes through the very functions of the pages. Money is whole fen (`_fen`), days are ISO.
Firms' systems sign in with a token made under "My account"; a browser's session also sends the
header `X-CSRFToken` from `GET /api/v1/me`. A step brings back the `shown_sha256` it was decided on.
"""


class Described(Api):  # type: ignore[misc]  # flask-smorest carries no types
    """The API with errors as ``tracker.web.refusals`` makes them."""

    ERROR_SCHEMA = ProblemAnswer
    DEFAULT_ERROR_RESPONSE_NAME = None

    def _register_responses(self) -> None:
        """Register an error of every status under its name, for views to refer to."""
        for status in HTTPStatus:
            response: dict[str, Any] = {"description": status.phrase}
            if status >= HTTPStatus.BAD_REQUEST:
                schema: type[Schema] = self.ERROR_SCHEMA
                response["content"] = {PROBLEM_TYPE: {"schema": schema}}
            self.spec.components.response(status.name, response, lazy=True)

    def register_blueprint(self, blp: Noun) -> None:
        """Take the views of a noun in, under its title."""
        self._app.extensions["flask-smorest"]["blp_name_to_api"][blp.name] = self
        self._app.register_blueprint(blp)
        blp.register_views_in_doc(self, self._app, self.spec, name=blp.name, parameters=None)
        self.spec.tag({"name": blp.title, "description": blp.description})


def describe(app: Flask, session_cookie: str) -> Described:
    """The description of ``app``'s API; its blueprints are registered with it."""
    api = Described(
        app,
        spec_kwargs={"info": {"description": DESCRIPTION.strip()}, "servers": [{"url": "/"}]},
    )
    schemes = {
        "token": {"type": "http", "scheme": "bearer", "bearerFormat": "st_…"},
        "session": {"type": "apiKey", "in": "cookie", "name": session_cookie},
        "form_token": {"type": "apiKey", "in": "header", "name": "X-CSRFToken"},
    }
    for name, scheme in schemes.items():
        api.spec.components.security_scheme(name, scheme)
    return api
