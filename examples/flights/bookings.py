"""The bookings table: 20,000 invented bookings on real flights, with invented people.

Nobody in it exists. Telephone numbers are from the ranges kept for fiction, mail goes to
the domains kept for examples (RFC 2606), card numbers pass the Luhn check but begin with
9, which no card scheme does. The mistakes are put in on purpose, at the rates in `MISTAKES`.

Only `random.Random.random` is used: Python promises that it gives the same sequence for
the same seed in every version; of its other methods it does not.
"""

import datetime
import random
import unicodedata

import pyarrow as pa

SEED = 20130101
ROWS = 20_000
PASSENGERS = 12_500

# Share of rows with each mistake or gap.
MISTAKES = {
    "email_null": 0.040,
    "email_token": 0.006,       # "n/a" and the like, typed where nothing was known
    "email_malformed": 0.012,
    "email_untidy": 0.020,      # spaces around it or capitals: right once cleaned
    "phone_null": 0.120,
    "card_null": 0.030,         # paid by cash or miles
    "birth_null": 0.080,
    "birth_placeholder": 0.004, # 1900-01-01, what a form sends when nobody filled it in
    "name_null": 0.002,
    "fare_null": 0.001,
    "fare_negative": 0.0015,    # refunds that were posted as bookings
    "fare_absurd": 0.0002,
    "origin_wrong": 0.0025,     # the city's code, or another airport of the region
    "booking_id_null": 0.0003,
    "sent_twice": 0.004,        # the whole row again, some rows later
    "id_reused": 0.0015,        # another booking under an id that is taken
}

GIVEN = """
Olivia Liam Emma Noah Ava William Sophia James Isabella Benjamin Mia Lucas Charlotte Henry
Amelia Alexander Harper Mason Evelyn Michael Abigail Ethan Emily Daniel Madison Jacob Grace
Logan Chloe Jackson Victoria Levi Riley Sebastian Aria Mateo Lily Jack Aubrey Owen Zoey
Theodore Nora Aiden Hazel Samuel Hannah Joseph Ellie John Stella David Violet Wyatt Aurora
Luke Savannah Asher Brooklyn Carter Leah Julian Audrey Grayson Bella Gabriel Claire Anthony
José María Sofía Andrés Núria Zoë Chloé François Élodie Jérôme Anaïs Björn Åsa Søren Jürgen
Günther Łukasz Małgorzata Zbigniew Jiří Žofie Dušan Şebnem Gökhan Þórdís Siân Nguyễn Tuấn
João Inês Gonçalo Ōtani Māra Ștefan Ioana Oluwaseun Chidinma Kwame Aïssatou Priya Arjun Wei
""".split()

FAMILY = """
Smith Johnson Williams Brown Jones Garcia Miller Davis Rodriguez Martinez Hernandez Lopez
Gonzalez Wilson Anderson Thomas Taylor Moore Jackson Martin Lee Perez Thompson White Harris
Sanchez Clark Ramirez Lewis Robinson Walker Young Allen King Wright Scott Torres Nguyen Hill
Flores Green Adams Nelson Baker Hall Rivera Campbell Mitchell Carter Roberts Gomez Phillips
Evans Turner Diaz Parker Cruz Edwards Collins Reyes Stewart Morris Morales Murphy Cook Rogers
Gutiérrez Muñoz Ibáñez Peña O'Brien O'Connor D'Angelo McCarthy St.Clair Müller Weiß Schröder
Lindström Bjørnsen Sørensen Kowalski Wójcik Dvořák Novák Çelik Yılmaz Guðmundsdóttir Llŷr
Trần Phạm Gonçalves Araújo Ferreira-Gomes Popescu Țurcanu Adébáyò Okonkwo Ngũgĩ Mensah Patel
Krishnamurthy Zhang Kobayashi Kim Al-Farsi Ben-David von~Trapp de~la~Cruz van~der~Berg
""".split()

# Names in other scripts, with the letters their bearer uses in an address.
OTHER_SCRIPTS = [
    ("王芳", "wang.fang"), ("李伟", "li.wei"), ("佐藤 美咲", "misaki.sato"),
    ("鈴木 一郎", "i.suzuki"), ("김민준", "minjun.kim"), ("Ольга Иванова", "olga.ivanova"),
    ("Дмитрий Соколов", "d.sokolov"), ("Ελένη Παπαδοπούλου", "eleni.p"),
    ("محمد الأحمد", "m.alahmad"), ("נועה כהן", "noa.cohen"), ("प्रिया शर्मा", "priya.sharma"),
    ("สมชาย ใจดี", "somchai.j"),
]

MAIL_DOMAINS = ["example.com", "example.org", "example.net", "mail.example.com",
                "post.example.org", "uni.example", "firm.example", "sub.dept.firm.example"]
AREA_CODES = ["201", "212", "305", "312", "347", "404", "415", "503", "512", "617", "646",
              "702", "718", "808", "862", "917"]
CHANNELS = [("web", 0.52), ("app", 0.31), ("agent", 0.10), ("phone", 0.07)]
TIERS = [(None, 0.58), ("blue", 0.25), ("silver", 0.10), ("gold", 0.05), ("platinum", 0.02)]
WRONG_ORIGINS = ["NYC", "HPN", "ISP", "EWK"]
EMPTY_TOKENS = ["n/a", "N/A", "none", "-", "unknown", ""]

SCHEMA = pa.schema([
    ("booking_id", pa.string()),
    ("year", pa.int32()), ("month", pa.int32()), ("day", pa.int32()),
    ("carrier", pa.string()), ("flight", pa.int32()),
    ("origin", pa.string()), ("dest", pa.string()),
    ("passenger_id", pa.string()), ("passenger_name", pa.string()), ("email", pa.string()),
    ("phone", pa.string()), ("date_of_birth", pa.date32()), ("card_number", pa.string()),
    ("loyalty_tier", pa.string()), ("channel", pa.string()),
    ("fare", pa.float64()), ("booked_at", pa.timestamp("us", "UTC")),
])


class Dice:
    """Choices made from `random()` alone."""

    def __init__(self, seed):
        self.random = random.Random(seed).random

    def happens(self, share):
        return self.random() < share

    def below(self, limit):
        return int(self.random() * limit)

    def between(self, low, high):
        return low + self.below(high - low + 1)

    def of(self, items):
        return items[self.below(len(items))]

    def weighted(self, items):
        rest = self.random()
        for item, share in items:
            rest -= share
            if rest < 0:
                return item
        return items[-1][0]


def ascii_letters(text):
    """The name as its bearer would spell it in an address."""
    for letter, plain in zip("ŁłØøÞþðßı'~. ", ["L", "l", "O", "o", "Th", "th", "d", "ss", "i", "", "", "", ""]):
        text = text.replace(letter, plain)
    decomposed = unicodedata.normalize("NFD", text)
    return "".join(c for c in decomposed if c.isascii()).lower()


def luhn(dice, digits):
    """`digits` and as many more as make 16, of which the last is the Luhn digit."""
    digits += "".join(str(dice.below(10)) for _ in range(15 - len(digits)))
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return digits + str(-total % 10)


def phone(dice):
    kind = dice.random()
    if kind < 0.80:
        area, last = dice.of(AREA_CODES), dice.between(100, 199)
        form = dice.of(["+1 {}-555-0{}", "({}) 555-0{}", "{}-555-0{}", "{}.555.0{}"])
        return form.format(area, last)
    if kind < 0.92:
        return f"+44 20 7946 {dice.below(1000):04}"
    return f"+61 2 5550 {dice.below(10000):04}"


def passenger(dice, number):
    if dice.happens(0.03):
        name, local = dice.of(OTHER_SCRIPTS)
        local += str(dice.between(1, 99))
    else:
        given, family = dice.of(GIVEN), dice.of(FAMILY)
        middle = f" {chr(65 + dice.below(26))}." if dice.happens(0.2) else ""
        name = f"{given}{middle} {family}".replace("~", " ").replace("St.Clair", "St. Clair")
        first, last = ascii_letters(given), ascii_letters(family)
        local = dice.of(["{f}.{l}", "{f}{l}", "{i}{l}{n}", "{f}_{l}{n}", "{l}.{f}", "{f}+air{n}"])
        local = local.format(f=first, l=last, i=first[0], n=dice.between(1, 99))
    born = None
    if not dice.happens(MISTAKES["birth_null"]):
        placeholder = dice.happens(MISTAKES["birth_placeholder"])
        # The sum of two throws: most are between 20 and 60, few are children or very old.
        age_days = int((dice.random() + dice.random()) * 0.5 * 85 * 365.25)
        born = datetime.date(2013, 1, 1) - datetime.timedelta(days=age_days)
        born = datetime.date(1900, 1, 1) if placeholder else born
    return {
        "passenger_id": f"P{100_000 + number * 7}",
        "passenger_name": name,
        "email": f"{local}@{dice.of(MAIL_DOMAINS)}",
        "phone": None if dice.happens(MISTAKES["phone_null"]) else phone(dice),
        "date_of_birth": born,
        "card_number": luhn(dice, "9" + dice.of(["999", "990", "908"])),
        "loyalty_tier": dice.weighted(TIERS),
    }


def malformed(dice, email):
    local, domain = email.split("@")
    return dice.of([
        f"{local}{domain}", f"{local}@@{domain}", f"{local}@", f"@{domain}",
        f"{local} at {domain}", f"{local}@{domain.split('.')[0]}", f"{local}@{domain},",
        f"{local}@{domain.replace('.', ',', 1)}", f"{local}@.{domain}", f"{local}@{domain} {domain}",
    ])


def spoil(dice, row):
    """Puts in the gaps and mistakes, each on its own throw."""
    email = row["email"]
    if dice.happens(MISTAKES["email_null"]):
        row["email"] = None
    elif dice.happens(MISTAKES["email_token"]):
        row["email"] = dice.of(EMPTY_TOKENS)
    elif dice.happens(MISTAKES["email_malformed"]):
        row["email"] = malformed(dice, email)
    elif dice.happens(MISTAKES["email_untidy"]):
        row["email"] = dice.of([f" {email}", f"{email}  ", email.upper(), f"\t{email.title()}"])
    if dice.happens(MISTAKES["card_null"]):
        row["card_number"] = None
    if dice.happens(MISTAKES["name_null"]):
        row["passenger_name"] = None
    if dice.happens(MISTAKES["fare_null"]):
        row["fare"] = None
    elif dice.happens(MISTAKES["fare_negative"]):
        row["fare"] = -row["fare"]
    elif dice.happens(MISTAKES["fare_absurd"]):
        row["fare"] = 99_999.99
    if dice.happens(MISTAKES["origin_wrong"]):
        row["origin"] = dice.of(WRONG_ORIGINS)
    if dice.happens(0.03):
        row["channel"] = dice.of([f"{row['channel']} ", row["channel"].upper(), row["channel"].title()])
    if dice.happens(MISTAKES["booking_id_null"]):
        row["booking_id"] = None


def booking_id(number):
    """Six letters and digits, as on a ticket, unlike those of its neighbours and never
    two the same: multiplying by a number without a common factor only reorders them."""
    alphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
    size = len(alphabet) ** 6
    shuffled = (number * 611_953_127 + 77_777_777) % size
    letters = ""
    for _ in range(6):
        shuffled, letter = divmod(shuffled, len(alphabet))
        letters = alphabet[letter] + letters
    return letters


def table(flights):
    """`ROWS` bookings on rows of `flights`."""
    dice = Dice(SEED)
    people = [passenger(dice, number) for number in range(PASSENGERS)]
    keys = ["year", "month", "day", "carrier", "flight", "origin", "dest", "distance", "time_hour"]
    flown = {key: flights.column(key).to_pylist() for key in keys}
    rows, repeats = [], []
    number = 0
    while len(rows) + len(repeats) < ROWS:
        at = dice.below(flights.num_rows)
        row = {key: flown[key][at] for key in keys}
        distance, departs = row.pop("distance"), row.pop("time_hour")
        # A few people book often, most once or twice.
        row.update(people[int(dice.random() * dice.random() * PASSENGERS)])
        # Most book in the last weeks. (No powers: their last digit may differ by machine.)
        lead = dice.random() * dice.random() * 300
        row["booked_at"] = departs - datetime.timedelta(seconds=int(lead * 86_400) + 3_600)
        fare = (49 + 0.11 * distance) * (0.6 + 1.1 * dice.random()) * (1.6 if lead < 7 else 1)
        row["fare"] = 0.0 if dice.happens(0.006) else round(fare, 2)
        row["channel"] = dice.weighted(CHANNELS)
        row["booking_id"] = booking_id(number)
        number += 1
        spoil(dice, row)
        rows.append(row)
        if dice.happens(MISTAKES["sent_twice"]):
            repeats.append(dict(row))
        elif number > 1 and dice.happens(MISTAKES["id_reused"]):
            row["booking_id"] = rows[dice.below(len(rows) - 1)]["booking_id"]
    rows.sort(key=lambda row: row["booked_at"])
    # What was sent twice arrives in the next minutes, so a little further down.
    for row in repeats:
        first = next(at for at, other in enumerate(rows) if other == row)
        rows.insert(min(first + dice.between(1, 40), len(rows)), row)
    return pa.Table.from_pylist(rows, schema=SCHEMA)
