// Columns over days, and a part of a whole.

import { h, svg } from "../dom.js"
import * as format from "../format.js"

const width = 240, height = 84

/** `days`: [{day, count}], the latest last. */
export function columns(days, label) {
    const shown = days.slice(-30)
    const most = Math.max(1, ...shown.map(it => it.count))
    const step = width / Math.max(shown.length, 7)
    return svg("svg", { class: "columns", viewBox: `0 0 ${width} ${height}`, role: "img",
        "aria-label": `${label}: ${shown.map(it => `${it.day} ${it.count}`).join(", ")}` },
        svg("path", { class: "axis", d: `M0 ${height - 16}H${width}` }),
        shown.map(({ day, count }, index) => {
            const tall = count / most * (height - 30)
            const place = { x: index * step + 1.5, y: height - 16 - tall }
            return svg("rect", { ...place, width: Math.max(step - 3, 1), height: tall, rx: 2 },
                svg("title", {}, `${day}: ${count}`))
        }),
        shown.length > 0 && svg("text", { x: 0, y: height - 3 }, shown[0].day.slice(5)),
        shown.length > 1 && svg("text", { x: width, y: height - 3, "text-anchor": "end" }, shown.at(-1).day.slice(5)))
}

export function part(value, label) {
    const bar = h("span", {})
    bar.style.width = `${Math.round((value ?? 0) * 100)}%`
    return h("div", { class: "part", role: "img", "aria-label": `${label}: ${format.percent(value)}` }, bar)
}
