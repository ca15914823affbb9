"""Every page of the site as a reader's browser shows it: complete, quiet, and never wider than the screen."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml

PHONE = 375
READABLE = 4.5

# Lightness of the text and of what lies behind it, as WCAG 2.2 defines contrast.
CONTRAST = """
const channel = c => { c /= 255; return c <= 0.03928 ? c / 12.92 : Math.pow((c + 0.055) / 1.055, 2.4); };
const light = rgb => 0.2126 * channel(rgb[0]) + 0.7152 * channel(rgb[1]) + 0.0722 * channel(rgb[2]);
const numbers = color => color.match(/[\\d.]+/g).map(Number);
const behind = element => {
  for (let e = element; e; e = e.parentElement) {
    const color = numbers(getComputedStyle(e).backgroundColor);
    if (color.length === 3 || color[3] === 1) return color;
  }
  return [255, 255, 255];
};
return [...document.querySelectorAll(arguments[0])].map(element => {
  const [a, b] = [light(numbers(getComputedStyle(element).color)), light(behind(element))];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
});
"""


def pages() -> list[str]:
    """Every page of the table of contents, and the search page."""
    toc = yaml.safe_load((Path(__file__).parents[2] / "_toc.yml").read_text())
    files = [toc["root"]] + [chapter["file"] for part in toc["parts"] for chapter in part["chapters"]]
    return [f"{file}.html" for file in files] + ["search.html"]


every_page = pytest.mark.parametrize("page", pages())


@every_page
def test_a_page_loads_without_an_error_and_from_one_host(browser, page):
    browser.requested()
    browser.open(page)
    hosts = {urlsplit(url).netloc for url in browser.requested() if url.startswith("http")}
    assert browser.errors() == []
    assert hosts == {urlsplit(browser.address).netloc}


@every_page
def test_a_page_fits_a_phone(browser, page):
    browser.open(page, width=PHONE)
    assert browser.run("return document.documentElement.scrollWidth") <= PHONE
    assert browser.run("return innerWidth") == PHONE


@every_page
def test_every_image_is_there_and_described(browser, page):
    browser.open(page)
    images = browser.run(
        "return [...document.images].filter(i => i.getClientRects().length).map("
        "i => [i.src, i.hasAttribute('alt'), i.complete && i.naturalWidth > 0])"
    )
    assert [image for image in images if not (image[1] and image[2])] == []
    figures = browser.run(
        "return [...document.querySelectorAll('article figure img')].map(i => i.alt.length)"
    )
    assert all(length > 20 for length in figures)


@every_page
def test_all_mathematics_is_rendered(browser, page):
    browser.open(page)
    counts = browser.run(
        "return ['.math', '.math .katex', '.katex-error'].map(s => document.querySelectorAll(s).length)"
    )
    formulas, rendered, errors = counts
    assert formulas == rendered
    assert errors == 0


def test_the_chapter_has_formulas_with_their_own_fonts(browser):
    browser.open("book/part-1/hidden-state.html")
    browser.run("return document.fonts.ready.then(() => 0)")
    assert browser.run("return document.querySelectorAll('.katex').length") > 50
    assert browser.run("return document.fonts.check('16px KaTeX_Main')")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@every_page
def test_text_and_captions_can_be_read_in_both_schemes(browser, page, scheme):
    browser.open(page, scheme=scheme)
    assert browser.run("return document.documentElement.dataset.theme") == scheme
    text = "article :is(p, li, figcaption, th, td, h2, h3, code, pre, pre span, summary, .admonition-title)"
    ratios = browser.driver.execute_script(CONTRAST, text)
    assert min(ratios, default=21) >= READABLE


def test_the_search_finds_the_chapter(browser):
    from selenium.webdriver.common.by import By
    from selenium.webdriver.support.ui import WebDriverWait

    browser.open("search.html?q=hidden+state")
    links = WebDriverWait(browser.driver, 20).until(
        lambda driver: driver.find_elements(By.CSS_SELECTOR, "#search-results a")
    )
    assert any("part-1/hidden-state.html" in link.get_attribute("href") for link in links)


def test_the_root_leads_to_the_landing_page(browser):
    from selenium.webdriver.support.ui import WebDriverWait

    browser.open("index.html")
    WebDriverWait(browser.driver, 10).until(lambda driver: driver.current_url.endswith("book/index.html"))
