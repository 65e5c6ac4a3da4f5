from enum import StrEnum


class RenditionKind(StrEnum):
    HTML = "html"
    PDF = "pdf"
    DOCX = "docx"
    EPUB = "epub"


class RenditionState(StrEnum):
    WAITING = "waiting"
    READY = "ready"
    FAILED = "failed"
