"""The invented people, each at one institution. The first of an institution is its main contact, unless said."""

from typing import NamedTuple


class Someone(NamedTuple):
    """`key` is the part of the address before @example.org; `seat` 1 or 2: contact; 0: neither."""

    key: str
    name: str
    sort_name: str
    place: str
    seat: int
    position: str
    languages: tuple[str, ...]
    interface: str
    zone: str
    about: str = ""
    has_joined: bool = True


RESEARCHER, CONTACT, COORDINATOR = "nadia.rahman", "rosario.quispe", "lin.yueqing"
SECOND_COORDINATOR = "wanjiru.karanja"
FORMER = (  # (person, institution, position, from, until): where they worked before
    ("nadia.rahman", "deccan", "Visiting fellow", "2014-09", "2016-08"),
    ("beatriz.fontes", "sertao", "Research assistant", "2008", "2012"),
    ("kouassi.yao", "ndar", "Economist", "2011", "2019-03"),
    ("li.muhua", "xilang", "Doctoral researcher", "2006", "2010-06-30"),
    ("lin.yueqing", "guanhe", "Lecturer", "2007", "2013"),
    ("daulet.serikov", "kama", "Post-doctoral fellow", "2012", "2014"),
    ("tomas.villegas", "ucayali", "Researcher", "2005", "2015-12"),
)

# One row each: spread over a line a value, they could not be compared.
# fmt: off
PEOPLE = (
    Someone("lin.yueqing", "Lin Yueqing", "Lin, Yueqing", "hupan", 1, "Head of the secretariat",
            ("zh-Hans", "en"), "", "Asia/Shanghai",
            "Coordinates the alliance. Trained in social policy; writes on county finance."),
    Someone("wanjiru.karanja", "Wanjirũ Karanja", "Karanja, Wanjirũ", "savanna", 1, "Director", ("en", "sw"),
            "", "Africa/Nairobi", "Coordinates the alliance's African members. Works on seed systems."),
    Someone("nadia.rahman", "Nadia Rahman", "Rahman, Nadia", "meghna", 0, "Senior research fellow",
            ("bn", "en", "hi"), "", "Asia/Dhaka",
            "Studies how households on the river islands cope, borrow and move. Field work since 2011."),
    Someone("rosario.quispe", "Rosario Quispe Mamani", "Quispe Mamani, Rosario", "illimani", 1, "Directora",
            ("es", "ay", "en"), "es", "America/La_Paz", "Economista. Dirige el CIED desde 2018."),
    Someone("shafiqul.islam", "Md. Shafiqul Islam", "Islam, Md. Shafiqul", "meghna", 1, "Executive director",
            ("bn", "en"), "", "Asia/Dhaka"),
    Someone("farzana", "Farzana", "Farzana", "meghna", 2, "Programme officer", ("bn", "en"), "", "Asia/Dhaka"),
    Someone("li.muhua", "李慕华", "Li, Muhua", "huayuan", 1, "副院长", ("zh-Hans", "en"), "zh-Hans",
            "Asia/Shanghai", "研究县域经济与农村减贫，主持九省农户跟踪调查。"),
    Someone("zhao.qinghe", "Zhao Qinghe", "Zhao, Qinghe", "huayuan", 2, "Research fellow", ("zh-Hans", "en"),
            "", "Asia/Shanghai"),
    Someone("ouyang.jing", "Ouyang Jing", "Ouyang, Jing", "zhuwan", 1, "Professor", ("zh-Hans", "en"), "",
            "Asia/Shanghai"),
    Someone("he.wenbo", "何文博", "He, Wenbo", "xilang", 1, "研究员", ("zh-Hans", "ru"), "zh-Hans",
            "Asia/Shanghai"),
    Someone("tang.siyu", "Tang Siyu", "Tang, Siyu", "xilang", 2, "Assistant researcher", ("zh-Hans", "en"), "",
            "Asia/Shanghai"),
    Someone("dao.meilan", "Dao Meilan", "Dao, Meilan", "yunling", 1, "Deputy director", ("zh-Hans", "en", "vi"),
            "", "Asia/Shanghai"),
    Someone("xu.chengyi", "Xu Chengyi", "Xu, Chengyi", "chaoxi", 1, "Director of research", ("zh-Hans", "en"),
            "", "Asia/Shanghai"),
    Someone("guan.ruolin", "管若琳", "Guan, Ruolin", "guanhe", 1, "教授", ("zh-Hans", "en"), "zh-Hans",
            "Asia/Shanghai"),
    Someone("jiang.tao", "Jiang Tao", "Jiang, Tao", "hupan", 2, "Research associate", ("zh-Hans", "en"), "",
            "Asia/Shanghai"),
    Someone("lakshmi.venkatesan", "Lakshmi Venkatesan", "Venkatesan, Lakshmi", "deccan", 1, "Professor",
            ("en", "te", "hi"), "", "Asia/Kolkata"),
    Someone("imran.sheikh", "Imran Sheikh", "Sheikh, Imran", "deccan", 0, "Doctoral researcher",
            ("en", "hi", "ur"), "", "Asia/Kolkata"),
    Someone("anagha.deshmane", "Anagha Deshmane", "Deshmane, Anagha", "sahyadri", 1, "Fellow", ("mr", "en"), "",
            "Asia/Kolkata"),
    Someone("hina.bukhari", "Hina Bukhari", "Bukhari, Hina", "ravi", 1, "Research director", ("ur", "en"), "",
            "Asia/Karachi"),
    Someone("tenzing", "Tenzing", "Tenzing", "sunkoshi", 1, "Coordinator of field studies", ("ne", "en"), "",
            "Asia/Kathmandu"),
    Someone("suharno", "Suharno", "Suharno", "selat", 1, "Ketua", ("id", "en"), "", "Asia/Makassar",
            "Peneliti pangan dan kemiskinan pesisir."),
    Someone("wulandari", "Ni Made Wulandari", "Wulandari, Ni Made", "kertas", 1, "Senior economist",
            ("id", "en"), "", "Asia/Jakarta"),
    Someone("thanh.ha", "Nguyễn Thị Thanh Hà", "Nguyễn, Thị Thanh Hà", "chauthe", 1, "Head of department",
            ("vi", "en"), "", "Asia/Ho_Chi_Minh"),
    Someone("minh.quan", "Trần Minh Quân", "Trần, Minh Quân", "chauthe", 2, "Researcher", ("vi", "en"), "",
            "Asia/Ho_Chi_Minh"),
    Someone("daulet.serikov", "Даулет Сериков", "Сериков, Даулет", "dala", 1, "Директор", ("kk", "ru", "en"),
            "ru", "Asia/Almaty", "Экономист. Изучает транспортные коридоры и малые города степи."),
    Someone("aigerim", "Айгерим Нурланқызы", "Нурланқызы, Айгерим", "dala", 2, "Научный сотрудник",
            ("kk", "ru"), "ru", "Asia/Almaty"),
    Someone("gulnora.yusupova", "Gulnora Yusupova", "Yusupova, Gulnora", "zarafshan", 1, "Head of centre",
            ("uz", "ru", "en"), "ru", "Asia/Samarkand"),
    Someone("renat.safin", "Ренат Сафин", "Сафин, Ренат", "kama", 1, "Ведущий научный сотрудник", ("ru", "en"),
            "ru", "Europe/Moscow"),
    Someone("huda.alsamman", "هدى السمّان", "السمّان، هدى", "delta", 1, "مديرة البحوث", ("ar", "en"), "ar",
            "Africa/Cairo", "باحثة في سياسات الغذاء والفقر الريفي."),
    Someone("karim.fahmy", "Karim Fahmy", "Fahmy, Karim", "delta", 2, "Economist", ("ar", "en"), "",
            "Africa/Cairo"),
    Someone("mona.elnubi", "منى النوبي", "النوبي، منى", "wadi", 1, "أستاذة", ("ar", "en"), "ar",
            "Africa/Cairo"),
    Someone("youssef.bennani", "Youssef Bennaceur-Idrissi", "Bennaceur-Idrissi, Youssef", "atlas", 1,
            "Directeur", ("ar", "fr", "en"), "fr", "Africa/Casablanca"),
    Someone("salma.ait", "Salma Aït Oumghar", "Aït Oumghar, Salma", "atlas", 2, "Chargée de recherche",
            ("fr", "ar"), "fr", "Africa/Casablanca"),
    Someone("rania.haddadin", "رانيا الحدادين", "الحدادين، رانيا", "badia", 1, "باحثة أولى", ("ar", "en"), "ar",
            "Asia/Amman"),
    Someone("aminata.seck", "Aminata Seck Ndoye", "Seck Ndoye, Aminata", "ndar", 1, "Directrice", ("fr", "wo"),
            "fr", "Africa/Dakar"),
    Someone("modou", "Modou Fall Guèye", "Guèye, Modou Fall", "ndar", 2, "Chercheur", ("fr", "wo", "en"), "fr",
            "Africa/Dakar"),
    Someone("kouassi.yao", "Kouassi Yao Éric", "Kouassi, Yao Éric", "lagune", 1, "Maître de recherche",
            ("fr", "en"), "fr", "Africa/Abidjan"),
    Someone("ladi.ocheja", "Ladi Ocheja", "Ocheja, Ladi", "kogi", 1, "Director", ("en", "ha"), "",
            "Africa/Lagos"),
    Someone("tunde.adewara", "Túndé Adéwárá", "Adéwárá, Túndé", "calabash", 1, "Chief economist", ("en", "yo"),
            "", "Africa/Lagos"),
    Someone("otieno.abala", "Otieno Abala", "Abala, Otieno", "savanna", 2, "Research fellow", ("en", "sw"), "",
            "Africa/Nairobi"),
    Someone("mwanaisha", "Mwanaisha Bakari", "Bakari, Mwanaisha", "pwani", 1, "Lecturer", ("sw", "en"), "",
            "Africa/Nairobi", "", False),
    Someone("selamawit", "Selamawit Desta", "Selamawit Desta", "awash", 1, "Lead researcher", ("am", "en"), "",
            "Africa/Addis_Ababa", "In Ethiopia the second name is the father's: please sort me by the first."),
    Someone("bekele", "Bekele Tolossa", "Bekele Tolossa", "awash", 2, "Researcher", ("am", "om", "en"), "",
            "Africa/Addis_Ababa"),
    Someone("nomvula.dhlamini", "Nomvula Dhlamini", "Dhlamini, Nomvula", "highveld", 1, "Executive director",
            ("en", "zu"), "", "Africa/Johannesburg"),
    Someone("pieter.vanwyk", "Pieter van Wyk-Moloi", "Wyk-Moloi, Pieter van", "highveld", 2, "Energy economist",
            ("en", "af"), "", "Africa/Johannesburg"),
    Someone("joao.tembe", "João Tembe", "Tembe, João", "zambeze", 1, "Diretor", ("pt", "en"), "pt",
            "Africa/Maputo"),
    Someone("celeste.macuacua", "Celeste Macuácua", "Macuácua, Celeste", "zambeze", 2, "Investigadora",
            ("pt", "en"), "pt", "Africa/Maputo"),
    Someone("beatriz.fontes", "Beatriz Fontes Araújo", "Araújo, Beatriz Fontes", "cerrado", 1,
            "Diretora de pesquisa", ("pt", "es", "en"), "pt", "America/Sao_Paulo"),
    Someone("caua.ribeiro", "Cauã Ribeiro", "Ribeiro, Cauã", "cerrado", 0, "Pesquisador", ("pt", "en"), "pt",
            "America/Sao_Paulo"),
    Someone("inacio.lucena", "Inácio Lucena", "Lucena, Inácio", "sertao", 1, "Professor", ("pt", "en"), "pt",
            "America/Recife"),
    Someone("helga.brandt", "Helga Brandt da Rosa", "Rosa, Helga Brandt da", "pampa", 1, "Coordenadora",
            ("pt", "es"), "pt", "America/Sao_Paulo", "", False),
    Someone("wara.condori", "Wara Condori", "Condori, Wara", "illimani", 2, "Investigadora", ("es", "ay"), "es",
            "America/La_Paz"),
    Someone("tomas.villegas", "Tomás Villegas Ñaupari", "Villegas Ñaupari, Tomás", "ucayali", 1, "Director",
            ("es", "en"), "es", "America/Lima"),
    Someone("lucia.oblitas", "Lucía Oblitas", "Oblitas, Lucía", "ucayali", 2, "Economista", ("es", "qu"), "es",
            "America/Lima"),
    Someone("paula.barragan", "Paula Barragán Ríos", "Barragán Ríos, Paula", "magdalena", 1, "Directora",
            ("es", "en"), "es", "America/Bogota"),
    Someone("yamileth", "Yamileth Mosquera", "Mosquera, Yamileth", "pacifico", 1, "Investigadora", ("es",),
            "es", "America/Bogota"),
    Someone("ixchel.santaella", "Ixchel Santaella", "Santaella, Ixchel", "papaloapan", 1, "Profesora",
            ("es", "en"), "es", "America/Mexico_City"),
    Someone("donaji", "Donají López y López", "López y López, Donají", "papaloapan", 0, "Doctorante",
            ("es", "zap"), "es", "America/Mexico_City"),
    Someone("andres.cuevas", "Andrés Cuevas-Lachmann", "Cuevas-Lachmann, Andrés", "milpa", 1,
            "Investigador titular", ("es", "en", "fr"), "es", "America/Mexico_City"),
    Someone("zoe.arriaga", "Zoë Arriaga", "Arriaga, Zoë", "milpa", 2, "Analista", ("es", "en"), "es",
            "America/Mexico_City"),
)
# fmt: on
