import { get } from "../api.js"
import { eachFrame, h, icon } from "../dom.js"
import { Chain } from "../charts/chain.js"
import { spark } from "../charts/spark.js"
import * as format from "../format.js"
import { live } from "../live.js"
import { monitor } from "../monitor.js"
import { badge, failure, head, skeleton } from "../parts.js"
import { session } from "../session.js"

const topics = [
    "user.created", "copy-order.requested", "order.created", "payment.completed", "payment.failed", "order.paid",
]
const shownEvents = 7

export function overview(root, { signal }) {
    const about = h("p", { class: "about", role: "status" }, "Asking how everybody is")
    const tiles = h("div", { class: "tiles" }), services = h("div", { class: "services" }, skeleton(3))
    const latest = h("ol", { class: "latest" }), chain = new Chain(signal)
    const events = []
    const title = head("Overview", null)
    title.querySelector("div").append(about)
    root.replaceChildren(
        title, tiles,
        h("section", { class: "card", "aria-labelledby": "chain-title" },
            h("h2", { id: "chain-title" }, "Events between services"), chain.element),
        h("section", { "aria-labelledby": "services-title" }, h("h2", { id: "services-title" }, "Services"), services),
        h("section", { class: "card", "aria-labelledby": "latest-title" },
            h("div", { class: "card-head" }, h("h2", { id: "latest-title" }, "Just now"),
                h("a", { href: "#/events" }, "All events")), latest))

    const fill = () => {
        const { overview, problem } = monitor
        const words = problem?.isAway ? "The gateway cannot be reached; this is how it was last."
            : problem?.message ?? (overview && sentence([overview.gateway, ...overview.services]))
        // Written only when it changes, since it is read out then.
        if (words && words !== about.textContent) about.textContent = words
        if (!overview) {
            if (problem) services.replaceChildren(failure(problem, null, "How the services are"))
            return
        }
        tiles.replaceChildren(...tilesOf(overview))
        services.replaceChildren(...[overview.gateway, ...overview.services].map(card))
        const statuses = Object.fromEntries(overview.services.map(it => [it.name, it.status]))
        chain.update({ ...statuses, gateway: problem ? "away" : "up" },
            Object.fromEntries(topics.map(topic => [topic, monitor.rate(topic)])))
    }
    const tell = eachFrame(() => latest.replaceChildren(...events.map(line)))
    const quiet = h("li", { class: "quiet-line" }, "Nothing yet. Create a user, and the chain lights up.")
    latest.append(quiet)
    const remember = more => {
        events.splice(0, events.length, ...[...more, ...events].slice(0, shownEvents))
        if (events.length) tell()
    }
    live.onEvent(event => {
        chain.pulse(event.type)
        remember([event])
    }, signal)
    if (session.may("admin")) {
        const path = `/api/events/recent?limit=${shownEvents}`
        // Without the past, there is still what comes.
        get(path, { signal, isWatching: true }).then(recent => { if (!events.length) remember(recent) }, () => {})
    }
    monitor.onChange(fill, signal)
    fill()
}

function sentence(services) {
    const unwell = services.filter(it => it.status !== "up")
    if (unwell.length === 0) return `All ${services.length} services are up.`
    const names = unwell.map(it => `${it.name} ${it.status === "away" ? "is away" : `is ${it.status}`}`)
    return `${services.length - unwell.length} of ${services.length} services are up; ${names.join(", ")}.`
}

function tilesOf(overview) {
    const waiting = monitor.outboxes?.services.reduce((sum, it) => sum + it.pending, 0)
    const { requests, events } = monitor.total
    const tile = (name, value, extra, kind = "") => h("div", { class: `tile ${kind}` },
        h("span", { class: "tile-name" }, name), h("span", { class: "tile-value" }, value), extra)
    const link = (href, text) => session.may("admin") && h("a", { href }, text)
    return [
        ...[["Requests a second", requests], ["Events a second", events]].map(([name, values]) =>
            tile(name, format.rate(values.at(-1)), spark(values, `${name}, the last two minutes`))),
        tile("Waiting in outboxes", format.count(waiting), link("#/outbox", "Look at outboxes"),
            waiting > 1000 ? "bad" : ""),
        tile("Dead letters", monitor.letters >= monitor.most ? `${monitor.most}+` : format.count(monitor.letters),
            link("#/letters", "Look at dead letters"), monitor.letters ? "warn" : ""),
    ]
}

function card(service) {
    const { name, instance, status, reasons, circuit, uptime, version, residentBytes, counts } = service
    const isAway = status === "away"
    const history = monitor.history.get(instance)
    const figure = (label, value, kind) => h("div", { class: kind }, h("dt", {}, label), h("dd", {}, value))
    return h("article", { class: `card service svc-${name} is-${status}`, "aria-label": `Service ${name}` },
        h("div", { class: "card-head" },
            h("h3", {}, h("span", { class: "service-icon" }, icon(name)), name), badge(status)),
        isAway
            ? h("p", { class: "service-away" }, `Nobody answers at ${instance.split(" ").at(-1)}.`)
            : [
                h("dl", { class: "figures" },
                    figure("Requests / s", format.rate(service.requestsPerSecond)),
                    figure("p95", format.milliseconds(service.p95Ms)),
                    figure("Errors", format.percent(service.errorRate), service.errorRate > 0.05 ? "bad" : ""),
                    figure("Process memory", format.bytes(residentBytes))),
                spark(history?.requests ?? [], `Requests a second of ${name}, the last two minutes`),
                reasons.map(it => h("p", { class: "reason" }, it)),
            ],
        h("p", { class: "fine" }, isAway ? `Circuit ${circuit}` : [
            `Up ${format.span(uptime)} · ${format.count(counts?.requests)} requests · ${version ?? ""}`,
            circuit !== "closed" && ` · circuit ${circuit}`,
        ]))
}

const line = event => h("li", {},
    h("time", { datetime: event.time }, format.instant(event.time)),
    h("span", { class: `topic svc-${event.source}` }, event.type),
    h("code", {}, format.shortID(event.subject)),
    event.requestid && session.may("admin") && h("a", { href: `#/traces/${event.requestid}`,
        "aria-label": `Trace of ${event.type} at ${format.instant(event.time)}` }, "Trace"))
