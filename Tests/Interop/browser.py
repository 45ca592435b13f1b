"""A person in Chromium, with a passkey of the browser's own authenticator, at a server of ours.

    browser.py FACTS    with base, email, password: a JSON file. Prints "ok …" for each thing that went well.
"""
import json, sys
from urllib.parse import urlsplit
from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.virtual_authenticator import VirtualAuthenticatorOptions
from selenium.webdriver.support.ui import WebDriverWait

with open(sys.argv[1]) as file:
    facts = json.load(file)
base = facts["base"]


def browser(scripts=True):
    options = webdriver.ChromeOptions()
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(argument)
    options.binary_location = "/usr/bin/chromium"
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    if not scripts:
        options.add_experimental_option("prefs", {"profile.managed_default_content_settings.javascript": 2})
    return webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))


def authenticator(driver, verified):
    options = VirtualAuthenticatorOptions()
    options.protocol = VirtualAuthenticatorOptions.Protocol.CTAP2
    options.transport = VirtualAuthenticatorOptions.Transport.INTERNAL
    options.has_resident_key = True
    options.has_user_verification = True
    options.is_user_verified = verified
    driver.add_virtual_authenticator(options)


def fill(driver, **fields):
    for name, value in fields.items():
        shown = [each for each in driver.find_elements(By.NAME, name) if each.is_displayed()]
        shown[0].send_keys(value)


def press(driver, label):
    [each for each in driver.find_elements(By.TAG_NAME, "button") if each.text == label][0].click()


def until(driver, text):
    # A page that is just being left has elements that are gone.
    wait = WebDriverWait(driver, 10, ignored_exceptions=[WebDriverException])
    wait.until(lambda d: text in d.find_element(By.TAG_NAME, "body").text, f"no {text!r}")


def sign_in(driver):
    driver.get(base + "/login")
    fill(driver, email=facts["email"], password=facts["password"])
    press(driver, "Sign in")
    until(driver, "Your account")


def clean(driver):
    """Nothing of ours was forbidden by our own policy, and nothing failed."""
    problems = [entry for entry in driver.get_log("browser")
                if entry["level"] == "SEVERE" and "favicon" not in entry["message"]]
    assert not problems, problems


def ok(what):
    print("ok", what, flush=True)


driver = browser()
try:
    authenticator(driver, verified=True)
    sign_in(driver)
    ok("signed in with the password")
    driver.get(base + "/account/passkeys")
    fill(driver, name="laptop", password=facts["password"])
    press(driver, "Add a passkey")
    until(driver, "The passkey was added.")
    until(driver, "laptop")
    ok("added a passkey")
    fill(driver, password=facts["password"])
    press(driver, "Add a passkey")
    until(driver, "has a passkey for this account already")
    ok("was told that this device has one")
    driver.get(base + "/account")
    press(driver, "Sign out")
    until(driver, "You are signed out")
    driver.get(base + "/login/passkey?return=%2Faccount%2Fsessions")
    press(driver, "Sign in")
    until(driver, "this one")
    assert urlsplit(driver.current_url).path == "/account/sessions"
    until(driver, "Chrome on Linux")
    ok("signed in with the passkey alone")
    clean(driver)
    driver.set_user_verified(False)
    driver.delete_all_cookies()
    driver.get(base + "/login/passkey")
    press(driver, "Sign in")
    until(driver, "That did not work, or was cancelled.")
    ok("was not signed in without finger, face or PIN")
finally:
    driver.quit()

driver = browser(scripts=False)
try:
    sign_in(driver)
    for path, text in [
        ("/account/passkeys", "needs JavaScript"), ("/account/factor", "Set it up"), ("/account/sessions", "this one"),
        ("/account/email", "New e-mail address"), ("/account/password", "Present password"),
    ]:
        driver.get(base + path)
        until(driver, text)
    ok("saw every page without JavaScript")
    driver.get(base + "/account/factor")
    fill(driver, password=facts["password"])
    press(driver, "Set it up")
    until(driver, "Enter the code that it shows.")
    assert driver.find_element(By.CSS_SELECTOR, "svg.code").size["width"] > 150
    ok("was shown the picture without JavaScript")
finally:
    driver.quit()
