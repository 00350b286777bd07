#!/usr/bin/env python3
"""The dashboard in Chromium: what one sees and does there, by mouse, by keyboard, by ear; narrow, dark, and fast."""

import contextlib, functools, getpass, pathlib, re, shutil, socket, subprocess, tempfile

from harness import BIN, SANITIZER, Program, Skip, eventually, run
from stage import FRONTEND, PASSWORD, ROOT, PlaywrightError, System, browser

STAGE = contextlib.ExitStack()
#: The channels are left out: how the pages are when a service is away is part of what they promise.
SERVICES = "users,orders,payments,auth,gateway"
PAGES = ["", "signals", "traces", "events", "users", "orders", "payments", "channels", "letters", "outbox"]
#: Roles whose elements mean nothing without a name.
NAMED = {
    "button", "link", "textbox", "searchbox", "combobox", "img", "image", "dialog", "navigation", "table", "article",
}
AUDIT = (ROOT / "Tests/Interop/audit.js").read_text().split("\n", 1)[1]


@functools.cache
def chromium():
    return STAGE.enter_context(browser())


@functools.cache
def system():
    """One for all tests that do not stop it."""
    return STAGE.enter_context(System(SERVICES))


@functools.cache
def with_channels():
    own = STAGE.enter_context(System())
    if own.ask("/api/signals")[0] != 200:
        raise Skip("the channels service is not among those of the program")
    return own


@contextlib.contextmanager
def page(at="", of=None, width=1280, height=860, **options):
    """A fresh browser's view; what it complains of fails the test."""
    of = of or system()
    context = chromium().new_context(viewport={"width": width, "height": height}, **options)
    seen = context.new_page()
    seen.set_default_timeout(30_000)
    complaints = []
    seen.on("pageerror", lambda error: complaints.append(str(error)))
    # That an answer was not 200 the browser says, too, and pages are meant to live with it.
    seen.on("console", lambda line: complaints.append(line.text)
            if line.type in ("error", "warning") and "Failed to load resource" not in line.text
            and "WebSocket connection" not in line.text else None)
    seen.goto(f"{of.url}/#/{at}")
    try:
        yield seen
        assert not complaints, complaints
    finally:
        context.close()


def cut_off(seen):
    """Words that reach beyond the edge of the window, whether one can scroll there or not."""
    return seen.evaluate("""() => {
        const walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT), found = []
        while (walker.nextNode()) {
            const range = document.createRange()
            range.selectNodeContents(walker.currentNode)
            const hasDots = getComputedStyle(walker.currentNode.parentElement).textOverflow === "ellipsis"
            const isUnseen = walker.currentNode.parentElement.closest(".hidden")
            if (hasDots || isUnseen) continue
            if ([...range.getClientRects()].some(box => box.right > innerWidth + 1 || box.left < -1)) {
                found.push(walker.currentNode.data)
            }
        }
        return found
    }""")


def overflow(seen):
    return seen.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def expect(seen, selector, text=None, timeout=30_000):
    """The element, as soon as it is there."""
    found = seen.locator(selector, has_text=text) if text else seen.locator(selector)
    found.first.wait_for(timeout=timeout)
    return found.first


# What one sees


def a_user_lights_up_the_chain():
    with page() as seen:
        expect(seen, ".link.live:visible")
        edges = ["user.created", "order.created", "payment.completed", "order.paid"]
        for topic in edges:
            expect(seen, f'.edge[data-topic="{topic}"][data-heard="0"]')
        system().create_user("Chain Watcher")
        for topic in edges:
            expect(seen, f'.edge.lit[data-topic="{topic}"]')
            # The welcome order is one order, with one payment.
            expect(seen, f'.edge[data-topic="{topic}"][data-heard="1"]')
        expect(seen, ".edge.busy .edge-rate", "/ s")
        expect(seen, ".latest .topic", "order.paid")
        assert "user.created: 0.1 a second" in seen.locator(".chain-place ul").inner_text()


def overview_says_who_is_away():
    with page() as seen:
        expect(seen, ".service.is-away", "channels")
        expect(seen, ".about", "channels is away")
        expect(seen, ".service.is-up", "orders")
        for name in ("gateway", "users", "payments", "auth"):
            card = expect(seen, f".service.svc-{name}.is-up")
            assert re.search(r"\d+(\.\d)? MiB", card.inner_text()), card.inner_text()


def a_user_is_created_in_a_form():
    with page("users") as seen:
        seen.get_by_role("button", name="New user").first.click()
        seen.get_by_label("Name").fill("Form Filler")
        seen.get_by_label("Email").fill("form.filler@example.com")
        seen.get_by_label("Password").fill(PASSWORD)
        seen.get_by_role("button", name="Create user").click()
        expect(seen, "tr.touched, tbody tr", "form.filler@example.com")
        expect(seen, ".toast", "The user is created")
        assert seen.locator("dialog").count() == 0


def errors_stand_at_their_fields():
    with page("users") as seen:
        seen.get_by_role("button", name="New user").first.click()
        seen.get_by_label("Email").fill("nobody")
        seen.get_by_label("Password").fill("short")
        seen.get_by_role("button", name="Create user").click()
        expect(seen, '[data-field="email"].wrong .error', "email address")
        expect(seen, '[data-field="password"].wrong .error', "8 to 72")
        expect(seen, '[data-field="name"].wrong .error', "1 to 100")
        for label in ("Name", "Email", "Password"):
            field = seen.get_by_label(label)
            assert field.get_attribute("aria-invalid") == "true", label
            described = field.get_attribute("aria-describedby").split()
            assert any(seen.locator(f"#{it}").inner_text() for it in described), label
        assert seen.evaluate("document.activeElement.name") == "name"  # the first that is wrong
        seen.get_by_label("Name").fill("Now Right")
        seen.get_by_role("button", name="Create user").click()
        expect(seen, '[data-field="email"].wrong')
        eventually(lambda: seen.locator('[data-field="name"].wrong').count() == 0, what="the end of the error")


def errors_stand_at_the_items_of_an_order():
    with page("orders") as seen:
        seen.get_by_role("button", name="New order").first.click()
        seen.get_by_role("button", name="Add a line").click()
        second = seen.locator(".form-row").nth(1)
        second.get_by_label("Product").fill("product-lamp")
        second.get_by_label("Quantity").fill("2")
        second.get_by_label("Price").fill("29.999")
        seen.get_by_role("button", name="Place order").click()
        expect(seen, '[data-field="userId"].wrong')
        expect(seen, '[data-field="items[0].productId"].wrong')
        expect(seen, '[data-field="items[1].price"].wrong')
        assert seen.locator('[data-field="items[1].productId"].wrong').count() == 0


def an_order_is_placed_and_paid_before_ones_eyes():
    user = system().create_user("Order Placer")["id"]
    with page(f"orders?userId={user}") as seen:
        expect(seen, "tbody tr", "product-welcome")
        seen.get_by_role("button", name="New order").first.click()
        row = seen.locator(".form-row")
        row.get_by_label("Product").fill("product-lamp")
        row.get_by_label("Price").fill("12.50")
        seen.get_by_role("button", name="Place order").click()
        paid = expect(seen, "tbody tr", "product-lamp")
        eventually(lambda: "paid" in paid.inner_text(), 30, "the payment")


def lists_are_searched_and_paged():
    user = system().create_user("Page Turner")["id"]
    for number in range(30):
        system().place_order(user, f"product-{number}")
    with page(f"orders?userId={user}") as seen:
        expect(seen, "tbody tr", "product-29")
        assert seen.locator("tbody tr").count() == 25
        seen.get_by_role("button", name="Older").click()
        expect(seen, "tbody tr", "product-welcome")
        assert seen.locator("tbody tr").count() == 6 and seen.get_by_role("button", name="Older").is_disabled()
        seen.get_by_role("button", name="Newer").click()
        expect(seen, "tbody tr", "product-29")
        seen.goto(f"{system().url}/#/users")
        expect(seen, "tbody tr")
        seen.get_by_label("Search").fill("page.turn")
        eventually(lambda: seen.locator("tbody tr").count() == 1, what="the one user")
        assert "q=page.turn" in seen.url
        seen.get_by_label("Search").fill("nobody is called so")
        expect(seen, ".empty", "Nothing like that")


def a_service_that_is_away_is_said_plainly():
    for name in ("signals", "channels"):
        with page(name) as seen:
            expect(seen, ".empty", "cannot be had right now")
            expect(seen, ".empty", "Channels is away")
            seen.get_by_role("button", name="Try again").click()
            expect(seen, ".empty", "is away")


def a_trace_is_a_waterfall():
    system().create_user("Trace Maker")
    with page("traces") as seen:
        entry = expect(seen, ".trace-list a", "POST /api/users")
        entry.click()
        for service in ("gateway", "users", "orders", "payments"):
            expect(seen, f'.waterfall li[data-service="{service}"] .bar-span')
        lefts = seen.eval_on_selector_all(".bar-span", "bars => bars.map(bar => bar.getBoundingClientRect().left)")
        assert lefts[0] == min(lefts) and max(lefts) > lefts[0], lefts
        row = seen.locator(".span-row").first
        row.click()
        assert row.get_attribute("aria-expanded") == "true"
        expect(seen, ".span-detail", "http.response.status_code")
        assert "/traces/" in seen.url
        looked_at = seen.locator(".trace-list").inner_text()
        # What the page asks for itself is in no trace.
        assert not re.search(r"/api/(overview|traces|outbox|dlq|events)|/assets/", looked_at), looked_at


def events_run_by_and_stop_when_told():
    with page("events") as seen:
        system().create_user("Tail One")
        expect(seen, ".tail li", "Tail One")
        seen.get_by_role("button", name="Pause").click()
        system().create_user("Tail Two")
        expect(seen, ".tail-status", "since")
        assert seen.locator(".tail li", has_text="Tail Two").count() == 0
        seen.get_by_role("button", name="Go on").click()
        expect(seen, ".tail li", "Tail Two").get_by_role("button").click()
        assert '"type": "user.created"' in expect(seen, "dialog pre").inner_text()
        seen.keyboard.press("Escape")
        seen.get_by_label("Search").fill("tail two")
        eventually(lambda: seen.locator(".tail li").count() == 1, what="the one event")


def dead_letters_are_replayed_and_dropped():
    with System(SERVICES) as own, page("letters", own) as seen:
        expect(seen, ".empty", "No dead letters")
        own.poison()
        expect(seen, "#count-letters", "1")
        expect(seen, "tbody .row-link", "order.created").click()
        assert "no event" in expect(seen, "dialog pre").inner_text()
        seen.get_by_role("button", name="Replay").click()
        expect(seen, ".toast", "tried again")
        # It is no better than before, so it is buried again, under the name of its second try.
        expect(seen, "tbody .row-link", "order.created").click()
        seen.get_by_role("button", name="Drop").click()
        seen.get_by_role("button", name="Drop message").click()
        expect(seen, ".toast", "dropped")
        expect(seen, ".empty", "No dead letters")
        assert own.ask("/api/dlq") == (200, [])


def one_signs_in_and_sees_what_is_for_ones_role():
    with System(SERVICES) as own:
        own.create_user("The Admin", role="ADMIN")
        own.create_user("A User")
        own.restart(AUTH_REQUIRED="true")
        with page("users", own) as seen:
            expect(seen, "h1", "Sign in")
            seen.get_by_label("Email").fill("the.admin@example.com")
            seen.get_by_label("Password").fill("wrong")
            seen.get_by_role("button", name="Sign in").click()
            expect(seen, "[role=alert]", "Invalid credentials")
            seen.get_by_label("Password").fill(PASSWORD)
            seen.get_by_role("button", name="Sign in").click()
            expect(seen, "tbody tr", "a.user@example.com")
            expect(seen, ".link.live:visible")
            assert seen.get_by_role("link", name="Dead letters").is_visible()
            seen.reload()
            expect(seen, "tbody tr", "a.user@example.com")
            seen.get_by_role("button", name="Sign out").click()
            expect(seen, "h1", "Sign in")
            seen.get_by_label("Email").fill("a.user@example.com")
            seen.get_by_label("Password").fill(PASSWORD)
            seen.keyboard.press("Enter")
            expect(seen, "h1", "Overview")
            assert not seen.get_by_role("link", name="Dead letters").is_visible()
            assert not seen.get_by_role("link", name="Users").is_visible()
            seen.goto(f"{own.url}/#/letters")
            expect(seen, ".empty", "not for your role")


def an_old_token_is_renewed_unseen():
    with System(SERVICES) as own:
        own.create_user("The Admin", role="ADMIN")
        own.restart(AUTH_REQUIRED="true")
        with page("", own) as seen:
            expect(seen, "h1", "Sign in")
            seen.get_by_label("Email").fill("the.admin@example.com")
            seen.get_by_label("Password").fill(PASSWORD)
            seen.get_by_role("button", name="Sign in").click()
            expect(seen, ".service.is-up")
            token = lambda: seen.evaluate("JSON.parse(localStorage.session).accessToken")
            # As if a quarter of an hour had gone by.
            seen.evaluate("""localStorage.session = JSON.stringify(
                {...JSON.parse(localStorage.session), accessToken: 'old'})""")
            seen.reload()
            eventually(lambda: token() != "old", 30, "a new token")
            expect(seen, ".service.is-up")
            expect(seen, ".link.live:visible")
            assert seen.locator("h1").inner_text() == "Overview"


def it_comes_back_when_the_gateway_does():
    with System(SERVICES) as own, page("", own) as seen:
        expect(seen, ".link.live:visible")
        own.process.kill()
        expect(seen, ".link.away:visible")
        expect(seen, ".about", "cannot be reached")
        own.restart()
        expect(seen, ".link.live:visible")
        expect(seen, ".service.is-up")
        own.create_user("After All")
        expect(seen, '.edge[data-topic="order.paid"][data-heard="1"]')


def a_pasted_message_becomes_a_signal():
    own = with_channels()
    user = own.create_user("Signal Reader")["id"]
    channel = {"userId": user, "type": "telegram", "name": "Morning Desk", "externalId": "-1001"}
    assert own.ask("/api/channels", channel)[0] == 201
    with page("signals", own) as seen:
        expect(seen, "#paste")
        seen.get_by_label("Into channel").select_option(label="Morning Desk")
        seen.get_by_label("Paste a message").fill("AAPL calls? no position today")
        seen.get_by_role("button", name="Receive message").click()
        expect(seen, ".verdict", "Not a signal")
        seen.get_by_label("Paste a message").fill("🚀 BUY BTC/USDT @ 43,250 TP1 44000 TP2 45,000 SL 42500 10x")
        seen.get_by_role("button", name="Receive message").click()
        expect(seen, ".verdict", "A signal")
        assert "TP2 45,000" in expect(seen, ".understood .ladder").get_attribute("aria-label")
        card = expect(seen, '.signal[data-symbol="BTCUSDT"]')
        assert card.locator(".step").count() == 4 and "Morning Desk" in card.inner_text()
        expect(seen, ".stat", "Morning Desk")
        expect(seen, ".stat .columns rect")
        seen.get_by_label("Side").select_option("sell")
        expect(seen, ".board .empty")
        seen.get_by_label("Side").select_option("buy")
        expect(seen, ".signal")
        wrong = seen.evaluate(AUDIT) + [f"a {it} without a name" for it in names_of_what_has_none(seen)]
        assert not wrong, sorted(set(wrong))


def a_channel_is_registered_paused_and_closed():
    own = with_channels()
    user = own.create_user("Channel Keeper")["id"]
    with page(f"channels?userId={user}", own) as seen:
        seen.get_by_role("button", name="New channel").first.click()
        seen.get_by_role("button", name="Register channel").click()
        expect(seen, '[data-field="name"].wrong')
        seen.get_by_label("Name", exact=True).fill("Evening Desk")
        seen.get_by_label("Outside name").fill("-1002")
        seen.get_by_role("button", name="Register channel").click()
        row = expect(seen, "tbody tr", "Evening Desk")
        for verb, state in (("Pause", "paused"), ("Resume", "active"), ("Close", "closed")):
            row.get_by_role("button", name="Evening Desk").click()
            seen.locator(".panel-foot").get_by_role("button", name=verb).click()
            expect(seen, "tbody tr", state)


# How it is made


def it_fits_360_pixels():
    user = system().create_user("Somebody With Rather A Long Name", "somebody.with.rather.a.long.address@example.com")
    system().place_order(user["id"], "product-with-a-name-that-does-not-end-where-the-window-does")
    with page(width=360, height=740, has_touch=True) as seen:
        for name in PAGES:
            seen.goto(f"{system().url}/#/{name}")
            expect(seen, f".page-{name or 'overview'} h1")
            eventually(lambda: seen.locator(".skeleton:visible").count() == 0, 30, "the content")
            assert overflow(seen) <= 0, (name, overflow(seen))
            assert not cut_off(seen), (name, cut_off(seen))
        menu = seen.get_by_role("button", name="Menu")
        assert not seen.get_by_role("link", name="Orders").is_visible()
        menu.click()
        assert menu.get_attribute("aria-expanded") == "true"
        seen.get_by_role("link", name="Orders").click()
        expect(seen, "h1", "Orders")
        assert menu.get_attribute("aria-expanded") == "false"
        seen.get_by_role("button", name="New order").first.click()
        assert overflow(seen) <= 0 and seen.evaluate("document.querySelector('dialog').offsetWidth") == 360


def it_fills_four_thousand():
    with page(width=3840, height=2160) as seen:
        expect(seen, ".service.is-up")
        assert overflow(seen) <= 0
        size = float(seen.evaluate("parseFloat(getComputedStyle(document.body).fontSize)"))
        assert size >= 20, size


def themes_follow_the_system_and_the_switch():
    ground = "getComputedStyle(document.body).backgroundColor"
    is_dark = lambda seen: sum(map(float, re.findall(r"[\d.]+", seen.evaluate(ground))[:3])) < 200
    with page(color_scheme="dark") as seen:
        assert is_dark(seen)
        seen.get_by_role("button", name="Light theme").click()
        assert not is_dark(seen)
        seen.reload()
        assert not is_dark(seen)
        seen.get_by_role("button", name="Dark theme").click()
        assert is_dark(seen)
    with page(color_scheme="light") as seen:
        assert not is_dark(seen)


def a_user_is_created_by_keyboard_alone():
    with page() as seen:
        expect(seen, ".service.is-up")

        def tab_to(name):
            for _ in range(60):
                seen.keyboard.press("Tab")
                focus = seen.evaluate("""() => {
                    const it = document.activeElement, style = getComputedStyle(it), box = it.getBoundingClientRect()
                    const marked = parseFloat(style.outlineWidth) >= 2 && style.outlineStyle !== "none"
                    const isInSight = box.bottom > 0 && box.top < innerHeight
                    return { name: it.textContent.trim() || it.name, marked, isInSight }
                }""")
                assert focus["marked"], f"one does not see the focus on {focus['name']}"
                assert focus["isInSight"], f"the focus is out of sight on {focus['name']}"
                if focus["name"] == name:
                    return
            raise AssertionError(f"{name} cannot be reached")

        tab_to("Skip to the content")
        tab_to("Users")
        seen.keyboard.press("Enter")
        expect(seen, "h1", "Users")
        assert seen.evaluate("document.activeElement.tagName") == "H1"  # where one reads on
        tab_to("New user")
        seen.keyboard.press("Enter")
        expect(seen, "dialog h2", "New user")
        assert seen.evaluate("document.activeElement.name") == "name"
        seen.keyboard.type("Key Board")
        tab_to("email")
        seen.keyboard.type("key.board@example.com")
        tab_to("password")
        seen.keyboard.type(PASSWORD)
        seen.keyboard.press("Enter")
        expect(seen, "tbody tr", "key.board@example.com")
        tab_to("Key Board")
        seen.keyboard.press("Enter")
        expect(seen, "dialog h2", "Key Board")
        seen.keyboard.press("Escape")
        eventually(lambda: seen.locator("dialog").count() == 0, what="the end of the panel")
        assert seen.evaluate("document.activeElement.textContent") == "Key Board"  # where one was


def names_of_what_has_none(seen):
    tools = seen.context.new_cdp_session(seen)
    nodes = tools.send("Accessibility.getFullAXTree")["nodes"]
    tools.detach()
    return [
        node["role"]["value"] for node in nodes
        if not node["ignored"] and node["role"]["value"] in NAMED and not node.get("name", {}).get("value", "").strip()
    ]


def it_is_for_those_who_do_not_see_it():
    system().create_user("Seen By Ear")
    for scheme in ("light", "dark"):
        for width in (1280, 360):
            with page(width=width, color_scheme=scheme, reduced_motion="reduce") as seen:
                for name in PAGES:
                    seen.goto(f"{system().url}/#/{name}")
                    expect(seen, f".page-{name or 'overview'} h1")
                    eventually(lambda: seen.locator(".skeleton:visible").count() == 0, 30, "the content")
                    where = f"{name or 'overview'}, {scheme}, {width} px"
                    wrong = seen.evaluate(AUDIT) + [f"a {it} without a name" for it in names_of_what_has_none(seen)]
                    assert not wrong, (where, sorted(set(wrong)))
                seen.goto(f"{system().url}/#/users")
                seen.get_by_role("button", name="New user").first.click()
                seen.get_by_role("button", name="Create user").click()
                expect(seen, ".wrong")
                wrong = seen.evaluate(AUDIT) + [f"a {it} without a name" for it in names_of_what_has_none(seen)]
                assert not wrong, ("form", scheme, width, sorted(set(wrong)))


def it_is_light_and_paints_soon():
    weight = sum(path.stat().st_size for path in FRONTEND.rglob("*") if path.is_file())
    paints = []
    for _ in range(3):
        with page() as seen:
            expect(seen, ".service.is-up")
            paints.append(seen.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime"))
            loaded = seen.evaluate(
                "performance.getEntriesByType('resource').map(it => [new URL(it.name), it.decodedBodySize])"
                ".map(([url, size]) => ({origin: url.origin, path: url.pathname, size}))")
    assets = sum(it["size"] for it in loaded if it["path"].startswith("/assets/"))
    print(f"   {weight >> 10} KiB of files, {assets >> 10} KiB loaded, first paint after {min(paints):.0f} ms")
    assert weight < 200_000, weight
    assert {it["origin"] for it in loaded} == {system().url}, "it must need nobody else"
    assert SANITIZER or min(paints) < 500, paints


def all_modules_are_asked_for_at_once():
    listed = set(re.findall(r'rel="modulepreload" href="([^"]+)"', (FRONTEND / "index.html").read_text()))
    there = {str(path.relative_to(FRONTEND)) for path in FRONTEND.rglob("*.js")}
    assert listed == there - {"assets/app.js", "assets/theme.js"}, listed ^ there


def nothing_is_written_where_it_would_be_code():
    for path in FRONTEND.rglob("*.js"):
        code = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function"
        assert not re.search(code, path.read_text()), path.name
    name = '<img src=x onerror="document.title=1"><b>bold'
    system().create_user(name, "markup@example.com")
    with page("users?q=markup") as seen:
        assert name in expect(seen, "tbody tr", "markup@example.com").inner_text()
        assert seen.locator("tbody b, tbody img").count() == 0


def its_files_are_found():
    with Program() as program:
        answer = program.get("/")
        assert b" 404 " in answer and b"FRONTEND_DIR" in answer, answer
        folder = pathlib.Path(program.folder.name)
        (folder / "frontend").symlink_to(FRONTEND)
        program.restart()
        assert b"<title>Tradewind</title>" in program.get("/")
        # Or beside the program, wherever that is started.
        (folder / "opt").mkdir()
        shutil.copy(program.command[0], folder / "opt/tradewind")
        (folder / "frontend").rename(folder / "opt/frontend")
        program.command[0] = folder / "opt/tradewind"
        program.restart()
        assert b"<title>Tradewind</title>" in program.get("/")
    wrong = subprocess.run(
        [BIN.resolve() / "tradewind", "config"], env={"FRONTEND_DIR": "/nowhere"}, capture_output=True, text=True,
        timeout=60)
    assert wrong.returncode == 78 and "a folder that can be read" in wrong.stderr, wrong


def nginx_serves_it_as_well():
    if not shutil.which("nginx"):
        raise Skip("nginx is not installed")
    with tempfile.TemporaryDirectory() as folder, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        server = (ROOT / "infra/docker/dashboard.conf").read_text()
        server = server.replace("gateway:3005", system().url.removeprefix("http://"))
        server = server.replace("listen 3000", f"listen 127.0.0.1:{port}")
        server = server.replace("/usr/share/tradewind/frontend", str(FRONTEND))
        log = f"{folder}/log"
        temporary = " ".join(
            f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        pathlib.Path(folder, "nginx.conf").write_text(
            f"pid {folder}/pid; error_log {log}; daemon off; worker_processes 1; user {getpass.getuser()};\n"
            f"events {{}}\nhttp {{ include /etc/nginx/mime.types; access_log off; {temporary}\n{server} }}\n")
        process = subprocess.Popen(["nginx", "-c", f"{folder}/nginx.conf", "-e", log])
        try:
            address = f"http://127.0.0.1:{port}"
            context = chromium().new_context()
            seen = context.new_page()
            eventually(lambda: opens(seen, address), 30, "nginx's start")
            expect(seen, ".link.live:visible")
            expect(seen, ".service.is-up", "orders")
            heads = [seen.request.get(f"{at}/").headers for at in (address, system().url)]
            for name in ("content-security-policy", "cache-control", "x-content-type-options", "x-frame-options"):
                assert heads[0][name] == heads[1][name], (name, heads)
            assert seen.request.get(f"{address}/assets/../infra/docker/dashboard.conf").status == 404
            context.close()
        finally:
            process.terminate()
            process.wait()


def opens(seen, address):
    with contextlib.suppress(PlaywrightError):
        return seen.goto(address)


with STAGE:
    run([
        ("a user is created, and the chain lights up", a_user_lights_up_the_chain),
        ("the overview has a card for each service, and says who is away", overview_says_who_is_away),
        ("a user is created in a form", a_user_is_created_in_a_form),
        ("what is wrong is said at its field", errors_stand_at_their_fields),
        ("what is wrong is said at the item of an order", errors_stand_at_the_items_of_an_order),
        ("an order is placed, and paid while one looks", an_order_is_placed_and_paid_before_ones_eyes),
        ("lists are searched, and turned page by page", lists_are_searched_and_paged),
        ("a service that is away is said plainly", a_service_that_is_away_is_said_plainly),
        ("a trace is a waterfall over all services", a_trace_is_a_waterfall),
        ("events run by, stop when told, and are found", events_run_by_and_stop_when_told),
        ("a dead letter is looked at, tried again and dropped", dead_letters_are_replayed_and_dropped),
        ("one signs in, and sees what is for one's role", one_signs_in_and_sees_what_is_for_ones_role),
        ("a token that runs out is renewed unseen", an_old_token_is_renewed_unseen),
        ("it comes back when the gateway does", it_comes_back_when_the_gateway_does),
        ("a message is pasted, and what was understood is shown", a_pasted_message_becomes_a_signal),
        ("a channel is registered, paused and closed", a_channel_is_registered_paused_and_closed),
        ("every page fits 360 pixels", it_fits_360_pixels),
        ("it grows to 4K", it_fills_four_thousand),
        ("light and dark follow the system, and the switch", themes_follow_the_system_and_the_switch),
        ("a user is created by keyboard alone, with the focus in sight", a_user_is_created_by_keyboard_alone),
        ("every page has names, landmarks, order and contrast, light and dark", it_is_for_those_who_do_not_see_it),
        ("it is light, and paints soon", it_is_light_and_paints_soon),
        ("all modules are asked for at once", all_modules_are_asked_for_at_once),
        ("its files are found, or said to be missing", its_files_are_found),
        ("nginx serves it as well, with the same policy", nginx_serves_it_as_well),
        ("nothing is written where it would be code", nothing_is_written_where_it_would_be_code),
    ])
