// The prices of a signal as a ladder: where to get in, where to get out, and how far that is.

import { svg } from "../dom.js"
import * as format from "../format.js"

const width = 270, height = 170, edge = 14, left = 2, right = 136, gap = 15

const range = ({ low, high }) => low === high ? format.price(low) : `${format.price(low)}–${format.price(high)}`

/** Steps of a ladder with the place of their words: close prices, yet words that do not cover each other. */
function steps({ entry, targets, stopLoss, targetsHit }) {
    const all = [
        ...targets.map((price, index) => ({
            kind: "target", name: `TP${index + 1}${index < targetsHit ? " ✓" : ""}`, price,
        })),
        ...entry ? [{ kind: "entry", name: "Entry", price: (entry.low + entry.high) / 2, text: range(entry) }] : [],
        ...stopLoss === null || stopLoss === undefined ? [] : [{ kind: "stop", name: "Stop", price: stopLoss }],
    ].sort((a, b) => b.price - a.price)
    const prices = [...all.map(it => it.price), ...entry ? [entry.low, entry.high] : []]
    const low = Math.min(...prices), high = Math.max(...prices)
    const y = price => high === low ? height / 2 : edge + (high - price) / (high - low) * (height - 2 * edge)
    let last = -Infinity
    for (const step of all) step.words = last = Math.max(y(step.price), last + gap)
    // What was pushed below the edge pushes the others up again.
    let limit = height - 4
    for (const step of all.toReversed()) { step.words = Math.min(step.words, limit); limit = step.words - gap }
    return { all, y }
}

export function ladder(signal) {
    const { entry, targets = [], stopLoss = null, side, targetsHit = 0 } = signal
    const { all, y } = steps({ entry, targets, stopLoss, targetsHit })
    if (all.length === 0) return null
    const end = width - right, middle = entry ? (entry.low + entry.high) / 2 : null
    const zone = (kind, from, to) => svg("rect", {
        class: `zone ${kind}`, x: left, width: end - left,
        y: Math.min(y(from), y(to)), height: Math.abs(y(from) - y(to)),
    })
    const furthest = targets.length && middle !== null
        ? targets.reduce((far, it) => Math.abs(it - middle) > Math.abs(far - middle) ? it : far) : null
    const words = all.map(it => `${it.name} ${it.text ?? format.price(it.price)}`).join(", ")
    return svg("svg", {
        class: "ladder", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `${side}: ${words}`,
    },
        furthest !== null && zone("gain", middle, furthest),
        stopLoss !== null && middle !== null && zone("loss", middle, stopLoss),
        entry && entry.high > entry.low && zone("entry", entry.low, entry.high),
        all.map(step => svg("g", { class: `step ${step.kind}` },
            svg("line", { x1: left, x2: end, y1: y(step.price), y2: y(step.price) }),
            svg("path", { d: `M${end} ${y(step.price)}L${end + 10} ${step.words}` }),
            svg("text", { x: end + 14, y: step.words + 4 },
                svg("tspan", { class: "step-name" }, `${step.name} `), step.text ?? format.price(step.price)))))
}
