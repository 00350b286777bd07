// Panels above the page. The browser's own <dialog> keeps the focus inside, closes on Escape and gives the focus back.

import { h, newID } from "./dom.js"
import { button, iconButton } from "./parts.js"

/** Opens a panel; its `closed` is kept when it is gone. */
export function panel(title, content, { kind = "side", actions = [] } = {}) {
    const id = newID("panel")
    const dialog = h("dialog", { class: `panel ${kind}`, "aria-labelledby": id },
        h("div", { class: "panel-head" },
            h("h2", { id }, title), iconButton("Close", "close", { onclick: () => dialog.close() })),
        h("div", { class: "panel-body" }, content),
        actions.length > 0 && h("div", { class: "panel-foot" }, actions))
    const closed = new Promise(resolve => dialog.addEventListener("close", () => {
        dialog.remove()
        resolve()
    }))
    // A click beside the panel is one on its backdrop, which is the dialog itself.
    dialog.addEventListener("mousedown", event => { if (event.target === dialog) dialog.close() })
    addEventListener("hashchange", () => dialog.close(), { once: true })
    document.body.append(dialog)
    dialog.showModal()
    return { dialog, closed, close: () => dialog.close() }
}

/** Asks before what cannot be taken back. */
export async function confirm(title, text, verb) {
    let said = false
    const yes = button(verb, { kind: "danger", onclick: () => { said = true; asked.close() } })
    const asked = panel(title, h("p", {}, text), {
        kind: "small", actions: [button("Keep it", { onclick: () => asked.close() }), yes],
    })
    await asked.closed
    return said
}
