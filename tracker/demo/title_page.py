"""A report's file: one PDF page with its title, made by hand so that the demo needs no library."""

PAGE = (595, 842)  # A4 in points
WIDEST = 34  # characters of a title's line


def title_page(title: str, printed: str, authors: list[str], imprint: str) -> bytes:
    """A PDF of one page. The document's title may be of any script; what is printed must fit Latin-1.

    The page uses a font that every reader has and none embeds, which knows Western European letters only.
    """
    lines = [("F2", 26, line) for line in _broken(printed)]
    lines += [("F1", 12, "")] + [("F1", 13, name) for name in authors] + [("F1", 12, ""), ("F1", 10, imprint)]
    drawn, height = [], 640
    for font, size, text in lines:
        encoded = text.encode("cp1252", "replace").replace(b"\\", rb"\\").replace(b"(", rb"\(").replace(b")", rb"\)")
        drawn.append(b"BT /%s %d Tf 72 %d Td (%s) Tj ET" % (font.encode(), size, height, encoded))
        height -= size + 10
    content = b"\n".join(drawn)
    heading = (b"\xfe\xff" + title.encode("utf-16-be")).hex().encode()
    fonts = b"<< /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >> "
    fonts += b"/F2 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >> >>"
    return _file(
        [
            b"<< /Type /Catalog /Pages 2 0 R /ViewerPreferences << /DisplayDocTitle true >> >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents 4 0 R /Resources << /Font %s >> >>"
            % (*PAGE, fonts),
            b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
            b"<< /Title <%s> >>" % heading,
        ]
    )


def is_printable(text: str) -> bool:
    """Whether the page's font has every letter of a text."""
    try:
        text.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True


def _broken(title: str) -> list[str]:
    lines = [""]
    for word in title.split():
        if lines[-1] and len(lines[-1]) + len(word) + 1 > WIDEST:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def _file(objects: list[bytes]) -> bytes:
    """The objects, numbered from 1, with the table of where each begins. The last one is the information."""
    written, places = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start, count = len(written), len(objects) + 1
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    written += b"xref\n0 %d\n0000000000 65535 f \n%s" % (count, table)
    return written + b"trailer\n<< /Size %d /Root 1 0 R /Info %d 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        count,
        count - 1,
        start,
    )
