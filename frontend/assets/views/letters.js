import { get, post } from "../api.js"
import { confirm, panel } from "../dialog.js"
import { every, h, toast } from "../dom.js"
import * as format from "../format.js"
import { jsonView } from "../json.js"
import { button, code, empty, facts, failure, head, sentence, skeleton } from "../parts.js"

export function letters(root, { signal }) {
    const place = h("div", { class: "list" }, skeleton())
    root.replaceChildren(
        head("Dead letters", "Messages that a service could not handle, set aside so that the others flow on."), place)
    let last = ""
    const refresh = async () => {
        try {
            const found = await get("/api/dlq?limit=200", { signal, isWatching: true })
            const now = JSON.stringify(found)
            if (now === last) return
            last = now
            place.replaceChildren(found.length === 0
                ? empty("letters", "No dead letters", "Every message has been handled.") : table(found, refresh))
        } catch (problem) {
            if (signal.aborted) return
            last = ""
            place.replaceChildren(failure(problem, refresh, "The list"))
        }
    }
    every(3000, signal, refresh)
}

function table(letters, refresh) {
    const columns = ["Topic", "Handled by", "Why", "Attempts", "When"]
    return h("table", { role: "table" },
        h("caption", { class: "hidden" }, "Dead letters"),
        h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, columns.map(name =>
            h("th", { role: "columnheader", scope: "col" }, name)))),
        h("tbody", { role: "rowgroup" }, letters.map(letter => h("tr", { role: "row" },
            h("td", { role: "cell", "data-label": "Topic" }, h("button", {
                type: "button", class: "row-link", onclick: () => inspect(letter, refresh),
            }, letter.topic)),
            h("td", { role: "cell", "data-label": "Handled by" }, letter.group),
            h("td", { role: "cell", "data-label": "Why", class: "wide" }, letter.reason),
            h("td", { role: "cell", "data-label": "Attempts", class: "number" }, format.count(letter.attempts)),
            h("td", { role: "cell", "data-label": "When", class: "time" }, format.when(letter.at))))))
}

async function inspect({ id }, refresh) {
    const path = `/api/dlq/${encodeURIComponent(id)}`
    let letter
    try {
        letter = await get(path)
    } catch (problem) {
        toast(problem.message, "bad")
        return refresh()
    }
    const settle = (verb, done) => async () => {
        opened.close()
        try {
            await post(`${path}/${verb}`)
            toast(done)
        } catch (problem) {
            toast(problem.message, "bad")
        }
        refresh()
    }
    const drop = async () => {
        opened.close()
        const isSure = await confirm("Drop this message?", "It is gone then: nobody will handle it.", "Drop message")
        if (isSure) settle("drop", "The message is dropped")()
    }
    const opened = panel(letter.topic, [
        facts([
            ["Why", sentence(letter.reason)], ["Handled by", letter.group], ["Attempts", format.count(letter.attempts)],
            ["When", format.moment(letter.at)], ["Key", code(letter.key)], ["Id", code(letter.id)],
        ]),
        h("h3", {}, "Message"),
        letter.event ? jsonView(letter.event, "Message") : h("pre", { tabindex: "0" }, letter.text),
        Object.keys(letter.headers).length > 0 && [h("h3", {}, "Headers"), jsonView(letter.headers, "Headers")],
        letter.event?.requestid && h("p", { class: "links" },
            h("a", { href: `#/traces/${letter.event.requestid}` }, "Trace of its request")),
    ], {
        actions: [
            button("Drop", { kind: "danger", onclick: drop }),
            button("Replay", { kind: "primary", onclick: settle("replay", "The message is tried again") }),
        ],
    })
}
