import { get } from "../api.js"
import { panel } from "../dialog.js"
import { eachFrame, h, icon } from "../dom.js"
import * as format from "../format.js"
import { jsonView } from "../json.js"
import { live } from "../live.js"
import { button, choice, empty, field, head } from "../parts.js"
import { session } from "../session.js"

const kept = 500, shown = 200
/** What was heard, the latest first; it stays when one goes to another page and comes back. */
const heard = []

export function events(root, { signal }) {
    let isPaused = false, waiting = 0, text = "", topic = ""
    let view = heard
    const list = h("ol", { class: "tail", "aria-label": "Events, the latest first" })
    const status = h("p", { class: "tail-status" })
    const pause = button("Pause", { name: "pause", "aria-pressed": "false", onclick: turn })
    const topics = choice("Topic", [["", "All topics"]], { onchange: event => { topic = event.target.value; draw() } })
    const search = h("input", { type: "search", placeholder: "Id, name, anything in it", spellcheck: "false",
        oninput: event => { text = event.target.value.trim().toLowerCase(); draw() } })

    const fits = event => (!topic || event.type === topic)
        && (!text || JSON.stringify(event).toLowerCase().includes(text))

    const draw = eachFrame(() => {
        const found = view.filter(fits)
        offerTopics(topics.select)
        const focused = document.activeElement?.closest?.("[data-event]")?.dataset.event
        list.replaceChildren(...found.slice(0, shown).map(row))
        if (focused) list.querySelector(`[data-event="${CSS.escape(focused)}"]`)?.focus()
        nothing.hidden = found.length > 0
        list.hidden = found.length === 0
        status.textContent = isPaused ? `Paused; ${format.plural(waiting, "event")} since`
            : `${format.plural(found.length, "event")}${found.length > shown ? `, the latest ${shown} shown` : ""}`
    })

    function turn() {
        isPaused = !isPaused
        waiting = 0
        view = isPaused ? [...heard] : heard
        pause.setAttribute("aria-pressed", isPaused)
        pause.replaceChildren(icon(isPaused ? "play" : "pause"), isPaused ? "Go on" : "Pause")
        draw()
    }

    const nothing = empty("events", "Nothing heard yet", "Whatever services tell each other shows here as it happens.")
    root.replaceChildren(
        head("Events", "What services tell each other, as it happens.", pause),
        h("form", { class: "filters", role: "search", onsubmit: event => event.preventDefault() },
            field("Search", h("span", { class: "search" }, icon("search"), search)), topics.element, status),
        nothing, list)
    live.onEvent(event => {
        remember([event])
        if (isPaused) waiting++
        draw()
    }, signal)
    const catchUp = async () => {
        if (!session.may("admin")) return
        // Without the past, there is still what comes.
        const recent = await get("/api/events/recent?limit=500", { signal, isWatching: true }).catch(() => [])
        remember(recent)
        draw()
    }
    live.onReturn(catchUp, signal)
    catchUp()
    draw()
}

function remember(events) {
    const known = new Set(heard.map(it => it.id))
    heard.unshift(...events.filter(it => !known.has(it.id)))
    if (events.length > 1) heard.sort((a, b) => a.time < b.time ? 1 : -1)
    heard.length = Math.min(heard.length, kept)
}

function offerTopics(select) {
    const known = new Set([...select.options].map(it => it.value))
    const more = new Set(heard.map(it => it.type).filter(it => !known.has(it)))
    for (const topic of [...more].sort()) select.append(h("option", { value: topic }, topic))
}

const row = event => h("li", {}, h("button", {
    type: "button", "data-event": event.id, onclick: () => inspect(event),
},
    h("time", { datetime: event.time }, format.instant(event.time)),
    h("span", { class: `topic svc-${event.source}` }, event.type),
    h("code", {}, format.shortID(event.subject)),
    h("span", { class: "tail-data" }, Object.entries(event.data ?? {})
        .filter(([name, value]) => !name.endsWith("Id") && typeof value !== "object")
        .map(([name, value]) => `${name} ${value}`).join(" · "))))

function inspect(event) {
    panel(event.type, [
        event.requestid && session.may("admin") && h("p", { class: "links" },
            h("a", { href: `#/traces/${event.requestid}` }, "Trace of its request")),
        jsonView(event, "Event"),
    ])
}
