"""Pictures of a draft, made again from their dots: nothing else that was in the file is kept."""

import hashlib
import io
import secrets
import warnings
from dataclasses import dataclass

from PIL import Image, ImageOps

from tracker import clock
from tracker.files import StoredFile, store

MOST_PICTURES = 60  # of one draft; further ones are named, not shown
MOST_DOTS = 50_000_000  # of a picture as it comes: a page scanned at 600 dots per inch has 35 million
LONGEST_SIDE = 1600  # dots, as it is shown
FORMATS = ("PNG", "JPEG", "WEBP", "GIF")  # what is opened at all; no vector formats, which are programs
QUALITY = 80


@dataclass(frozen=True)
class Picture:
    """A picture as it is shown: WebP."""

    data: bytes
    width: int
    height: int
    digest: str  # of the dots, so that the same picture is known again


def remade(data: bytes) -> Picture | None:
    """A picture as WebP without anything but its dots, at most LONGEST_SIDE long; None for what is none."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=FORMATS) as opened:
                if opened.width * opened.height > MOST_DOTS:
                    return None
                opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a large JPEG is read at a smaller scale
                upright = ImageOps.exif_transpose(opened)
                has_alpha = "A" in upright.getbands() or "transparency" in upright.info
                image = upright.convert("RGBA" if has_alpha else "RGB")
        image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        plain = Image.new(image.mode, image.size)
        plain.paste(image)
        target = io.BytesIO()
        plain.save(target, "WEBP", quality=QUALITY, method=2)
    except Exception:  # a broken picture may fail in any way; the text is worth reading without it
        return None
    digest = hashlib.sha256(plain.tobytes()).hexdigest()
    return Picture(target.getvalue(), plain.width, plain.height, digest)


def stored(picture: Picture, name: str) -> StoredFile:
    """The bytes in the store, and the row that names them, not added to the session. In no project's quota."""
    row = StoredFile(
        key=secrets.token_hex(20),
        name=name,
        media_type="image/webp",
        size=len(picture.data),
        sha256=hashlib.sha256(picture.data).hexdigest(),
        uploaded_at=clock.now(),
    )
    store().write(row.key, io.BytesIO(picture.data))
    return row
