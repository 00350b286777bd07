import { get, withQuery } from "../api.js"
import { every, h, icon } from "../dom.js"
import { waterfall } from "../charts/waterfall.js"
import * as format from "../format.js"
import { choice, code, empty, failure, field, head, skeleton } from "../parts.js"

const services = ["gateway", "users", "orders", "payments", "channels", "auth"]
/** The list as it was last, and what it is looked through for: going from one trace to the next changes neither. */
const kept = { traces: null, text: "", service: "" }

const idOf = trace => trace.requestId ?? trace.traceId
const link = trace => `#/traces/${encodeURIComponent(idOf(trace))}`

export function traces(root, { signal, name: wanted }) {
    const list = h("ol", { class: "trace-list", "aria-label": "Traces, the latest first" })
    const place = h("div", { class: "trace" }), open = new Set()
    const search = h("input", {
        type: "search", value: kept.text, placeholder: "Request id, or part of a name", spellcheck: "false",
        oninput: event => { kept.text = event.target.value.trim(); fill() },
        onchange: () => { if (isID(kept.text)) location.hash = `#/traces/${kept.text}` },
    })
    const { select, element } = choice("Service", [["", "All services"], ...services],
        { onchange: event => { kept.service = event.target.value; refresh() } })
    select.value = kept.service
    root.replaceChildren(
        head("Traces", "Where the time of a request went, from the gateway through everything that it set in motion."),
        h("form", { class: "filters", role: "search", onsubmit: event => event.preventDefault() },
            field("Search", h("span", { class: "search" }, icon("search"), search)), element),
        h("div", { class: "traces" }, list, place))

    function fill() {
        const text = kept.text.toLowerCase()
        const found = kept.traces?.filter(it => !text || idOf(it).includes(text) || it.traceId.includes(text)
            || it.spans.some(span => span.name.toLowerCase().includes(text)))
        if (!found) return list.replaceChildren(h("li", {}, skeleton(5)))
        const focused = document.activeElement?.getAttribute("href")
        list.replaceChildren(...found.length ? found.map(it => entry(it, wanted))
            : [h("li", { class: "quiet-line" }, text ? "Nothing like that." : "No request yet.")])
        if (focused) list.querySelector(`[href="${CSS.escape(focused)}"]`)?.focus()
    }

    let last = ""
    async function refresh() {
        const watching = { signal, isWatching: true }
        try {
            kept.traces = await get(withQuery("/api/traces", { limit: 100, service: kept.service }), watching)
            fill()
            if (wanted) draw(await get(withQuery("/api/traces", { requestId: wanted, limit: 5 }), watching))
            else place.replaceChildren(empty("traces", "Pick a request", "Its waterfall shows here."))
        } catch (problem) {
            if (signal.aborted) return
            if (!kept.traces) list.replaceChildren(h("li", {}, failure(problem, refresh, "The list")))
        }
    }

    function draw(found) {
        const all = found.length ? found : kept.traces.filter(it => it.traceId === wanted)
        const now = JSON.stringify(all)
        if (now === last) return
        last = now
        const focused = place.contains(document.activeElement) ? document.activeElement.dataset.focus : null
        place.replaceChildren(...all.length ? all.map(it => picture(it, open)) : [empty("traces", "No such trace",
            "The services keep the last thousand; this request is not among them, or not yet.")])
        if (focused) place.querySelector(`[data-focus="${CSS.escape(focused)}"]`)?.focus()
    }

    fill()
    every(2000, signal, refresh)
}

const isID = text => /^[0-9a-f]{8}-[0-9a-f-]{27}$/i.test(text)

/** What was asked for, where it began with a request. */
function nameOf({ spans: [first] }) {
    const path = first?.fields?.["url.path"]
    return path ? `${first.name.split(" ")[0]} ${path}` : first?.name ?? "Trace"
}

function entry(trace, wanted) {
    const hasFailed = trace.spans.some(it => it.hasFailed)
    return h("li", {}, h("a", { href: link(trace), "aria-current": idOf(trace) === wanted ? "true" : null },
        h("span", { class: "trace-name" }, nameOf(trace)),
        h("span", { class: "trace-time" }, format.milliseconds(trace.durationMs)),
        h("span", { class: "trace-services" }, trace.services.map(it => h("span", { class: `chip svc-${it}` }, it)),
            hasFailed && h("span", { class: "badge bad" }, "failed")),
        h("time", {}, format.when(trace.start))))
}

const picture = (trace, open) => h("section", { class: "card", "aria-label": "Waterfall" },
    h("div", { class: "card-head" }, h("h2", {}, nameOf(trace)),
        h("span", { class: "trace-total" }, format.milliseconds(trace.durationMs))),
    h("p", { class: "fine" }, format.moment(trace.start), " · ", format.plural(trace.spans.length, "span"), " · ",
        format.plural(trace.services.length, "service"), " · request ", code(trace.requestId ?? format.none),
        trace.isCut && " · longer than what is kept"),
    waterfall(trace, open))
