"""Targets: what people paste or keep in files becomes targets; what nobody knows is named before any fetch."""

import pytest

from crawler.errors import UsageError
from crawler.targets import Address, load_surfaces, read_addresses, targets

SURFACES = load_surfaces()
ROOM, VIDEO = "https://live.kuaishou.com/u/a", "https://www.kuaishou.com/short-video/3x"


def write(tmp_path, name, text):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_text_file_has_an_address_a_line_and_comments(tmp_path):
    path = write(tmp_path, "rooms.txt", f"# rooms\n{ROOM} # tea\n\n  {VIDEO}#t=3\n")
    assert [(a.url, a.origin) for a in read_addresses(path)] == [(ROOM, "rooms.txt:2"), (f"{VIDEO}#t=3", "rooms.txt:4")]


def test_a_csv_file_has_a_url_column_and_may_name_the_owner(tmp_path):
    path = write(tmp_path, "rooms.csv", f"\ufeffname,URL,owner_id\n茶馆,{ROOM},77\n,,\n视频,{VIDEO},\n")
    assert [(a.url, a.owner_id) for a in read_addresses(path)] == [(ROOM, "77"), (VIDEO, None)]


@pytest.mark.parametrize("sign", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_csv_file_may_be_of_any_spreadsheet(tmp_path, sign, end):
    rows = (["备注", " Url ", "Owner_ID"], ['"a\u2028b; c, d"', ROOM, "77"], ["", "", ""], ["", f" {VIDEO} ", ""])
    path = tmp_path / "rooms.csv"
    path.write_bytes(("\ufeff" + end.join(sign.join(row) for row in rows)).encode())
    assert read_addresses(path) == (Address(ROOM, "rooms.csv:2", "77"), Address(VIDEO, "rooms.csv:4"))


@pytest.mark.parametrize(
    ("name", "text", "cure"),
    [
        ("rooms.csv", f"link\n{ROOM}\n", "no column 'url'"),
        ("rooms.txt", "# nothing\n", "holds no address"),
        ("rooms.csv", "", "no column 'url'"),
    ],
)
def test_a_file_that_cannot_be_understood_is_named_with_its_cure(tmp_path, name, text, cure):
    path = write(tmp_path, name, text)
    with pytest.raises(UsageError, match=cure) as caught:
        read_addresses(path)
    assert str(path) in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(UsageError, match="cannot be read"):
        read_addresses(tmp_path / "none.txt")


def test_a_file_in_another_charset_is_named(tmp_path):
    path = tmp_path / "gbk.txt"
    path.write_bytes("房间 https://live.kuaishou.com/u/a".encode("gbk"))
    with pytest.raises(UsageError, match="not UTF-8"):
        read_addresses(path)


def test_the_same_page_given_twice_is_one_target():
    found = targets([Address(ROOM), Address(f"{ROOM}?fid=1"), Address(VIDEO)], SURFACES)
    assert [target.url for target in found] == [ROOM, VIDEO]


def test_every_stranger_is_named_with_where_it_stands():
    given = [Address(ROOM), Address("https://example.com/", "rooms.txt:7"), Address("nonsense", "rooms.txt:9")]
    with pytest.raises(UsageError) as caught:
        targets(given, SURFACES)
    assert "rooms.txt:7: https://example.com/" in str(caught.value)
    assert "rooms.txt:9: nonsense" in str(caught.value)
    assert ROOM not in str(caught.value)
    head, *lines = str(caught.value).splitlines()
    assert head.startswith("2 addresses are of pages that no surface knows (nothing was fetched)")
    assert [line.split(":")[0].strip() for line in lines[3:]] == list(SURFACES)


def test_one_stranger_is_told_as_one():
    with pytest.raises(UsageError, match=r"^1 address is of a page that no surface knows"):
        targets([Address("nonsense")], SURFACES)


def test_the_owner_given_beside_an_address_wins():
    assert targets([Address(ROOM, owner_id="77")], SURFACES)[0].owner_id == "77"


def test_an_owner_is_known_whichever_row_names_it():
    given = [Address(ROOM), Address(ROOM, owner_id="77"), Address(f"{ROOM}?fid=1", owner_id="77"), Address(ROOM)]
    assert [target.owner_id for target in targets(given, SURFACES)] == ["77"]


def test_a_page_given_with_several_owners_is_named_with_them():
    given = [Address(ROOM, "a.csv:2", "77"), Address(VIDEO, "a.csv:3", "1"), Address(f"{ROOM}?fid=1", "b.csv:9", "78")]
    with pytest.raises(UsageError) as caught:
        targets(given, SURFACES)
    head, line = str(caught.value).splitlines()
    assert head == "1 page is given with several owners (nothing was fetched); keep the right one:"
    assert line == f"  {ROOM}: 77 (a.csv:2), 78 (b.csv:9)"


def test_a_csv_file_that_is_none_is_named_with_the_cure(tmp_path):
    path = tmp_path / "rooms.csv"
    path.write_text('url\n"' + "x" * 140_000, encoding="utf-8")
    with pytest.raises(UsageError, match=r"rooms\.csv: is not CSV \(field larger .*close its quotes"):
        read_addresses(path)


@pytest.mark.parametrize(
    "pasted",
    [
        "快手看直播 https://v.kuaishou.com/t7Bb6xq 打开",
        "https://v.kuaishou.com/t7Bb6xq 复制此消息，打开【快手】直接观看！",
        "看【茶馆】https://v.kuaishou.com/t7Bb6xq，再看 https://www.example.com/",
        "https://v.kuaishou.com/t7Bb6xq https://v.kuaishou.com/t7Bb6xq",
    ],
)
def test_a_pasted_share_text_is_the_one_page_that_it_holds(tmp_path, pasted):
    path = write(tmp_path, "rooms.txt", f"{pasted}\n")
    assert [target.url for target in targets(read_addresses(path), SURFACES)] == ["https://v.kuaishou.com/t7Bb6xq"]


@pytest.mark.parametrize(
    ("pasted", "why"),
    [
        (f"看 {ROOM} 和 {VIDEO}", "holds 2 addresses of pages: write one a line"),
        ("快手看直播 https://www.example.com/ 打开", "holds no address of such a page"),
        ("快手看直播", "holds no address of such a page"),
    ],
)
def test_a_text_with_no_page_or_several_is_named_with_the_reason(tmp_path, pasted, why):
    path = write(tmp_path, "rooms.txt", f"{VIDEO}\n{pasted}\n")
    with pytest.raises(UsageError) as caught:
        targets(read_addresses(path), SURFACES)
    assert f"rooms.txt:2: {pasted} ({why})" in str(caught.value)
