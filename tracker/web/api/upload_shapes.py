"""Upload shapes 上传文件的格式: what is told of every uploaded file, and why one is withdrawn."""

from marshmallow import fields

from tracker.web.api.shape import Answer, Body, Text


class UploadAnswer(Answer):
    """上传文件: its bytes, who brought it when, and how far it is."""

    id = fields.Integer()
    file_name = fields.String()
    sha256 = fields.String()
    size_bytes = fields.Integer()
    uploaded_at = fields.AwareDateTime()
    uploaded_by = fields.String(attribute="user.name")
    state = fields.String()


class FileProblemAnswer(Answer):
    """读取时的问题: what is wrong with a file, and how to mend it."""

    severity = fields.String()
    code = fields.String()
    label = fields.String()
    message = fields.String()
    remedy = fields.String()


class WithdrawBody(Body):
    """Why."""

    reason = Text(300, least=1, required=True)
