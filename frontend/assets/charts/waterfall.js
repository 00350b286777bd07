// A trace as bars under a ruler: who worked when, below whom.

import { h } from "../dom.js"
import * as format from "../format.js"
import { facts } from "../parts.js"

const marks = 4

/** Spans in the order in which one reads them: each below the one that caused it. */
function inOrder(spans) {
    const known = new Set(spans.map(it => it.spanId))
    const below = Map.groupBy(spans, it => known.has(it.parentId) ? it.parentId : null)
    const rows = []
    // Without recursion: how deep a trace goes is not ours to say.
    const stack = (below.get(null) ?? []).map(span => ({ span, depth: 0 })).reverse()
    while (stack.length) {
        const row = stack.pop()
        rows.push(row)
        const children = below.get(row.span.spanId) ?? []
        stack.push(...children.map(span => ({ span, depth: row.depth + 1 })).reverse())
    }
    return rows
}

/** `open`: ids of the spans whose fields are shown; kept by whoever draws again. */
export function waterfall(trace, open) {
    const whole = Math.max(trace.durationMs, 0.001)
    const ruler = h("div", { class: "ruler", "aria-hidden": "true" }, Array.from({ length: marks + 1 }, (_, index) =>
        h("span", {}, index === 0 ? "0" : format.milliseconds(whole * index / marks))))
    return h("div", { class: "waterfall" },
        h("div", { class: "waterfall-head" }, h("span", {}, "What was done"), ruler),
        h("ol", {}, inOrder(trace.spans).map(({ span, depth }) => row(span, depth, whole, open))))
}

function row(span, depth, whole, open) {
    const left = Math.min(span.offsetMs / whole * 100, 99.7), width = Math.max(span.durationMs / whole * 100, 0.3)
    const bar = h("span", { class: "bar-span" })
    bar.style.left = `${left}%`
    bar.style.width = `${Math.min(width, 100 - left)}%`
    const time = h("span", { class: "bar-time" }, format.milliseconds(span.durationMs))
    // After the bar where there is room, else before it, else within it.
    if (left + width < 78) {
        time.style.left = `${left + width}%`
    } else if (left >= 12) {
        time.style.right = `${100 - left}%`
    } else {
        time.style.right = `${Math.max(0, 100 - left - width)}%`
        time.classList.add("inside")
    }
    const name = h("span", { class: "span-name" }, span.name.replaceAll(/\s+/g, " "))
    name.style.paddingInlineStart = `${Math.min(depth, 12) * 0.6}rem`
    const detail = h("div", { class: "span-detail", hidden: !open.has(span.spanId) },
        h("pre", { tabindex: "0" }, span.name.trim()),
        facts([
            ["Service", span.service], ["Kind", span.kind], ["Begins", format.milliseconds(span.offsetMs)],
            ["Takes", format.milliseconds(span.durationMs)], ...Object.entries(span.fields ?? {}),
        ]))
    const turn = ({ currentTarget }) => {
        detail.hidden = !detail.hidden
        currentTarget.setAttribute("aria-expanded", !detail.hidden)
        if (detail.hidden) open.delete(span.spanId)
        else open.add(span.spanId)
    }
    return h("li", { class: `svc-${span.service}${span.hasFailed ? " failed" : ""}`, "data-service": span.service },
        h("button", {
            type: "button", class: "span-row", "aria-expanded": String(!detail.hidden), "data-focus": span.spanId,
            onclick: turn,
        },
            h("span", { class: "span-what" }, h("span", { class: "span-service" }, span.service), name,
                span.hasFailed && h("span", { class: "badge bad" }, "failed")),
            h("span", { class: "span-bar" }, bar, time)), detail)
}
