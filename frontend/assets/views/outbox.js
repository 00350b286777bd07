import { h } from "../dom.js"
import * as format from "../format.js"
import { monitor } from "../monitor.js"
import { empty, failure, head, skeleton } from "../parts.js"
import { jsonView } from "../json.js"

export function outbox(root, { signal }) {
    const place = h("div", { class: "outboxes" }, skeleton(3))
    root.replaceChildren(
        head("Outboxes", "What services have committed and the broker has not taken yet: nothing, most of the time."),
        place)
    let last = ""
    const fill = () => {
        if (!monitor.outboxes) {
            if (monitor.problem) place.replaceChildren(failure(monitor.problem, null, "The outboxes"))
            return
        }
        // Unchanged, it is left alone, with whatever is open and has the focus.
        const now = JSON.stringify(monitor.outboxes)
        if (now === last) return
        last = now
        const { services, missing } = monitor.outboxes
        place.replaceChildren(...services.map(card), ...missing.map(away),
            services.length + missing.length === 0 ? empty("outbox", "No outboxes", "No service has one.") : "")
    }
    monitor.onChange(fill, signal)
    fill()
}

const card = ({ service, pending, oldestSeconds, stuck, stuckEvents }) =>
    h("article", { class: `card svc-${service}`, "aria-label": `Outbox of ${service}` },
        h("h2", {}, service),
        h("dl", { class: "figures" },
            h("div", { class: pending > 1000 && "bad" }, h("dt", {}, "Waiting"), h("dd", {}, format.count(pending))),
            h("div", {}, h("dt", {}, "Oldest"), h("dd", {}, pending ? format.span(oldestSeconds) : format.none)),
            h("div", { class: stuck ? "bad" : null }, h("dt", {}, "Stuck"), h("dd", {}, format.count(stuck)))),
        stuckEvents?.length > 0 && h("details", {}, h("summary", {}, "What is stuck"),
            jsonView(stuckEvents, `Stuck events of ${service}`)),
        h("p", { class: "fine" }, stuck ? "tradewind outbox replay tries them again."
            : pending ? "On their way." : "All is told."))

const away = service => h("article", {
    class: `card svc-${service} is-away`, "aria-label": `Outbox of ${service}`,
},
    h("h2", {}, service), h("p", { class: "service-away" }, "Nobody answers, or it has no outbox."))
