#!/usr/bin/env python3
"""The page of an API in a browser: what stands in the document can be found, read and tried, by keyboard too."""

import contextlib, json, re, shutil, urllib.request

from harness import Program, Skip, run

try:
    from playwright.sync_api import expect, sync_playwright
except ImportError:
    sync_playwright = None

# No port is asked for that somebody else may have: users alone, on a free one.
USERS = ("tradewind", "--services", "users")
KEY = "a-key-of-this-test-alone-that-is-long-enough"


@contextlib.contextmanager
def page(program, path="/api/docs", **options):
    """The page as a person with that window has it. What the browser complains of fails the test."""
    if not sync_playwright or not shutil.which("chromium"):
        raise Skip("playwright or chromium is not installed")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        complaints = []
        shown = browser.new_context(**options).new_page()
        shown.on("pageerror", lambda error: complaints.append(str(error)))
        shown.on("requestfailed", lambda request: complaints.append(f"{request.url}: {request.failure}"))
        shown.on("console", lambda line: complaints.append(line.text) if "Content Security" in line.text else None)
        shown.goto(f"http://127.0.0.1:{program.port}{path}")
        yield shown
        assert not complaints, complaints
        browser.close()


def users(**settings):
    return Program(*USERS, USERS_PORT=0, **settings)


def every_operation_is_shown():
    with users() as program:
        with urllib.request.urlopen(f"http://127.0.0.1:{program.port}/api/docs/openapi.json") as answer:
            document = json.load(answer)
        count = sum(len(item) for item in document["paths"].values())
        with page(program) as shown:
            expect(shown.locator("details.operation")).to_have_count(count)
            expect(shown).to_have_title("Users API")
            urls = shown.evaluate("performance.getEntriesByType('resource').map(entry => entry.name)")
            assert all(url.startswith(f"http://127.0.0.1:{program.port}/api/docs/") for url in urls), urls


def an_operation_is_tried():
    with users() as program, page(program, "/api/docs#post-api-users") as shown:
        block = shown.locator("#post-api-users")
        assert json.loads(block.locator("textarea").input_value())["email"] == "john.doe@example.com"
        block.get_by_role("button", name="Send").click()
        expect(block.locator(".answer .status")).to_have_text("201 Created")
        user = json.loads(block.locator("pre").inner_text())
        block.locator("textarea").fill("{")
        block.locator("textarea").press("Control+Enter")
        expect(block.locator(".answer .status")).to_have_text("400 Bad Request")

        shown.goto(f"http://127.0.0.1:{program.port}/api/docs#get-api-users-id")
        block = shown.locator("#get-api-users-id")
        block.locator("input[name=id]").fill(user["id"])
        block.get_by_role("button", name="Send").click()
        expect(block.locator("pre")).to_contain_text(user["email"])
        block.get_by_text("Headers").click()
        expect(block.locator("dl").first).to_contain_text("etag")


def credentials_are_sent():
    with users(AUTH_REQUIRED="true", API_KEY=KEY) as program, page(
            program, "/api/docs#get-api-users") as shown:
        block = shown.locator("#get-api-users")
        block.get_by_role("button", name="Send").click()
        expect(block.locator(".answer .status")).to_have_text("401 Unauthorized")
        shown.get_by_label("API key").fill(KEY)
        block.get_by_role("button", name="Send").click()
        expect(block.locator(".answer .status")).to_have_text("200 OK")
        shown.get_by_label("Bearer token").fill("no token")
        block.get_by_role("button", name="Send").click()
        expect(block.locator(".answer .status")).to_have_text("401 Unauthorized")


def a_keyboard_is_enough():
    with users() as program, page(program) as shown:
        expect(shown.locator("details.operation").first).to_be_visible()
        shown.keyboard.press("/")
        shown.keyboard.type("delete")
        expect(shown.locator("details.operation:visible")).to_have_count(1)
        expect(shown.get_by_role("status")).to_have_text(re.compile("1 of [0-9]+ operations"))
        focused = "document.activeElement.parentElement.id"
        for _ in range(20):
            shown.keyboard.press("Tab")
            if shown.evaluate(focused) == "delete-api-users-id":
                break
        shown.keyboard.press("Enter")
        expect(shown.locator("#delete-api-users-id .try")).to_be_visible()
        assert shown.url.endswith("#delete-api-users-id"), shown.url


def it_fits_any_window():
    with users() as program:
        for width in (360, 768, 1440, 2560):
            for scheme in ("light", "dark"):
                size = {"width": width, "height": 800}
                with page(program, "/api/docs#put-api-users-id", viewport=size, color_scheme=scheme) as shown:
                    expect(shown.locator("#put-api-users-id summary").first).to_be_in_viewport()
                    assert not shown.evaluate("document.documentElement.scrollWidth > innerWidth"), width
                    back, ink = shown.evaluate(
                        "(({backgroundColor, color}) => [backgroundColor, color])(getComputedStyle(document.body))")
                    assert (lightness(back) > lightness(ink)) == (scheme == "light"), (back, ink)


def lightness(colour):
    return sum(map(int, re.findall(r"\d+", colour)[:3]))


def it_works_below_a_path():
    with users(PROXY_BASE_PATH="/below") as program, page(program, "/below/api/docs#get-api-users") as shown:
        block = shown.locator("#get-api-users")
        with shown.expect_request("**/below/api/users"):
            block.get_by_role("button", name="Send").click()
        expect(block.locator(".answer .status")).to_have_text("200 OK")


run([
    ("the page shows every operation, and asks nobody but its own service", every_operation_is_shown),
    ("an operation is tried from its example, and again by the keyboard", an_operation_is_tried),
    ("a key and a token are sent along", credentials_are_sent),
    ("search, opening and the link to an operation need no mouse", a_keyboard_is_enough),
    ("it fits windows from 360 pixels on, in light and dark", it_fits_any_window),
    ("it works below a proxy's path", it_works_below_a_path),
])
