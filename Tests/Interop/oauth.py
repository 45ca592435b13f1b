"""Every grant of a running Berth, by the libraries that integrators use: requests-oauthlib and Authlib.

Its argument is a file with one JSON object: base, client_id, client_secret, public_id, username, password (an API key
pair), email, login (what the person signs in with), device_id (a public client that may use the device grant).
Ends with status 0 and one line per check when all is well.
"""

import html
import json
import os
import re
import sys
import time
from urllib.parse import parse_qs, urlsplit

# The server of the test speaks http on the loopback address.
os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"
# oauthlib takes a narrower scope than asked for as an error otherwise.
os.environ["OAUTHLIB_RELAX_TOKEN_SCOPE"] = "1"

import requests
from authlib.common.security import generate_token
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session as AuthlibSession
from oauthlib.oauth2 import BackendApplicationClient, DeviceClient, LegacyApplicationClient
from oauthlib.oauth2.rfc6749.errors import InvalidClientError, InvalidGrantError, InvalidScopeError, OAuth2Error
from requests.auth import HTTPBasicAuth
from requests_oauthlib import OAuth2Session

with open(sys.argv[1]) as file:
    world = json.load(file)
BASE = world["base"]
TOKEN, AUTHORIZE = BASE + "/api/oauth/token", BASE + "/api/oauth/authorize"
DEVICE, ACTIVATE = BASE + "/api/oauth/device_authorization", BASE + "/activate"
DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
REVOKE, INTROSPECT = BASE + "/api/oauth/revoke", BASE + "/api/oauth/introspect"
REDIRECT = "http://127.0.0.1/callback"
CLIENT = HTTPBasicAuth(world["client_id"], world["client_secret"])


def check(what, holds):
    """Says what holds; ends the run when it does not."""
    if not holds:
        sys.exit(f"FAILED: {what}")
    print(f"ok {what}")


def refused(what, error, call):
    try:
        call()
    except error:
        print(f"ok {what}")
    else:
        sys.exit(f"FAILED: {what} was not refused")


class Person:
    """Somebody at a browser without JavaScript."""

    def __init__(self):
        self.browser = requests.Session()

    def fields(self, page):
        found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', page)
        return {name: html.unescape(value) for name, value in found}

    def decide(self, address, decision):
        """Follows `address`, signs in when asked, decides, and returns where the browser is sent."""
        page = self.open(address)
        check("the consent page is shown", "to use your account?" in page.text)
        form = self.fields(page.text) | {"decision": decision, "projects": "all"}
        answer = self.browser.post(AUTHORIZE, data=form, allow_redirects=False)
        check("the browser is sent back with 303", answer.status_code == 303)
        return answer.headers["Location"]

    def open(self, address):
        """Follows `address`, and signs in when asked."""
        page = self.browser.get(address)
        if urlsplit(page.url).path == "/login":
            form = self.fields(page.text) | {"email": world["email"], "password": world["login"]}
            page = self.browser.post(BASE + "/login", data=form)
        return page

    def activate(self, address, decision, code=None):
        """Follows what a device shows, enters `code` when it is not in the address, and decides."""
        page = self.open(address)
        if code:
            page = self.browser.post(ACTIVATE, data=self.fields(page.text) | {"user_code": code})
        check("the page warns of codes of others", "choose Deny" in page.text)
        form = self.fields(page.text) | {"decision": decision, "projects": "all"}
        answer = self.browser.post(ACTIVATE, data=form)
        check(f"the person chooses to {decision}", answer.status_code == 200)


def with_requests_oauthlib():
    session = OAuth2Session(client=BackendApplicationClient(client_id=world["client_id"]), scope=["public"])
    token = session.fetch_token(TOKEN, auth=CLIENT)
    check("requests-oauthlib: client credentials", token["scope"] == ["public"] and "refresh_token" not in token)
    check("requests-oauthlib: the token opens the API", session.get(BASE + "/api/version").status_code == 200)

    session = OAuth2Session(client=LegacyApplicationClient(client_id=world["client_id"], scope=["project_read"]))
    pair = {"username": world["username"], "password": world["password"]}
    session.fetch_token(TOKEN, auth=CLIENT, **pair)
    check("requests-oauthlib: an API key pair", session.get(BASE + "/api/projects").status_code == 200)
    refused(
        "requests-oauthlib: a wrong pair", InvalidGrantError,
        lambda: session.fetch_token(TOKEN, auth=CLIENT, username=pair["username"], password="wrong"))
    refused(
        "requests-oauthlib: a wrong secret", InvalidClientError,
        lambda: session.fetch_token(TOKEN, auth=HTTPBasicAuth(world["client_id"], "wrong"), **pair))

    session = OAuth2Session(world["client_id"], redirect_uri=REDIRECT, scope=["project_read"], pkce="S256")
    address, state = session.authorization_url(AUTHORIZE)
    location = Person().decide(address, "allow")
    check("requests-oauthlib: state comes back", parse_qs(urlsplit(location).query)["state"] == [state])
    check("requests-oauthlib: iss is the issuer", parse_qs(urlsplit(location).query)["iss"] == [BASE])
    first = session.fetch_token(TOKEN, authorization_response=location, client_secret=world["client_secret"])
    check("requests-oauthlib: code with PKCE", session.get(BASE + "/api/projects").status_code == 200)
    second = session.refresh_token(TOKEN, auth=CLIENT)
    check("requests-oauthlib: refresh rotates", second["refresh_token"] != first["refresh_token"])
    session.scope = ["project_read", "profile_read"]
    refused(
        "requests-oauthlib: a wider scope at refresh", InvalidScopeError,
        lambda: session.refresh_token(TOKEN, auth=CLIENT))


def with_authlib():
    session = AuthlibSession(world["client_id"], world["client_secret"], scope="public")
    token = session.fetch_token(TOKEN, grant_type="client_credentials")
    check("Authlib: client credentials", session.get(BASE + "/api/container_images").status_code == 200)
    answer = session.introspect_token(INTROSPECT, token=token["access_token"]).json()
    check("Authlib: introspection", answer["active"] and answer["client_id"] == world["client_id"])
    session.revoke_token(REVOKE, token=token["access_token"])
    check("Authlib: a revoked token is refused", session.get(BASE + "/api/version").status_code == 403)
    answer = session.introspect_token(INTROSPECT, token=token["access_token"]).json()
    check("Authlib: and no longer active", answer == {"active": False})

    post = AuthlibSession(
        world["client_id"], world["client_secret"], scope="project_read",
        token_endpoint_auth_method="client_secret_post")
    post.fetch_token(TOKEN, username=world["username"], password=world["password"])
    check("Authlib: an API key pair, secret in the body", post.get(BASE + "/api/projects").status_code == 200)

    public = AuthlibSession(
        world["public_id"], scope="project_read", redirect_uri="http://127.0.0.1:5173/callback",
        token_endpoint_auth_method="none", code_challenge_method="S256")
    verifier = generate_token(64)
    address, state = public.create_authorization_url(AUTHORIZE, code_verifier=verifier)
    person = Person()
    location = person.decide(address, "allow")
    token = public.fetch_token(TOKEN, authorization_response=location, state=state, code_verifier=verifier)
    check("Authlib: a public client on another port", public.get(BASE + "/api/projects").status_code == 200)
    public.refresh_token(TOKEN, refresh_token=token["refresh_token"])
    check("Authlib: refresh of a public client", public.get(BASE + "/api/projects").status_code == 200)
    address, _ = public.create_authorization_url(AUTHORIZE, code_verifier=verifier)
    location = person.decide(address, "deny")
    check("Authlib: a person says no", parse_qs(urlsplit(location).query)["error"] == ["access_denied"])


def device_errors(call):
    """What a device is told instead of a token."""
    try:
        call()
    except OAuthError as problem:
        return problem.error
    except OAuth2Error as problem:
        return problem.error
    return None


def with_devices():
    person = Person()

    # Neither library asks for the codes itself; oauthlib knows how to ask for the token.
    form = {"client_id": world["device_id"], "scope": "project_read"}
    started = requests.post(DEVICE, data=form).json()
    check("device: what RFC 8628 requires is there", {
        "device_code", "user_code", "verification_uri", "verification_uri_complete", "expires_in", "interval",
    } <= started.keys())
    session = OAuth2Session(client=DeviceClient(world["device_id"], scope=["project_read"]))

    def poll():
        return session.fetch_token(TOKEN, device_code=started["device_code"], include_client_id=True)

    check("device: nobody has decided", device_errors(poll) == "authorization_pending")
    check("device: too soon", device_errors(poll) == "slow_down")
    person.activate(started["verification_uri"], "allow", code=started["user_code"].lower())
    time.sleep(started["interval"] + 5)
    poll()
    check("requests-oauthlib: a device", session.get(BASE + "/api/projects").status_code == 200)
    check("device: its code is good once", device_errors(poll) == "invalid_grant")

    public = AuthlibSession(world["device_id"], scope="project_read", token_endpoint_auth_method="none")
    started = requests.post(DEVICE, data=form).json()
    person.activate(started["verification_uri_complete"], "allow")
    token = public.fetch_token(TOKEN, grant_type=DEVICE_GRANT, device_code=started["device_code"])
    check("Authlib: a device", public.get(BASE + "/api/projects").status_code == 200)
    check("device: no refresh token", "refresh_token" not in token)
    public.revoke_token(REVOKE, token=token["access_token"])
    check("Authlib: a device's token is revoked", public.get(BASE + "/api/projects").status_code == 403)

    started = requests.post(DEVICE, data=form).json()
    person.activate(started["verification_uri_complete"], "deny")
    denied = device_errors(
        lambda: public.fetch_token(TOKEN, grant_type=DEVICE_GRANT, device_code=started["device_code"]))
    check("device: a person says no", denied == "access_denied")

    refusal = requests.post(DEVICE, data={"client_id": world["public_id"]}).json()
    check("device: not for every client", refusal["error"] == "unauthorized_client")


def with_metadata():
    found = requests.get(BASE + "/.well-known/oauth-authorization-server").json()
    check("the metadata names the endpoints", found["token_endpoint"] == TOKEN and found["issuer"] == BASE)
    check("and where devices ask", found["device_authorization_endpoint"] == DEVICE)
    check("and where people are asked", found["authorization_endpoint"] == AUTHORIZE)


with_metadata()
with_requests_oauthlib()
with_authlib()
with_devices()
