"""The report as a page, in the hands of a reader."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import pairwise
from time import monotonic

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.select import Select
from selenium.webdriver.support.ui import WebDriverWait

from tests.browser.conftest import Browser, look
from tests.tierpolicies.report.samples import NASTY, report
from tierpolicies.report import html

Shown = Callable[[str], Browser]


@pytest.fixture
def page(shown: Shown) -> Browser:
    return shown(html.render(report(40, base=True)))


def listed(browser: Browser) -> list[str]:
    """What the items that are shown are headed, in their order."""
    titles = "[...document.querySelectorAll('#list > li:not([hidden]) h3')].map(e => e.textContent)"
    found: list[str] = browser.execute_script(f"return {titles}")
    return found


def status(browser: Browser) -> str:
    return browser.find_element(By.ID, "shown").text


def wait_for(browser: Browser, told: str) -> None:
    WebDriverWait(browser, 5, 0.02).until(lambda driver: status(driver) == told)


def choose(browser: Browser, name: str, value: str) -> None:
    Select(browser.find_element(By.ID, name)).select_by_value(value)


def test_what_is_typed_filters(page: Browser) -> None:
    assert status(page) == "40 of 40 findings"
    page.find_element(By.ID, "text").send_keys("limit WEB-2")
    wait_for(page, "3 of 40 findings")
    assert all("memory limit" in each for each in listed(page))
    assert len(listed(page)) == 3


def test_what_nothing_is_like_is_told(page: Browser) -> None:
    page.find_element(By.ID, "text").send_keys("no such thing")
    wait_for(page, "0 of 40 findings")
    assert page.find_element(By.ID, "nothing").is_displayed()
    page.find_element(By.CSS_SELECTOR, "button[type=reset]").click()
    wait_for(page, "40 of 40 findings")
    assert not page.find_element(By.ID, "nothing").is_displayed()


def test_severity_family_and_state_filter_together(page: Browser) -> None:
    page.find_element(By.CSS_SELECTOR, "input[value=note]").click()
    assert status(page) == "32 of 40 findings"
    page.find_element(By.CSS_SELECTOR, "input[value=warning]").click()
    assert {each.split()[0] for each in listed(page)} == {"error"}
    choose(page, "family", "security")
    assert status(page) == "8 of 40 findings"
    choose(page, "state", "new")
    new = listed(page)
    choose(page, "state", "open")
    open_ = listed(page)
    choose(page, "state", "waived")
    assert len(new) + len(open_) + len(listed(page)) == 8
    assert not set(new) & set(open_)


def test_findings_are_sorted(page: Browser) -> None:
    script = "return [...document.querySelectorAll('#list > li .where strong')].map(e => e.textContent)"
    by_severity = listed(page)
    choose(page, "sort", "3")
    objects = page.execute_script(script)
    assert objects == sorted(objects)
    page.find_element(By.ID, "reverse").click()
    assert page.execute_script(script) == objects[::-1]
    page.find_element(By.CSS_SELECTOR, "button[type=reset]").click()
    WebDriverWait(page, 5, 0.02).until(lambda driver: listed(driver) == by_severity)


def test_a_reader_without_a_mouse_reaches_everything(page: Browser) -> None:
    def focused() -> str:
        name = "const e = document.activeElement; return e.id || e.value || e.innerText || e.tagName"
        return str(page.execute_script(name))

    def press(*keys: str) -> None:
        for key in keys:
            page.switch_to.active_element.send_keys(key)

    press(Keys.TAB)
    assert focused() == "Skip to the findings"
    style_of_focus = "const s = getComputedStyle(document.activeElement);"
    outline = f"{style_of_focus} return [s.outlineStyle, parseFloat(s.outlineWidth)]"
    order = []
    for _ in range(20):
        press(Keys.TAB)
        style, width = page.execute_script(outline)
        assert (style, width > 1) == ("solid", True), f"nobody sees that {focused()} has the focus"
        order.append(focused())
    assert order.index("theme") < order.index("text") < order.index("error") < order.index("state")
    assert order.index("state") < order.index("family") < order.index("sort") < order.index("reverse")

    page.execute_script("document.querySelector('input[value=note]').focus()")
    press(Keys.SPACE)
    assert status(page) == "32 of 40 findings"
    page.execute_script("document.getElementById('text').focus()")
    press("privileged", Keys.ENTER)
    wait_for(page, "8 of 40 findings")
    assert page.current_url.endswith("report.html"), "enter sends nothing anywhere"
    fold = page.find_element(By.CSS_SELECTOR, "details > summary")
    page.execute_script("arguments[0].focus()", fold)
    press(Keys.ENTER)
    assert page.execute_script("return arguments[0].parentElement.open", fold)


def test_a_rule_opens_where_a_finding_leads_to_it(page: Browser) -> None:
    page.find_element(By.LINK_TEXT, "security/privileged").send_keys(Keys.ENTER)
    rule = page.find_element(By.ID, "rule-security-privileged")
    WebDriverWait(page, 5, 0.02).until(lambda _: rule.get_attribute("open"))
    assert "Why is this bad" in rule.text
    assert page.execute_script("return document.activeElement.parentElement.id") == "rule-security-privileged"


def test_landmarks_names_and_a_live_count(page: Browser) -> None:
    tree = page.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    roles: dict[str, list[str]] = {}
    for node in tree:
        if not node.get("ignored"):
            roles.setdefault(node["role"]["value"], []).append(node.get("name", {}).get("value", ""))
    assert {"banner", "main", "search", "status", "region", "table"} <= roles.keys()
    assert len(roles["main"]) == len(roles["banner"]) == 1
    for role in ("button", "combobox", "checkbox", "searchbox", "region", "link"):
        assert all(roles[role]), role
    shown = page.find_element(By.ID, "shown")
    assert shown.get_attribute("role") == "status"
    levels = page.execute_script(
        "return [...document.querySelectorAll('h1,h2,h3,h4')].map(e => +e.tagName[1])"
    )
    assert levels[0] == 1
    assert all(after <= before + 1 or after == 4 for before, after in pairwise(levels))


CONTRAST = """
const channel = (c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
const light = (c) => { const [r, g, b] = c.match(/[\\d.]+/g).map(Number).map(channel);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
const back = (e) => { for (; e; e = e.parentElement) {
  const c = getComputedStyle(e).backgroundColor;
  if (!/, 0\\)$/.test(c)) return c; }
  return 'rgb(255, 255, 255)'; };
const texts = 'h1, h2, h3, p, a, code, b, strong, summary, th, td, label, button, .tag, .severity';
const low = [];
for (const e of document.querySelectorAll(texts)) {
  const [a, b] = [light(getComputedStyle(e).color), light(back(e))].sort((x, y) => y - x);
  const ratio = (a + 0.05) / (b + 0.05);
  if (ratio < 4.5) low.push([e.tagName, e.className, e.textContent.slice(0, 30), ratio]);
}
return low;
"""


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_colours_are_the_systems_and_can_be_read(page: Browser, dark: bool) -> None:
    look(page, dark=dark)
    background = "return getComputedStyle(document.body).backgroundColor"
    before = page.execute_script(background)
    assert (int(before.removeprefix("rgb(").split(",")[0]) < 128) == dark
    assert page.execute_script(CONTRAST) == []
    button = page.find_element(By.ID, "theme")
    button.click()
    if not dark:
        button.click()
    assert page.execute_script(background) != before, "the reader's choice counts more"
    assert page.execute_script(CONTRAST) == []
    told = button.text
    page.refresh()
    assert page.find_element(By.ID, "theme").text == told, "it is remembered"
    page.execute_script("localStorage.clear()")


@pytest.mark.parametrize("texts", [(), NASTY], ids=["plain", "nasty"])
@pytest.mark.parametrize("width", [320, 600, 1200])
def test_no_window_is_too_narrow(shown: Shown, browser: Browser, texts: tuple[str, ...], width: int) -> None:
    look(browser, width=width)
    page = shown(html.render(report(60, texts=texts, base=True)))
    page.execute_script("for (const each of document.querySelectorAll('details')) each.open = true")
    assert page.execute_script("return document.documentElement.scrollWidth") <= width


def test_no_text_runs_or_fetches_anything(shown: Shown) -> None:
    page = shown(html.render(report(len(NASTY) * 3, texts=NASTY, base=True)))
    page.find_element(By.ID, "text").send_keys("evil")
    asked = []
    for entry in page.get_log("performance"):
        message = json.loads(entry["message"])["message"]
        if message["method"] == "Network.requestWillBeSent":
            asked.append(message["params"]["request"]["url"])
    assert [each for each in asked if not each.startswith(("file://", "data:", "about:"))] == []
    assert len({each for each in asked if each.startswith("file://")}) == 1
    assert (
        page.execute_script(
            "return document.querySelectorAll('img, iframe, script:not(main + script)').length"
        )
        == 0
    )


def test_without_scripts_everything_is_there(shown: Shown, browser: Browser) -> None:
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    page = shown(html.render(report(40, base=True)))
    assert len(page.find_elements(By.CSS_SELECTOR, "#list > li")) == 40
    assert all(each.is_displayed() for each in page.find_elements(By.CSS_SELECTOR, "#list > li"))
    assert not page.find_element(By.ID, "filters").is_displayed(), "nothing that does not work is shown"
    assert not page.find_element(By.ID, "theme").is_displayed()
    assert page.find_element(By.CSS_SELECTOR, "#rule-security-privileged pre").is_displayed()
    assert "40 of 40 findings" in page.find_element(By.TAG_NAME, "main").text


def test_on_paper_everything_is_there(page: Browser) -> None:
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    page.execute_script("dispatchEvent(new Event('beforeprint'))")
    assert not page.find_element(By.ID, "filters").is_displayed()
    assert all(page.execute_script("return [...document.querySelectorAll('details')].map(e => e.open)"))
    page.execute_script("dispatchEvent(new Event('afterprint'))")
    assert not any(page.execute_script("return [...document.querySelectorAll('details')].map(e => e.open)"))
    assert page.execute_cdp_cmd("Page.printToPDF", {})["data"]


def test_five_thousand_findings_are_no_burden(shown: Shown) -> None:
    text = html.render(report(5000, base=True))
    start = monotonic()
    page = shown(text)
    assert monotonic() - start < 15
    assert status(page) == "5,000 of 5,000 findings"
    for change, told in (
        ("document.getElementById('text').value = 'web-4999'", "1 of 5,000 findings"),
        ("document.getElementById('text').value = ''; document.getElementById('sort').value = '1'", None),
    ):
        start = monotonic()
        page.execute_script(
            f"{change}; document.getElementById('filters').dispatchEvent(new Event('change'));"
            "document.body.offsetHeight"
        )
        assert status(page) == (told or "5,000 of 5,000 findings")
        assert monotonic() - start < 5, "a moment, even on a busy machine"
