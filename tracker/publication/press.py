"""Typesetting, as a program of its own: `python -I press.py MEGABYTES FONTS…` in a folder with report.typ and its data.

It writes output.pdf and result.json: {"pages": 12, "standard": "ua-1"}, or {"error": …}. It runs apart because
typesetting cannot be stopped once begun: whoever starts it kills it when it takes too long. It knows nothing of the
tracker, reads nothing but its folder and the fonts, and asks nothing of the network.
"""

import json
import sys
from pathlib import Path
from typing import Literal

STANDARDS: tuple[Literal["ua-1"] | None, ...] = ("ua-1", None)  # accessible where it passes, else tagged all the same


def main() -> None:
    megabytes, *fonts = sys.argv[1:]
    _limit(int(megabytes))
    Path("result.json").write_text(json.dumps(_typeset(fonts)), encoding="utf-8")


def _typeset(fonts: list[str]) -> dict[str, object]:
    import pypdfium2
    import typst

    said = ""
    for standard in STANDARDS:
        try:
            typst.compile(
                "report.typ",
                output="output.pdf",
                root=".",
                font_paths=fonts,
                ignore_system_fonts=True,
                pdf_standards=[standard] if standard else [],
                package_path="packages",
                package_cache_path="packages",
            )
        except typst.TypstError as error:
            said = said or f"{error} {getattr(error, 'trace', '')}"
            continue
        pages = len(pypdfium2.PdfDocument("output.pdf"))
        return {"pages": pages, "standard": standard or "", "said": said[:2000]}
    return {"error": said[:2000]}


def _limit(megabytes: int) -> None:
    if sys.platform == "win32":
        return
    import resource

    most = megabytes * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_FSIZE, (256 * 1024 * 1024,) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
