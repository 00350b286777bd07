// What stands around every page: navigation, theme, connection, who is signed in.

import { post } from "./api.js"
import { h, icon } from "./dom.js"
import { live } from "./live.js"
import { monitor } from "./monitor.js"
import { session } from "./session.js"

const $ = id => document.getElementById(id)

export function startShell() {
    theme()
    menu()
    live.onState(connection)
    connection(live.state)
    session.onChange(account)
    monitor.onChange(counts)
    account()
}

/** Marks the page that is shown, and what the role may not see. */
export function markPage(name) {
    for (const link of $("nav").querySelectorAll("li a")) {
        const isCurrent = link.getAttribute("href") === `#/${name}`
        if (isCurrent) link.setAttribute("aria-current", "page")
        else link.removeAttribute("aria-current")
    }
    openMenu(false)
}

function theme() {
    const root = document.documentElement, system = matchMedia("(prefers-color-scheme: dark)")
    const isDark = () => root.dataset.theme ? root.dataset.theme === "dark" : system.matches
    const show = () => {
        const other = isDark() ? "light" : "dark"
        $("theme").replaceChildren(icon(other), other === "dark" ? "Dark" : "Light", " theme")
    }
    $("theme").onclick = () => {
        const other = isDark() ? "light" : "dark"
        // What the system says anyway need not be remembered.
        if ((other === "dark") === system.matches) delete root.dataset.theme
        else root.dataset.theme = other
        try {
            if (root.dataset.theme) localStorage.setItem("theme", other)
            else localStorage.removeItem("theme")
        } catch {
            // Until the page is left, then.
        }
        show()
    }
    system.addEventListener("change", show)
    show()
}

function menu() {
    $("menu").onclick = () => openMenu($("menu").getAttribute("aria-expanded") !== "true")
    addEventListener("keydown", event => {
        if (event.key !== "Escape" || $("menu").getAttribute("aria-expanded") !== "true") return
        openMenu(false)
        $("menu").focus()
    })
}

function openMenu(isOpen) {
    $("menu").setAttribute("aria-expanded", isOpen)
    $("nav").classList.toggle("open", isOpen)
}

const states = { live: "Live", connecting: "Connecting", away: "Reconnecting" }

function connection(state) {
    // There are two, of which each width shows one.
    for (const link of document.querySelectorAll(".link")) {
        link.className = `link ${state}`
        link.lastChild.textContent = states[state]
    }
}

function counts() {
    const set = (id, number, text) => {
        $(id).hidden = !number
        $(id).textContent = text
    }
    set("count-letters", monitor.letters, monitor.letters >= monitor.most ? `${monitor.most}+` : monitor.letters)
    // What is told within moments is nothing to look at.
    const late = monitor.outboxes?.services.filter(it => it.oldestSeconds > 5)
    const waiting = late?.reduce((sum, it) => sum + it.pending, 0)
    set("count-outbox", waiting, waiting)
}

function account() {
    for (const item of $("nav").querySelectorAll("[data-needs]")) item.hidden = !session.may(item.dataset.needs)
    const { user } = session
    $("account").replaceChildren(...user ? [
        h("p", { class: "who" }, h("b", {}, user.name || user.email), h("span", {}, user.role.toLowerCase())),
        h("button", { type: "button", class: "quiet", onclick: signOut }, icon("auth"), "Sign out"),
    ] : [])
}

async function signOut() {
    // Whoever is next begins at the beginning. Without an event: the page is shown anew in any case.
    history.replaceState(null, "", "#/")
    const refreshToken = session.end()
    // Signed out here in any case; there, if anybody is there.
    if (refreshToken) await post("/api/auth/logout", { refreshToken }).catch(() => {})
}
