"""The words we print into a publication, in its own language: a report in Arabic has its contents in Arabic.

They stand here and not in the catalogues of the interface, since a report may be in a language that the interface is
not offered in. In any other language than these seven they are English.
"""

from tracker.i18n import nearest

_NAMES = (
    *("contents", "abstract", "figure", "table", "citation", "contributions", "funding", "disclaimer", "licence"),
    *("corresponding", "equal", "reviewers", "editors", "identifiers", "version", "notes", "publication", "comma"),
    *("colon", "authors"),
)
_TABLE = {
    "en": (
        *("Contents", "Abstract", "Figure", "Table", "Suggested citation", "Contributions of the authors", "Funding"),
        *("Disclaimer", "Licence", "Corresponding author", "These authors contributed equally", "Reviewed by"),
        *("Edited by", "Identifiers", "Version {}", "Notes", "About this publication", ", ", ": ", "Authors"),
    ),
    "es": (
        *("Índice", "Resumen", "Figura", "Cuadro", "Cita sugerida", "Contribuciones de los autores", "Financiación"),
        *("Descargo de responsabilidad", "Licencia", "Autor de contacto", "Estos autores contribuyeron por igual"),
        *("Revisado por", "Editado por", "Identificadores", "Versión {}", "Notas", "Sobre esta publicación", ", "),
        *(": ", "Autores"),
    ),
    "fr": (
        *("Table des matières", "Résumé", "Figure", "Tableau", "Citation proposée", "Contributions des auteurs"),
        *("Financement", "Avertissement", "Licence", "Auteur correspondant"),
        *("Ces auteurs ont contribué à parts égales",),
        *("Relu par", "Sous la direction de", "Identifiants", "Version {}", "Notes", "À propos de cette publication"),
        *(", ", "\u00a0: ", "Auteurs"),
    ),
    "pt": (
        *("Índice", "Resumo", "Figura", "Tabela", "Citação sugerida", "Contribuições dos autores", "Financiamento"),
        *("Aviso", "Licença", "Autor para correspondência", "Estes autores contribuíram igualmente", "Revisto por"),
        *("Editado por", "Identificadores", "Versão {}", "Notas", "Sobre esta publicação", ", ", ": ", "Autores"),
    ),
    "ar": (
        *("المحتويات", "الملخص", "الشكل", "الجدول", "الاقتباس المقترح", "إسهامات المؤلفين", "التمويل"),
        *("إخلاء المسؤولية", "الترخيص", "المؤلف المراسل", "أسهم هؤلاء المؤلفون بالتساوي", "راجعه", "حرره"),
        *("المعرّفات", "النسخة {}", "الهوامش", "عن هذا المنشور", "، ", ": ", "المؤلفون"),
    ),
    "ru": (
        *("Содержание", "Аннотация", "Рисунок", "Таблица", "Как цитировать", "Вклад авторов", "Финансирование"),
        *("Отказ от ответственности", "Лицензия", "Автор для переписки", "Эти авторы внесли равный вклад"),
        *("Рецензенты", "Под редакцией", "Идентификаторы", "Версия {}", "Примечания", "Об этом издании", ", ", ": "),
        *("Авторы",),
    ),
    "zh-Hans": (
        *("目录", "摘要", "图", "表", "建议引用格式", "作者贡献", "资助", "免责声明", "许可", "通讯作者"),
        *("同等贡献作者", "审稿人", "编辑", "标识符", "第{}版", "注释", "关于本出版物", "、", "：", "作者"),
    ),
}  # fmt: skip
_WORDS = {tag: dict(zip(_NAMES, words, strict=True)) for tag, words in _TABLE.items()}


def words_in(language: str) -> dict[str, str]:
    """The words for a publication in the language of a BCP 47 tag."""
    return _WORDS[nearest(language, _WORDS) or "en"]


def speech_tag(language: str) -> str:
    """The tag of the language that `words_in` answers in."""
    return nearest(language, _WORDS) or "en"
