"""One style sheet, and files whose addresses change with their content."""

import re

import pytest


def test_the_style_sheet_is_one_and_may_be_kept_for_a_year(client):
    page = client.get("/").text
    [address] = re.findall(r'<link rel="stylesheet" href="([^"]+)"', page)
    sheet = client.get(address)
    assert sheet.mimetype == "text/css"
    assert sheet.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "Set-Cookie" not in sheet.headers
    assert "--" in sheet.text.partition("}")[0]  # the tokens come first


def test_an_old_address_of_the_style_sheet_still_styles_a_page_but_is_asked_for_again(client):
    sheet = client.get("/style-0123456789ab.css")
    assert sheet.status_code == 200 and sheet.headers["Cache-Control"] == "no-cache"


def test_a_file_is_there_under_the_address_that_a_page_names_and_kept(client):
    page = client.get("/").text
    addresses = {address.replace("&amp;", "&") for address in re.findall(r'(?:href|src)="(/static/[^"]+)"', page)}
    assert addresses
    for address in addresses:
        assert "v=" in address
        with client.get(address) as answer:
            assert answer.status_code == 200, address
            assert "max-age=31536000" in answer.headers["Cache-Control"]
            assert "Set-Cookie" not in answer.headers
            tag = answer.headers["ETag"]
        with client.get(address, headers={"If-None-Match": tag}) as again:
            assert again.status_code == 304


@pytest.mark.parametrize(
    "path", ["/static/../tracker/config.py", "/static/%2e%2e/run.py", "/static//etc/passwd", "/static/css", "/static/"]
)
def test_nothing_beside_the_folder_is_served(client, path):
    answer = client.get(path)
    if answer.status_code == 308:  # slashes are merged first
        answer = client.get(answer.location)
    assert answer.status_code == 404
    assert "SECRET_KEY" not in answer.text
