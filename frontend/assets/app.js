// Shows the page that the address names: #/orders, #/traces/ID, #/orders?userId=ID.

import { get } from "./api.js"
import { live } from "./live.js"
import { monitor } from "./monitor.js"
import { empty, head } from "./parts.js"
import { session } from "./session.js"
import { markPage, startShell } from "./shell.js"
import { channels } from "./views/channels.js"
import { events } from "./views/events.js"
import { letters } from "./views/letters.js"
import { login } from "./views/login.js"
import { orders } from "./views/orders.js"
import { outbox } from "./views/outbox.js"
import { overview } from "./views/overview.js"
import { payments } from "./views/payments.js"
import { signals } from "./views/signals.js"
import { traces } from "./views/traces.js"
import { users } from "./views/users.js"

const pages = {
    "": { title: "Overview", show: overview },
    signals: { title: "Signals", show: signals },
    traces: { title: "Traces", show: traces, needs: "admin" },
    events: { title: "Events", show: events },
    users: { title: "Users", show: users, needs: "moderator" },
    orders: { title: "Orders", show: orders },
    payments: { title: "Payments", show: payments },
    channels: { title: "Channels", show: channels },
    letters: { title: "Dead letters", show: letters, needs: "admin" },
    outbox: { title: "Outboxes", show: outbox, needs: "admin" },
}

const root = document.getElementById("view")
let shown = null, isLogin = false, viewer = session.user?.id

/** Each page gets a signal that ends what it has begun: polling, listening, asking. */
function show(isFirst = false) {
    const [path, query = ""] = location.hash.slice(1).split("?")
    const [name = "", ...rest] = path.split("/").filter(Boolean).map(decodeURIComponent)
    shown?.abort()
    shown = new AbortController()
    const page = pages[name]
    isLogin = session.isMissing
    document.title = `${isLogin ? "Sign in" : page?.title ?? "Not found"} · Tradewind`
    document.body.classList.toggle("alone", isLogin)
    markPage(name)
    root.className = `view page-${isLogin ? "login" : name || "overview"}`
    if (isLogin) login(root)
    else if (!page) notFound()
    else if (!session.may(page.needs)) notAllowed(page)
    else page.show(root, { signal: shown.signal, name: rest[0], query: new URLSearchParams(query) })
    // A page was asked for, so that is where one reads on.
    if (!isFirst) {
        scrollTo(0, 0)
        root.querySelector("h1")?.focus({ preventScroll: true })
    }
}

function notFound() {
    const text = "The list on the side has them all."
    root.replaceChildren(head("Not found"), empty("search", "There is no such page", text))
}

function notAllowed(page) {
    root.replaceChildren(head(page.title), empty("auth", "This is not for your role",
        `Only who is ${page.needs === "admin" ? "an administrator" : "a moderator"} may look at this.`))
}

/** Whether one must sign in is seen by asking. */
async function findOut() {
    try {
        await get("/api/overview", { isWatching: true })
    } catch {
        // 401 is heard of below; anything else is shown by the page.
    }
}

addEventListener("sign-in-needed", () => {
    session.isRequired = true
    if (session.user) session.end()
    else if (!isLogin) show()
})
session.onChange(() => {
    // New tokens for the same person change nothing that one sees.
    if (session.user?.id === viewer && !session.isMissing) return
    viewer = session.user?.id
    show()
})
addEventListener("hashchange", () => show())

startShell()
await findOut()
live.start()
monitor.start()
if (!shown) show(true)
