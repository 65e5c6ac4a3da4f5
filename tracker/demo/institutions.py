"""The invented institutions: no such names, no such addresses, no identifiers of real ones."""

from typing import NamedTuple

NETWORK = "Common Ground Research Alliance"
NETWORK_WEBSITE = "https://common-ground.example.org/"
NETWORK_DESCRIPTION = (
    "A voluntary alliance of think tanks, academies and university centres that study development together. "
    "Members propose joint studies, find partners in other countries and publish what they find, openly and "
    "in several languages. Nobody is bound by contract: what we promise each other we write down here."
)

POVERTY, RURAL, PROTECTION, FOOD = (
    "Poverty eradication",
    "Rural poverty and livelihoods",
    "Social protection",
    "Food security",
)
REGIONAL, CITIES, CORRIDORS, JOBS = (
    "Regional development",
    "Cities and regional gaps",
    "Infrastructure and connectivity",
    "Jobs and skills",
)
ALIGNMENT, AGENDA = "Aligning development strategies", "National plans and the 2030 Agenda"
SOUTH = "South-South and triangular cooperation"
TRADE = "Trade, industry and value chains"
FINANCE, DEBT = "Financing for development", "Debt and public finance"
CLIMATE, ENERGY = "Climate, energy and environment", "Just energy transition"
WATER = "Water, agriculture and land"
HEALTH = "Health and education"
GENDER = "Gender equality and inclusion"
DIGITAL = "Digital economy and technology"
GOVERNANCE = "Governance and institutions"


class Place(NamedTuple):
    """One institution. `key` is also its host name below example.org; `at` is latitude and longitude."""

    key: str
    name: str
    native_name: str
    native_language: str
    acronym: str
    country: str
    city: str
    at: tuple[float, float]
    languages: tuple[str, ...]
    themes: tuple[str, ...]
    kind: str
    founded: str
    description: str = ""


# One row each: spread over a line a value, they could not be compared.
# fmt: off
PLACES = (
    Place("hupan", "Lakeshore Centre for Global Development Studies", "湖畔全球发展研究中心", "zh-Hans", "CGDS",
          "CN", "Hangzhou", (30.25, 120.16), ("zh-Hans", "en"),
          (ALIGNMENT, SOUTH, DIGITAL),
          "think tank", "2009",
          "Houses the alliance's secretariat. Studies how national plans, regional strategies and the 2030 "
          "Agenda can pull in one direction, and what villages and platform firms learn from each other."),
    Place("huayuan", "Northern Plain Institute for Rural Prosperity", "华原乡村振兴研究院", "zh-Hans", "NPIRP",
          "CN", "Beijing", (39.91, 116.4), ("zh-Hans", "en"),
          (RURAL, POVERTY, WATER), "academy",
          "1994-05",
          "Forty researchers, most of them out in the counties for half of the year. Keeps a panel of 6,000 "
          "households in nine provinces since 1998."),
    Place("zhuwan", "Pearl Estuary Centre for Regional Development", "珠湾区域发展研究中心", "zh-Hans", "PECRD",
          "CN", "Guangzhou", (23.13, 113.26), ("zh-Hans", "en"),
          (REGIONAL, CITIES, TRADE),
          "university centre", "2003"),
    Place("xilang", "Western Corridor Academy of Economic Research", "西廊经济研究院", "zh-Hans", "WCAER", "CN",
          "Chengdu", (30.57, 104.07), ("zh-Hans", "en", "ru"),
          (CORRIDORS, TRADE), "academy", "1987"),
    Place("yunling", "Yunling Institute of Cross-border Cooperation", "云岭跨境合作研究所", "zh-Hans", "YICC",
          "CN", "Kunming", (25.04, 102.71), ("zh-Hans", "en", "vi"),
          (REGIONAL, CORRIDORS, SOUTH),
          "think tank", "2011"),
    Place("chaoxi", "Shenzhen Tidewater Institute of Innovation Policy", "深圳潮汐创新政策研究院", "zh-Hans",
          "STIIP", "CN", "Shenzhen", (22.54, 114.06), ("zh-Hans", "en"),
          (DIGITAL, JOBS), "think tank", "2015-11",
          "Works on what new technology does to jobs, towns and public services, with firms and districts "
          "that let us count."),
    Place("guanhe", "Grand Canal Centre for Social Policy", "官河社会政策研究中心", "zh-Hans", "CSP", "CN",
          "Yangzhou", (32.39, 119.41), ("zh-Hans", "en"), (PROTECTION, HEALTH),
          "university centre", "2006"),
    Place("meghna", "Meghna Policy Centre", "মেঘনা নীতি কেন্দ্র", "bn", "MPC", "BD", "Dhaka", (23.81, 90.41),
          ("bn", "en"),
          (RURAL, PROTECTION, CLIMATE),
          "think tank", "1999-02-14",
          "Independent, small and stubborn: we follow the same char and haor villages through floods, loans "
          "and migrations since 1999, and tell ministries what we see."),
    Place("deccan", "Deccan Institute for Livelihood Studies", "दक्कन आजीविका अध्ययन संस्थान", "hi", "DILS",
          "IN", "Hyderabad", (17.39, 78.49), ("en", "hi"),
          (RURAL, JOBS, GENDER),
          "university centre", "1991"),
    Place("sahyadri", "Sahyadri Forum on Public Finance", "", "", "SFPF", "IN", "Pune", (18.52, 73.86),
          ("en", "hi"), (FINANCE, DEBT), "think tank", "2004"),
    Place("ravi", "Ravi Centre for Development Dialogue", "مرکز مکالمہ ترقی راوی", "ur", "CDD", "PK", "Lahore",
          (31.55, 74.34), ("ur", "en"),
          (POVERTY, WATER, GOVERNANCE), "think tank",
          "2001"),
    Place("sunkoshi", "Sunkoshi Research Forum", "सुनकोशी अनुसन्धान मञ्च", "ne", "SRF", "NP", "Kathmandu",
          (27.72, 85.32), ("ne", "en"), (RURAL, ENERGY),
          "think tank", "2010"),
    Place("selat", "East Strait Centre for Regional Studies", "Pusat Kajian Wilayah Selat Timur", "id", "PKWST",
          "ID", "Makassar", (-5.15, 119.43), ("id", "en"), (REGIONAL, FOOD),
          "university centre", "1998"),
    Place("kertas", "Kertas Institute of Fiscal Policy", "Lembaga Kebijakan Fiskal Kertas", "id", "KIFP", "ID",
          "Bandung", (-6.92, 107.61), ("id", "en"), (DEBT, PROTECTION),
          "think tank", "2012"),
    Place("chauthe", "Red Delta Institute of Policy Studies", "Viện Nghiên cứu Chính sách Châu thổ", "vi",
          "IPS", "VN", "Hanoi", (21.03, 105.85), ("vi", "en"),
          (TRADE, FOOD, CLIMATE), "academy",
          "1996"),
    Place("dala", "Dala Institute of Strategic Economics", "Институт стратегической экономики «Дала»", "ru",
          "ISE", "KZ", "Almaty", (43.24, 76.89), ("kk", "ru", "en"),
          (CORRIDORS, ALIGNMENT), "think tank", "2005"),
    Place("zarafshan", "Zarafshan Centre for Development Research", "Центр исследований развития «Зарафшан»",
          "ru", "CDR", "UZ", "Samarkand", (39.65, 66.96), ("uz", "ru", "en"),
          (REGIONAL, WATER), "university centre", "2017"),
    Place("kama", "Volga–Kama Centre for Spatial Economics", "Волго-Камский центр пространственной экономики",
          "ru", "CSE", "RU", "Kazan", (55.8, 49.11), ("ru", "en"),
          (REGIONAL, CITIES), "academy", "1993"),
    Place("delta", "Delta Centre for Development Policy", "مركز الدلتا لسياسات التنمية", "ar", "CDP", "EG",
          "Cairo", (30.04, 31.24), ("ar", "en"),
          (POVERTY, FOOD, ALIGNMENT), "think tank", "2000"),
    Place("wadi", "Wadi Institute for Water and Land", "معهد الوادي للمياه والأرض", "ar", "IWL", "EG", "Aswan",
          (24.09, 32.9), ("ar", "en"), (WATER, CLIMATE),
          "university centre", "2013"),
    Place("atlas", "Atlas Institute for Territorial Studies", "معهد الأطلس للدراسات الترابية", "ar", "IET",
          "MA", "Rabat", (34.02, -6.84), ("ar", "fr", "en"),
          (REGIONAL, CITIES, ENERGY), "think tank", "2008"),
    Place("badia", "Badia Centre for Regional Economics", "مركز البادية للاقتصاد الإقليمي", "ar", "BCRE", "JO",
          "Amman", (31.95, 35.93), ("ar", "en"), (JOBS, REGIONAL), "think tank",
          "2014"),
    Place("ndar", "Ndar Institute of Public Policy", "Institut Ndar de politiques publiques", "fr", "IPP", "SN",
          "Dakar", (14.72, -17.47), ("fr", "wo", "en"),
          (PROTECTION, RURAL, GOVERNANCE), "think tank",
          "2007"),
    Place("lagune", "Lagoon Centre for Development Studies", "Centre lagunaire d’études du développement", "fr",
          "CED", "CI", "Abidjan", (5.36, -4.01), ("fr", "en"),
          (TRADE, FOOD), "university centre", "1995"),
    Place("kogi", "Confluence Policy Institute", "", "", "CPI", "NG", "Lokoja", (7.8, 6.74), ("en", "ha", "yo"),
          (POVERTY, GOVERNANCE), "think tank", "2002"),
    Place("calabash", "Calabash Centre for Industrial Strategy", "", "", "CIS", "NG", "Lagos", (6.52, 3.38),
          ("en",), (TRADE, JOBS, DIGITAL),
          "think tank", "2016"),
    Place("savanna", "Savanna Ridge Centre for Agrarian Policy", "Kituo cha Sera za Kilimo Savanna", "sw",
          "SRCAP", "KE", "Nairobi", (-1.29, 36.82), ("en", "sw"),
          (FOOD, RURAL, WATER), "think tank",
          "1997",
          "Asks what farm policy does to the people who farm. Hosts the alliance's second coordinator."),
    Place("pwani", "Pwani Observatory of Coastal Economies", "", "", "POCE", "KE", "Mombasa", (-4.04, 39.67),
          ("sw", "en"), (TRADE, CLIMATE),
          "university centre", "2018"),
    Place("awash", "Awash Institute for Structural Transformation", "የአዋሽ መዋቅራዊ ለውጥ ተቋም", "am", "AIST", "ET",
          "Addis Ababa", (9.03, 38.74), ("am", "en"),
          (TRADE, CORRIDORS, JOBS),
          "think tank", "2011"),
    Place("highveld", "Highveld Institute for Inclusive Growth", "", "", "HIIG", "ZA", "Johannesburg",
          (-26.2, 28.05), ("en", "zu"),
          (JOBS, ENERGY, GENDER), "think tank", "1998"),
    Place("zambeze", "Zambezi Centre for Development Studies", "Centro Zambeze de Estudos do Desenvolvimento",
          "pt", "CED", "MZ", "Maputo", (-25.97, 32.57), ("pt", "en"),
          (CORRIDORS, FOOD), "think tank", "2004"),
    Place("cerrado", "Cerrado Institute of Public Policy", "Instituto Cerrado de Políticas Públicas", "pt",
          "IPP", "BR", "Brasília", (-15.79, -47.88), ("pt", "es", "en"),
          (PROTECTION, ALIGNMENT, SOUTH),
          "think tank", "1992"),
    Place("sertao", "Sertão Centre for Development Studies", "Centro de Estudos do Desenvolvimento do Sertão",
          "pt", "CED", "BR", "Recife", (-8.05, -34.88), ("pt", "en"),
          (RURAL, WATER, CLIMATE),
          "university centre", "1989"),
    Place("pampa", "Southern Pampa Observatory of Digital Work", "Observatório Pampa do Trabalho Digital", "pt",
          "OPTD", "BR", "Porto Alegre", (-30.03, -51.22), ("pt", "es"),
          (DIGITAL, JOBS), "university centre", "2019"),
    Place("illimani", "Illimani Centre for Development Studies", "Centro Illimani de Estudios del Desarrollo",
          "es", "CIED", "BO", "La Paz", (-16.5, -68.15), ("es", "ay", "qu"),
          (POVERTY, RURAL, ENERGY), "think tank",
          "2003",
          "Estudia la pobreza y los medios de vida en el Altiplano y los valles, con comunidades que "
          "deciden las preguntas junto con nosotros."),
    Place("ucayali", "Ucayali Institute of Regional Economics", "Instituto Ucayali de Economía Regional", "es",
          "IUER", "PE", "Lima", (-12.05, -77.04), ("es", "en"),
          (REGIONAL, CORRIDORS), "think tank", "2000"),
    Place("magdalena", "Magdalena Observatory of Social Policy", "Observatorio Magdalena de Políticas Sociales",
          "es", "OMPS", "CO", "Bogotá", (4.71, -74.07), ("es", "en"),
          (PROTECTION, GENDER), "university centre", "2007"),
    Place("pacifico", "Pacific Lowlands Study Centre", "Centro de Estudios del Pacífico Bajo", "es", "CEPB",
          "CO", "Cali", (3.45, -76.53), ("es",),
          (RURAL, GENDER, CLIMATE),
          "think tank", "2014"),
    Place("papaloapan", "Papaloapan Centre for Territorial Studies",
          "Centro Papaloapan de Estudios Territoriales", "es", "CPET", "MX", "Oaxaca", (17.07, -96.72),
          ("es", "en"), (REGIONAL, RURAL), "university centre", "2001"),
    Place("milpa", "Milpa Institute for Trade and Food Policy", "Instituto Milpa de Política Alimentaria", "es",
          "IMPA", "MX", "Ciudad de México", (19.43, -99.13), ("es", "en", "fr"),
          (FOOD, TRADE), "think tank", "2010"),
)
# fmt: on
