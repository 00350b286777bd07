// A curve the size of a word: how a figure went of late.

import { svg } from "../dom.js"

const width = 120, height = 32, places = 60

/** `values`: the latest last; what there is less of than fits leaves room on the left. */
export function spark(values, label) {
    const most = Math.max(...values, 1e-9)
    const x = index => (index + places - values.length) / (places - 1) * width
    const y = value => height - 2 - value / most * (height - 5)
    const line = values.map((value, index) => `${x(index).toFixed(1)} ${y(value).toFixed(1)}`).join("L")
    const from = x(0).toFixed(1)
    return svg("svg", {
        class: "spark", viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "none",
        role: "img", "aria-label": label,
    },
        svg("path", { class: "spark-ground", d: `M0 ${height - 2}H${width}` }),
        values.length > 1 && svg("path", { class: "spark-area", d: `M${line}V${height}H${from}Z` }),
        values.length > 1 && svg("path", { class: "spark-line", d: `M${line}` }))
}
