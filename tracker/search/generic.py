"""Words that say nothing about what a study is about. Of a few texts rarity cannot tell, so they are listed."""

WORDS = """
about after again against also among analysis another arise around assess available based before being better between
beyond both build case cases cause change changes compare comparison comparative conclude could countries country cross
data describe develop development different does doing done during each effect emerge evaluate evidence example expect
explain explore find findings first follow from further gain gains general have help here high impact implication
improve include increase influence insight issue joint know large learn least lesson level like long main make many mean
measure method more most much national need nations necessary other over paper part participate people perform
perspective place plan policy policies possible practice present problem process produce program project promote provide
province public question rather region relation report research result review role same section sector should
significant since some specific state still strategy strengthen study studies such support sustain system take than that
their them then there these they this those three through time towards under until upon used using very well were what
when where whether which while will with within would work year years your
como cual cuales cuando desarrollo desde donde efecto entre estado estudio forma hacia hasta investigación medida mejor
mundo nivel nuestro país países para pero política porque primero problema proyecto puede quien quienes según sobre
también tiene todo todos
afin ainsi alors aussi après avec cela cette comme comment comparer cours dans depuis deux donc elle entre était étude
faire leur leurs même mesure mieux notre nous parce pays pendant peut plus pour pourquoi quand quel quelle quels quelles
rapport recherche sans selon sont sous toute toutes tous vers votre
assim cada como desenvolvimento dessa desde entre esses estas este estudo fazer isto mais mesmo muito nossa numa onde
pela pelo pesquisa porque quais qual quando quanto quem seus sobre também todos uma
влияние вопрос другой исследование какой как между может можно начало общество основа перед после почему проект развитие
результат роль самый страна стран также только чтобы этого
بين حول خلال دراسة هذا هذه إلى على كيف مشروع
研究 发展 分析 比较 影响 国家 政策 问题 如何 作用 合作 项目 探讨 之间 以及 我们 可以 什么 为何 对于 关于
"""
