"""Believable and invented: names of firms, cities, tax ids with valid checksums (inspections that do not exist)."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import NamedTuple

from stdnum.ru import inn


class City(NamedTuple):
    """A city with its region and the region's code in tax ids."""

    name: str
    region: str
    code: str


class Firm(NamedTuple):
    """A firm: the client's name, the legal name, tax ids."""

    name: str
    legal_name: str
    inn: str
    kpp: str
    city: City


SPB = City("Санкт-Петербург", "Санкт-Петербург", "78")
MSK = City("Москва", "Москва", "77")
NORTH_WEST = (
    City("Великий Новгород", "Новгородская область", "53"),
    City("Псков", "Псковская область", "60"),
    City("Петрозаводск", "Республика Карелия", "10"),
    City("Мурманск", "Мурманская область", "51"),
    City("Архангельск", "Архангельская область", "29"),
    City("Вологда", "Вологодская область", "35"),
    City("Калининград", "Калининградская область", "39"),
    City("Выборг", "Ленинградская область", "47"),
    City("Екатеринбург", "Свердловская область", "66"),
    City("Челябинск", "Челябинская область", "74"),
    City("Новосибирск", "Новосибирская область", "54"),
)
CENTRE = (
    City("Тверь", "Тверская область", "69"),
    City("Тула", "Тульская область", "71"),
    City("Рязань", "Рязанская область", "62"),
    City("Воронеж", "Воронежская область", "36"),
    City("Ярославль", "Ярославская область", "76"),
    City("Владимир", "Владимирская область", "33"),
    City("Калуга", "Калужская область", "40"),
    City("Нижний Новгород", "Нижегородская область", "52"),
    City("Казань", "Республика Татарстан", "16"),
    City("Самара", "Самарская область", "63"),
    City("Краснодар", "Краснодарский край", "23"),
    City("Ростов-на-Дону", "Ростовская область", "61"),
)

# First word and second word of a name by type; "*" stands for all other types.
_WORDS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "ad_production": (
        (
            "Принт",
            "Печать",
            "Шелкография",
            "Вышивка",
            "Трафарет",
            "Тампо",
            "Краска",
            "Логотип",
            "Нанесение",
            "Ракель",
            "Флекс",
            "Тираж",
            "Оттиск",
            "Растр",
            "Пиксель",
            "Графика",
            "Сольвент",
            "Термо",
            "Полиграф",
            "Акцент",
        ),
        (
            "Хаус",
            "Мастер",
            "Сервис",
            "Цех",
            "Плюс",
            "Фабрика",
            "Студия",
            "Комбинат",
            "Групп",
            "Лаб",
            "Экспресс",
            "Технологии",
            "Центр",
            "Двор",
            "Стиль",
            "Форма",
            "Про",
            "Линия",
            "Точка",
            "Союз",
            "Бюро",
            "Мануфактура",
            "Артель",
            "Завод",
            "Квадрат",
        ),
    ),
    "ad_agency": (
        (
            "Идея",
            "Реклама",
            "Медиа",
            "Бренд",
            "Креатив",
            "Промо",
            "Слоган",
            "Образ",
            "Импульс",
            "Контекст",
            "Фокус",
            "Резонанс",
        ),
        (
            "Агентство",
            "Медиа",
            "Групп",
            "Бюро",
            "Студия",
            "Партнёр",
            "Плюс",
            "Коммуникации",
            "Мастерская",
            "Системы",
            "Проект",
        ),
    ),
    "workwear": (
        (
            "Спецодежда",
            "Рабочая форма",
            "Униформа",
            "Защита",
            "Техноткань",
            "Рубеж",
            "Бригада",
            "Прораб",
            "Каска",
            "Спецпошив",
        ),
        (
            "Нева",
            "Урал",
            "Север",
            "Центр",
            "Плюс",
            "Снаб",
            "Комплект",
            "Опт",
            "Профи",
            "Индустрия",
            "Щит",
            "Гарант",
            "Русь",
            "Торг",
        ),
    ),
    "trade": (
        (
            "Текстиль",
            "Трикотаж",
            "Одежда",
            "Гардероб",
            "Ткани",
            "Хлопок",
            "Лён",
            "Уют",
            "Домашний",
            "Базар",
            "Стиль",
            "Мода",
        ),
        (
            "Опт",
            "Маркет",
            "Торг",
            "Град",
            "Лавка",
            "Ряд",
            "Молл",
            "База",
            "Сити",
            "Дом",
            "Плюс",
            "Регион",
            "Склад",
            "Трейд",
        ),
    ),
    "internet": (
        ("Футболка", "Мерч", "Толстовка", "Кепка", "Шопер", "Принт", "Худи", "Тельняшка"),
        ("Онлайн", "Маркет", "Шоп", "Клик", "24", "Экспресс", "Дом", "Плюс", "Ру"),
    ),
    "souvenir": (
        ("Сувенир", "Подарок", "Магнит", "Память", "Открытка", "Матрёшка", "Ремесло", "Самоцвет"),
        ("Град", "Мастерская", "Лавка", "Студия", "Плюс", "Двор", "Русь", "Центр", "Арт"),
    ),
    "*": (
        (
            "Событие",
            "Праздник",
            "Форум",
            "Спорт",
            "Фитнес",
            "Клуб",
            "Отель",
            "Ресторан",
            "Кафе",
            "Вектор",
            "Орион",
            "Балтика",
        ),
        (
            "Плюс",
            "Северный",
            "Центр",
            "Арена",
            "Парк",
            "Премьер",
            "Групп",
            "Лига",
            "Сервис",
            "Холл",
            "Клуб",
            "Старт",
            "Волна",
        ),
    ),
}
_KINDS = {
    "ad_production": "ad_production",
    "ad_agency": "ad_agency",
    "workwear_production": "workwear",
    "workwear_wholesale": "workwear",
    "workwear_retail": "workwear",
    "trade_wholesale": "trade",
    "trade_retail": "trade",
    "trade_chain": "trade",
    "trade_other": "trade",
    "trade_internet": "internet",
    "souvenir_prints": "souvenir",
}
_SURNAMES = (
    "Абрамов", "Беляев", "Васильев", "Гаврилов", "Данилов", "Егоров", "Жуков", "Зайцев",
    "Ильин", "Калинин", "Лебедев", "Макаров", "Никитин", "Осипов", "Панов", "Рябов",
    "Савельев", "Тарасов", "Ушаков", "Фомин", "Харитонов", "Цветков", "Чернов", "Широков",
    "Щербаков", "Юдин", "Яковлев", "Громов", "Дроздов", "Мельников",
)  # fmt: skip
_INITIALS = "АБВГДЕИКЛМНОПРСТФ"


class Names:
    """Gives each firm a name and tax ids that no other firm of this base has."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._taken: set[str] = set()

    def firm(self, branch: str, segment: str, *, large: bool) -> Firm:
        """Invent a firm of a branch and a segment; a large one is never a sole trader."""
        city = self._city(branch)
        sole = not large and self._random.random() < 0.16
        number = self._sole_number(city) if sole else self._company_number(city)
        if sole:
            name = self._free(self._surname, city)
            return Firm(f"ИП {name}", f"ИП {name}", number, "", city)
        name = self._free(lambda: self._words(segment), city)
        return Firm(name, f"ООО «{name.split(', ')[0]}»", number, f"{number[:4]}01001", city)

    def _city(self, branch: str) -> City:
        home, around = (SPB, NORTH_WEST) if branch == "spb" else (MSK, CENTRE)
        return home if self._random.random() < 0.55 else self._random.choice(around)

    def _words(self, segment: str) -> str:
        first, second = _WORDS[_KINDS.get(segment, "*")]
        return self._joined(self._random.choice(first), self._random.choice(second))

    def _joined(self, first: str, second: str) -> str:
        return f"{first} {second}" if self._random.random() < 0.5 else f"{first}-{second}"

    def _surname(self) -> str:
        letters = " ".join(f"{self._random.choice(_INITIALS)}." for _ in range(2))
        return f"{self._random.choice(_SURNAMES)} {letters}"

    def _free(self, invent: Callable[[], str], city: City) -> str:
        for attempt in range(200):
            name = invent()
            if attempt > 2:
                name = f"{name}, {city.name}" if attempt < 6 else f"{name} {self._random.randint(2, 99)}"
            if name not in self._taken:
                self._taken.add(name)
                return name
        raise ValueError("no free name left")

    def _company_number(self, city: City) -> str:
        """A tax id of an inspection numbered 90-99: none of these exists, so no real firm is named."""
        return self._unique(lambda: self._checked(f"{city.code}{self._random.randint(90, 99)}", 5))

    def _sole_number(self, city: City) -> str:
        return self._unique(lambda: self._checked(f"{city.code}{self._random.randint(90, 99)}", 6))

    def _checked(self, inspection: str, digits: int) -> str:
        number = inspection + "".join(str(self._random.randint(0, 9)) for _ in range(digits))
        check = inn.calc_company_check_digit if digits == 5 else inn.calc_personal_check_digits
        return number + str(check(number))

    def _unique(self, invent: Callable[[], str]) -> str:
        while (number := invent()) in self._taken:
            pass
        self._taken.add(number)
        return number
