"""A short text of terms for each language that the example studies are written in."""

TERMS = {
    "en": """### Who does what
Each partner writes the part on its own country; {lead} writes the comparison and keeps the plan.

### Authors
Everyone who wrote is an author. The order follows the contribution and is agreed by all before publication.

### Money, data, leaving
Each partner pays for its own part. What we collect together belongs to all of us. Any partner may leave at any
time; what it contributed stays credited.""",
    "es": """### Quién hace qué
Cada socio escribe la parte de su país; {lead} escribe la comparación y cuida el plan.

### Autoría
Quien escribió es autor. El orden sigue la contribución y lo acuerdan todos antes de publicar.

### Dinero, datos, salida
Cada socio paga su parte. Lo que recogemos juntos es de todos. Se puede salir en cualquier momento; lo aportado
queda reconocido.""",
    "fr": """### Qui fait quoi
Chaque partenaire écrit la partie sur son pays ; {lead} écrit la comparaison et tient le plan.

### Auteurs
Quiconque a écrit est auteur. L’ordre suit la contribution ; tous l’approuvent avant la publication.

### Argent, données, départ
Chacun paie sa part. Ce que nous recueillons ensemble appartient à tous. On peut partir à tout moment ; ce qui a
été apporté reste reconnu.""",
    "pt": """### Quem faz o quê
Cada parceiro escreve a parte do seu país; {lead} escreve a comparação e cuida do plano.

### Autoria
Quem escreveu é autor. A ordem segue a contribuição e é combinada por todos antes da publicação.

### Dinheiro, dados, saída
Cada um paga a sua parte. O que recolhemos juntos é de todos. Pode-se sair a qualquer momento; o que foi feito
continua reconhecido.""",
    "zh-Hans": """### 分工
各方撰写本国部分；{lead}撰写比较部分并负责进度。

### 署名
参与写作者均为作者，按贡献排序，发表前由各方确认。

### 经费、数据与退出
各方自筹本国部分的经费。共同收集的数据归各方共有。任何一方可随时退出，已有贡献仍予署名。""",
    "ru": """### Кто что делает
Каждый партнёр пишет о своей стране; {lead} пишет сравнение и следит за планом.

### Авторы
Автор — каждый, кто писал. Порядок — по вкладу; все подтверждают его до публикации.

### Деньги, данные, выход
Каждый оплачивает свою часть. Собранное вместе принадлежит всем. Выйти можно в любое время; сделанное остаётся
признанным.""",
    "ar": """### من يفعل ماذا
يكتب كل شريك عن بلده، ويكتب {lead} المقارنة ويتابع الخطة.

### المؤلفون
كل من كتب مؤلف. الترتيب بحسب المساهمة ويوافق عليه الجميع قبل النشر.

### المال والبيانات والانسحاب
يموّل كل شريك جزأه. ما نجمعه معًا ملك للجميع. يمكن الانسحاب في أي وقت، ويبقى ما قُدّم منسوبًا إلى صاحبه.""",
}
