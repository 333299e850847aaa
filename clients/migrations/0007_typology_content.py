"""What the JSON of segments said goes into columns of its own, then the JSON goes; lists come with the reference rows."""

from django.db import migrations

# group, priority, which lines of the description say criteria, way of business and consumption, words
KNOWN = {
    "ad_agency": ("1.1", None, [1], [0, 3], [2], "рекламн кампан, креатив, подрядчик, агентств"),
    "ad_production": ("1.1", 1, [0], [1, 2, 4], [5, 6], "печат, вышив, шелкограф, нанесен, нанос, оборудован"),
    "workwear_production": ("1.2", 1, [0], [3, 4], [0, 1], "шьём, шьем, пошив, производим, фабрик"),
    "workwear_wholesale": ("1.2", 1, [0], [2, 3], [1], "спецодежд опт, средств защиты, дилер"),
    "workwear_retail": ("1.2", 1, [0], [2, 3], [1], "магазин спецодежд"),
    "trade_wholesale": ("1.3", 1, [0], [1], [], "перепродаж, оптовик, оптом прода"),
    "trade_retail": ("1.3", 1, [0], [1], [], "розниц, отдел, полк, витрин"),
    "trade_chain": ("1.3", 1, [0], [1], [], "сеть магазин, сети магазин, гипермаркет, супермаркет"),
    "trade_internet": ("1.4", 2, [0], [2], [1], "интернет, маркетплейс, сайт, онлайн"),
    "trade_other": ("1.6", 1, [0], [], [], "ритуал"),
    "souvenir_prints": ("1.6", None, [1], [2, 3], [0], "сувенир, принт, дизайн"),
    "event_agency": ("1.5", None, [0], [1], [0], "мероприят, фестивал, праздник, ивент"),
    "consumer": ("1.5", None, [0], [1], [], "для себя, в подарок"),
    "end_buyer": ("1.5", None, [0], [1, 3], [0, 2], "для сотрудник, для рабочих, команд, совместн"),
    "horeca": ("1.5", None, [1], [], [0], "ресторан, кафе, гостиниц, отел"),
}
PARTS = ("criteria", "business", "consumption")


def fill(apps, schema_editor):
    for segment in apps.get_model("clients", "Segment").objects.all():
        lines = segment.content.get("description", [])
        segment.description = "\n".join(lines)
        if segment.code in KNOWN:
            segment.target_group, segment.priority, *parts, segment.words = KNOWN[segment.code]
            for name, said in zip(PARTS, parts, strict=True):
                setattr(segment, name, "\n".join(lines[number] for number in said if number < len(lines)))
        segment.save(update_fields=["description", "target_group", "priority", "words", *PARTS])


class Migration(migrations.Migration):
    dependencies = [("clients", "0006_typology")]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RemoveField("sphere", "content"),
        migrations.RemoveField("segment", "content"),
    ]
