"""Documents as the world may ask and change them: where they lie, who may read them and why, what was given to whom."""

from server.schema.documents.changes import DocumentMutation
from server.schema.documents.giving import GivingMutation, GivingQuery
from server.schema.documents.matrix import MatrixMutation, MatrixQuery
from server.schema.documents.named import NamedQuery
from server.schema.documents.previews import PreviewQuery
from server.schema.documents.queries import DocumentQuery
from server.schema.documents.templates import GrantTemplate, TemplateMutation, TemplateQuery
from server.schema.documents.types import AccessGrant, Document, DocumentVersion, Folder, ReadingAgreement

__all__ = [
    "AccessGrant",
    "Document",
    "DocumentMutation",
    "DocumentQuery",
    "DocumentVersion",
    "Folder",
    "GivingMutation",
    "GivingQuery",
    "GrantTemplate",
    "MatrixMutation",
    "MatrixQuery",
    "NamedQuery",
    "PreviewQuery",
    "ReadingAgreement",
    "TemplateMutation",
    "TemplateQuery",
]
