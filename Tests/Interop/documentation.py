"""The page that describes the API, in Chromium: on a phone, on a desk, without JavaScript, on paper.

    documentation.py BASE    Prints "ok …" for each thing that went well.
"""
import base64, sys
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By

base = sys.argv[1]
page = base + "/documentation/api"


def browser():
    options = webdriver.ChromeOptions()
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(argument)
    options.binary_location = "/usr/bin/chromium"
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    return webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))


def resize(driver, width, height):
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
        "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600})


def clean(driver):
    problems = [entry for entry in driver.get_log("browser")
                if entry["level"] in ("SEVERE", "WARNING") and "favicon" not in entry["message"]]
    assert not problems, problems


def ok(what):
    print("ok", what, flush=True)


driver = browser()
try:
    for width, height in ((375, 812), (1280, 900)):
        resize(driver, width, height)
        driver.get(base + "/documentation")
        assert driver.current_url == page, driver.current_url
        # Nothing sticks out to the right, also not inside something that clips it.
        wide = driver.execute_script("""
            const width = document.documentElement.clientWidth;
            return [document.documentElement.scrollWidth - width].concat(
                [...document.querySelectorAll("body *")].filter(e => !e.classList.contains("skip"))
                    .filter(e => e.getBoundingClientRect().right > width + 1 || e.scrollWidth > e.clientWidth + 1
                        && ["PRE", "TABLE", "TD", "TH"].includes(e.tagName))
                    .map(e => e.tagName + " " + e.textContent.slice(0, 60)));""")
        assert wide == [0], wide[:10]
        clean(driver)
        ok(f"{width} pixels wide")
    assert driver.execute_script("return getComputedStyle(document.querySelector('pre')).whiteSpace") == "pre-wrap"
    levels = driver.execute_script(
        "return [...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(e => +e.tagName[1])")
    assert levels.count(1) == 1 and levels[0] == 1, levels[:3]
    assert all(after <= before + 1 for before, after in zip(levels, levels[1:])), "a level is left out"
    for landmark in ("header", "nav[aria-label]", "main"):
        assert len(driver.find_elements(By.CSS_SELECTOR, landmark)) == 1, landmark
    unnamed = driver.execute_script("""
        const named = e => document.getElementById(e.getAttribute("aria-labelledby"))?.textContent.trim();
        return [...document.querySelectorAll("section, article")].filter(e => !named(e)).length
            + [...document.querySelectorAll("table")].filter(e => !e.caption?.textContent.trim()).length
            + [...document.querySelectorAll("a")].filter(e => !e.textContent.trim()).length;""")
    assert unnamed == 0, unnamed
    ok("headings, landmarks and names")
    driver.find_element(By.CSS_SELECTOR, "nav a[href='#order_create']").click()
    assert driver.current_url.endswith("#order_create")
    top = driver.execute_script("return document.getElementById('order_create').getBoundingClientRect().top")
    assert -5 <= top <= 200, top
    ok("a link of the contents leads to its call")
    colours = []
    for scheme in ("light", "dark"):
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {
            "features": [{"name": "prefers-color-scheme", "value": scheme}]})
        colours.append(driver.execute_script("""
            const style = getComputedStyle(document.querySelector("h2 ~ p a, main a"));
            return style.color + getComputedStyle(document.body).color;"""))
    assert colours[0] != colours[1], colours
    ok("dark where that is preferred")
    driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    driver.get(page)
    assert "/api/container_services/{service_id}" in driver.find_element(By.TAG_NAME, "main").text
    ok("without JavaScript")
    pdf = base64.b64decode(driver.execute_cdp_cmd("Page.printToPDF", {})["data"])
    assert pdf.startswith(b"%PDF") and len(pdf) > 50_000, len(pdf)
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    assert not driver.find_element(By.TAG_NAME, "nav").is_displayed()
    ok("on paper, without the contents")
    clean(driver)
finally:
    driver.quit()
