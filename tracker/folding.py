"""Text without what does not change its meaning: case, accents, the several ways to write one letter."""

import unicodedata

# Alef with any hamza, the two final yas and ta marbuta are typed one for the other; tatweel only stretches.
_ARABIC = str.maketrans({"ٱ": "ا", "ى": "ي", "ی": "ي", "ې": "ي", "ة": "ه", "ک": "ك", "ـ": None, "ۀ": "ه"})
_LETTERS = str.maketrans({"ı": "i", "ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ħ": "h"})


def fold(text: str) -> str:
    """`text` in lower case without accents, compatibility forms and Arabic letter variants made one (NFKD).

    Punctuation and spaces stay. Folding what is folded changes nothing.
    """
    if text.isascii():
        return text.lower()
    marked = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    bare = "".join(sign for sign in marked if not unicodedata.category(sign).startswith("M"))
    return bare.translate(_ARABIC).translate(_LETTERS)
