"""Terms in each language that the example studies are written in, part by part.

`lead` and `partner` are what each of them does; the rest is named as the parts are.
"""

TERMS = {
    "en": {
        "lead": "Writes the comparison, keeps the plan and brings the report out.",
        "partner": "Writes the part on its own country.",
        "author_order_words": "Everyone who wrote is an author. All agree on the order before publication.",
        "funding": "Each partner pays for its own part.",
        "data": "What we collect together belongs to all of us.",
        "leaving": "Any partner may leave at any time; what it contributed stays credited.",
    },
    "es": {
        "lead": "Escribe la comparación, cuida el plan y publica el informe.",
        "partner": "Escribe la parte de su país.",
        "author_order_words": "Quien escribió es autor. Todos acuerdan el orden antes de publicar.",
        "funding": "Cada socio paga su parte.",
        "data": "Lo que recogemos juntos es de todos.",
        "leaving": "Se puede salir en cualquier momento; lo aportado queda reconocido.",
    },
    "fr": {
        "lead": "Écrit la comparaison, tient le plan et publie le rapport.",
        "partner": "Écrit la partie sur son pays.",
        "author_order_words": "Quiconque a écrit est auteur. Tous approuvent l’ordre avant la publication.",
        "funding": "Chacun paie sa part.",
        "data": "Ce que nous recueillons ensemble appartient à tous.",
        "leaving": "On peut partir à tout moment ; ce qui a été apporté reste reconnu.",
    },
    "pt": {
        "lead": "Escreve a comparação, cuida do plano e publica o relatório.",
        "partner": "Escreve a parte do seu país.",
        "author_order_words": "Quem escreveu é autor. A ordem é combinada por todos antes da publicação.",
        "funding": "Cada um paga a sua parte.",
        "data": "O que recolhemos juntos é de todos.",
        "leaving": "Pode-se sair a qualquer momento; o que foi feito continua reconhecido.",
    },
    "zh-Hans": {
        "lead": "撰写比较部分，负责进度并出版报告。",
        "partner": "撰写本国部分。",
        "author_order_words": "参与写作者均为作者，发表前由各方确认排序。",
        "funding": "各方自筹本国部分的经费。",
        "data": "共同收集的数据归各方共有。",
        "leaving": "任何一方可随时退出，已有贡献仍予署名。",
    },
    "ru": {
        "lead": "Пишет сравнение, следит за планом и выпускает доклад.",
        "partner": "Пишет о своей стране.",
        "author_order_words": "Автор — каждый, кто писал. Порядок все подтверждают до публикации.",
        "funding": "Каждый оплачивает свою часть.",
        "data": "Собранное вместе принадлежит всем.",
        "leaving": "Выйти можно в любое время; сделанное остаётся признанным.",
    },
    "ar": {
        "lead": "يكتب المقارنة ويتابع الخطة وينشر التقرير.",
        "partner": "يكتب عن بلده.",
        "author_order_words": "كل من كتب مؤلف، ويوافق الجميع على الترتيب قبل النشر.",
        "funding": "يموّل كل شريك جزأه.",
        "data": "ما نجمعه معًا ملك للجميع.",
        "leaving": "يمكن الانسحاب في أي وقت، ويبقى ما قُدّم منسوبًا إلى صاحبه.",
    },
}
