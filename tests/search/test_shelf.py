from tracker.search import shelf


def test_words_and_marks_find_the_newest_first_by_depth(app):
    shelf.put(
        1,
        order=20200101,
        title="Water in cities",
        record="Ana Cruz abstract about farms",
        body="long text 深圳的城市化 remittances",
        marks=["theme1", "languageen"],
    )
    shelf.put(2, order=20210000, title="Farms", record="water", body="", marks=["theme2", "languageen"])
    shelf.put(3, order=0, title="深圳的水", record="", body="water", marks=["theme3", "languagezhhans"])

    def b(*marks, **more):
        return shelf.browse(marks, **({"limit": 10} | more))

    assert b() == [2, 1, 3]
    assert b(["languageen"]) == [2, 1]
    assert b(["theme1", "theme3"]) == [1, 3]
    assert shelf.search("wat", []) == [1, 2, 3]
    assert shelf.search("water farms", []) == [2, 1]
    assert shelf.search("water remit", []) == [1]
    assert shelf.search("城市", []) == [1]
    assert shelf.search("深圳", []) == [3, 1]
    assert shelf.search("深圳的城", []) == [1]
    assert shelf.search("water", [["theme3"], ["languagezhhans"]]) == [3]
    import sqlalchemy as sa

    assert shelf.search("water", [], among=sa.select(sa.literal(2))) == [2]
    assert shelf.browse([["languageen"]], limit=3, among=sa.select(sa.literal(2))) == [2]
    assert shelf.browse([], limit=3, among=sa.select(sa.literal(2))) == [2]
    shelf.put(2, order=20210000, title="Farms", record="water", body="", marks=["theme2", "languageen"])
    shelf.put(2, order=0, title="Farms", record="", body="", marks=["theme2", "languageen"])
    assert shelf.search("water", []) == [1, 3]
    shelf.remove(1)
    assert shelf.search("water", []) == [3]


def test_what_nearly_all_hold_is_found_among_the_newest(app, monkeypatch):
    for name, value in (("MOST_FOUND", 3), ("SAMPLE", 4), ("WALK", 8)):
        monkeypatch.setattr(shelf, name, value)
    for number in range(1, 13):
        texts = {"title": "Water" if number % 4 else "Ports", "record": "", "body": ""}
        shelf.put(number, order=20200000 + number, **texts, marks=["goal1"])
    assert shelf.search("water", []) == [11, 10, 9]
    assert shelf.search("water", [["goal1"]]) == [11, 10, 9]
    assert shelf.search("ports", []) == [12, 8, 4]
