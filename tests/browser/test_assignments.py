"""The pages of the assignments and the boxes of mistakes in the built site: what a reader's browser is given."""

from __future__ import annotations

import filecmp
import html
import re
from pathlib import Path

import pytest

from rnnlab.exercises import find, names
from rnnlab.exercises.catalogue import ASSIGNMENTS

FUNCTIONS = [part for part in map(find, names()) if hasattr(part, "mistakes")]
CHAPTERS = sorted({function.chapter for function in FUNCTIONS})
every_assignment = pytest.mark.parametrize("name", ASSIGNMENTS)


def article(site: Path, page: str) -> str:
    """The main part of a built page."""
    text = (site / page).read_text(encoding="utf-8")
    return text[text.index("<article") : text.index("</article>")]


def words(markup: str) -> str:
    """The text of a piece of HTML, without its formulas, in single spaces."""
    plain = re.sub(r'<span class="katex">.*?</span></span></span>|<[^>]+>', " ", markup, flags=re.DOTALL)
    return " ".join(re.sub(r"[^\w]+", " ", html.unescape(plain)).split())


@every_assignment
def test_the_download_of_a_page_is_the_released_notebook_itself(site, course_root, name):
    page = site / f"book/assignments/{name}.html"
    [link] = re.findall(r'<a class="[^"]*\bdownload\b[^"]*"[^>]*href="([^"]+)"', article(site, page))
    file = (page.parent / link).resolve()
    assert file.name == f"{name}.ipynb"
    assert filecmp.cmp(file, course_root / f"exercises/{name}/{name}.ipynb", shallow=False)


@every_assignment
def test_a_page_shows_every_cell_as_code_that_has_not_run(site, name):
    text = article(site, f"book/assignments/{name}.html")
    notebook = text[text.index('id="the-notebook"') :]
    assert "cell_output" not in notebook
    assert notebook.count('class="house-cell house-cell-check') == sum(
        part.name.startswith(f"{name}.") for part in map(find, names())
    )
    assert "NotImplementedError" in notebook
    assert "BEGIN SOLUTION" not in text
    assert "MODEL ANSWER" not in text.upper()
    assert "nbgrader" not in notebook


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_the_box_of_a_chapter_has_every_mistake_of_its_functions(site, chapter):
    [page] = site.glob(f"book/part-*/{chapter}.html")
    text = article(site, page)
    box = text[text.index('<div class="house-box') :]
    box = box[: box.index("</section>")]
    own = [function for function in FUNCTIONS if function.chapter == chapter]
    assert box.count("<details") == len(own)
    assert box.count('class="house-idea"') == sum(len(function.mistakes) for function in own)
    for function in own:
        assert f"<code>{function.function_name}</code>" in box
        for mistake in function.mistakes:
            # A word that a symbol stands in is a formula on the page.
            beginning = re.split(r"\S*[_`{]\S*", mistake.summary, maxsplit=1)[0]
            assert words(beginning) in words(box)


def test_every_hint_that_names_a_section_leads_to_it(browser):
    browser.open("book/part-1/hidden-state.html")
    dead = browser.run(
        "return [...document.querySelectorAll('.house-idea a[href^=\"#\"]')]"
        ".filter(a => !document.getElementById(decodeURIComponent(a.hash.slice(1)))).map(a => a.href)"
    )
    links = browser.run("return document.querySelectorAll('.house-idea a').length")
    assert links > 50
    assert dead == []


def test_a_box_opens_with_the_keyboard(browser):
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys

    browser.open("book/part-1/hidden-state.html")
    summary = browser.driver.find_element(By.CSS_SELECTOR, ".house-box summary")
    assert not browser.run("return document.querySelector('.house-box details').open")
    summary.send_keys(Keys.ENTER)
    assert browser.run("return document.querySelector('.house-box details').open")
