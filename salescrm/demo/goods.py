"""The sample company's goods: products of both directions with list prices, and some nobody put into a category."""

from __future__ import annotations

from typing import NamedTuple

from salescrm.demo.buyers import HOME, PROMO, UNKNOWN


class Good(NamedTuple):
    """A product of the price list; `category` as in the reference rows, empty where nobody sorted it in."""

    code: str
    name: str
    category: str
    direction: str
    price: int


_PROMO = {
    "Футболки": (("Футболка хлопок 160 г", 190), ("Футболка хлопок 180 г", 245), ("Футболка стрейч женская", 310)),
    "Майки": (("Майка хлопок 160 г", 165), ("Майка спортивная", 220)),
    "Рубашки-поло": (("Поло пике 200 г", 540), ("Поло стрейч 210 г", 690)),
    "Толстовки": (("Толстовка с капюшоном 280 г", 1150), ("Свитшот 260 г", 890), ("Толстовка на молнии 320 г", 1480)),
    "Куртки": (("Куртка софтшелл", 2650), ("Куртка утеплённая", 3400)),
    "Ветровки": (("Ветровка нейлон", 980), ("Ветровка с сеткой", 1240)),
    "Кепки": (("Кепка пятиклинка", 135), ("Кепка трекер", 210)),
    "Банданы": (("Бандана хлопок", 65), ("Бандана-труба", 90)),
    "Сумки и рюкзаки": (("Сумка-шопер 220 г", 155), ("Рюкзак на шнурке", 120), ("Рюкзак городской", 1390)),
}
_HOME = {
    "Постельное бельё": (("Комплект белья сатин", 2350), ("Комплект белья поплин", 1680)),
    "Полотенца": (("Полотенце махровое 50×90", 240), ("Полотенце махровое 70×140", 490), ("Полотенце вафельное", 85)),
    "Пледы и покрывала": (("Плед флис 130×150", 640), ("Покрывало стёганое", 1890)),
    "Скатерти и салфетки": (("Скатерть лён 150×220", 1320), ("Салфетки осибори, 50 шт.", 560)),
    "Халаты": (("Халат махровый", 1750), ("Халат вафельный", 1150)),
    "Кухонный текстиль": (("Фартук поварской", 430), ("Прихватка", 75), ("Набор кухонных полотенец", 310)),
    "Подушки и одеяла": (("Подушка 50×70", 720), ("Одеяло 172×205", 1980)),
}
_UNSORTED = (("Изделие по образцу заказчика", 420), ("Остатки прошлых коллекций", 110), ("Упаковка подарочная", 60))
_COLOURS = ("белый", "чёрный", "красный", "синий", "серый", "зелёный")


def price_list() -> list[Good]:
    """Return all products, each of the named directions in several colours."""
    goods: list[Good] = []
    for direction, letter, categories in ((PROMO, "П", _PROMO), (HOME, "Д", _HOME)):
        for category, articles in categories.items():
            for name, price in articles:
                for colour in _COLOURS if direction == PROMO else _COLOURS[:3]:
                    code = f"{letter}-{len(goods) + 1001}"
                    goods.append(Good(code, f"{name}, {colour}", category, direction, price))
    for name, price in _UNSORTED:
        goods.append(Good(f"Н-{len(goods) + 1001}", name, "", UNKNOWN, price))
    return goods
