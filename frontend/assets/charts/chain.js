// Who tells whom of what: services as boxes, topics as arrows, and each event as a spark that runs along its arrow.

import { h, svg } from "../dom.js"
import * as format from "../format.js"

const box = { width: 136, height: 46 }
const nodes = ["users", "channels", "orders", "payments", "gateway"]

/** Where everything is: [x, y] of boxes; of arrows a path, and where their words stand. */
function wide(width) {
    const left = box.width / 2 + 8, right = width - left, middle = Math.round(width * 0.47)
    const half = box.width / 2
    const [a, b, c, d] = [left + half, middle - half, middle + half, right - half]
    const between = (from, to) => Math.round((from + to) / 2)
    return {
        height: 300,
        places: { users: [left, 54], channels: [left, 200], orders: [middle, 127], payments: [right, 127], gateway: [middle, 268] },
        arrows: {
            "user.created": [`M${a} 54C${between(a, b)} 54 ${between(a, b)} 116 ${b} 116`, [between(a, b) + 12, 62, "start"]],
            "copy-order.requested": [`M${a} 200C${between(a, b)} 200 ${between(a, b)} 138 ${b} 138`, [between(a, b) + 12, 192, "start"]],
            "order.created": [`M${c} 112C${c + 40} 48 ${d - 40} 48 ${d} 112`, [between(c, d), 48, "middle"]],
            "payment.completed": [`M${d} 127L${c} 127`, [between(c, d), 109, "middle"]],
            "payment.failed": [`M${d} 142C${d - 40} 206 ${c + 40} 206 ${c} 142`, [between(c, d), 220, "middle"]],
            "order.paid": [`M${middle} 150L${middle} 245`, [middle + 12, 206, "start"]],
        },
    }
}

function narrow(width) {
    const left = box.width / 2 + 2, right = width - left, middle = Math.round(width / 2)
    return {
        height: 430,
        places: { users: [left, 26], channels: [right, 26], orders: [middle, 176], payments: [right, 402], gateway: [left, 330] },
        arrows: {
            "user.created": [`M${left} 49C${left} 110 ${middle - 30} 100 ${middle - 30} 153`, [left, 92, "middle"]],
            "copy-order.requested": [`M${right} 49C${right} 110 ${middle + 30} 100 ${middle + 30} 153`, [right + 2, 92, "middle"]],
            "order.paid": [`M${middle - 46} 199C${middle - 46} 250 ${left} 250 ${left} 307`, [left, 254, "middle"]],
            "order.created": [`M${middle - 6} 199C${middle - 10} 300 ${right - 56} 310 ${right - 56} 379`, [middle + 8, 302, "middle"]],
            "payment.completed": [`M${right} 379C${right} 330 ${middle + 36} 290 ${middle + 36} 199`, [right + 6, 348, "middle"]],
            "payment.failed": [`M${right + 52} 379C${right + 66} 300 ${middle + 120} 210 ${middle + 68} 184`, [right + 20, 250, "middle"]],
        },
    }
}

export class Chain {
    #ground = svg("svg", { class: "chain", role: "img", "aria-label": "Services, and the events that go between them" })
    #words = h("ul", { class: "hidden" })
    #arrows = {}
    #boxes = {}
    #state = { statuses: {}, rates: {} }
    #isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches
    element = h("div", { class: "chain-place" }, this.#ground, this.#words)

    constructor(signal) {
        let width = 0
        const watch = new ResizeObserver(([entry]) => {
            const now = Math.round(entry.contentRect.width)
            if (now === width || now === 0) return
            width = now
            this.#draw(width)
        })
        watch.observe(this.element)
        signal.addEventListener("abort", () => watch.disconnect())
    }

    #draw(width) {
        const { height, places, arrows } = width < 660 ? narrow(width) : wide(width)
        for (const [name, value] of Object.entries({ width, height, viewBox: `0 0 ${width} ${height}` })) {
            this.#ground.setAttribute(name, value)
        }
        this.#ground.replaceChildren(svg("defs", {}, ["plain", "bright"].map(kind => svg("marker", {
            id: `tip-${kind}`, class: `tip ${kind}`, viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 8, markerHeight: 8,
            markerUnits: "userSpaceOnUse", orient: "auto",
        }, svg("path", { d: "M0 0L8 4L0 8Z" })))))
        this.#arrows = Object.fromEntries(Object.entries(arrows).map(([topic, place]) => [topic, this.#arrow(topic, place)]))
        this.#boxes = Object.fromEntries(nodes.map(name => [name, this.#node(name, places[name])]))
        this.#fill()
    }

    #arrow(topic, [path, [x, y, anchor]]) {
        const line = svg("path", { class: "edge-line", d: path })
        const number = svg("tspan", { class: "edge-rate", x, dy: 15 })
        const text = svg("text", { x, y: y - 6, "text-anchor": anchor }, svg("tspan", { class: "edge-topic" }, topic), number)
        const group = svg("g", { class: "edge", "data-topic": topic, "data-heard": this.#arrows[topic]?.heard ?? 0 }, line, text)
        this.#ground.append(group)
        // Behind the words the arrow is not drawn.
        number.textContent = "quiet"
        const { x: left, y: top, width, height } = text.getBBox()
        text.before(svg("rect", { class: "edge-ground", x: left - 3, y: top - 1, width: width + 6, height: height + 2 }))
        return { group, line, number, path, heard: this.#arrows[topic]?.heard ?? 0, running: 0, dark: null }
    }

    #node(name, [x, y]) {
        const left = x - box.width / 2, top = y - box.height / 2
        const group = svg("g", { class: `node svc-${name}` },
            svg("rect", { x: left, y: top, width: box.width, height: box.height, rx: 11 }),
            svg("svg", { class: "icon", x: left + 13, y: y - 9, width: 18, height: 18 }, svg("use", { href: `#i-${name}` })),
            svg("text", { x: left + 40, y: y + 4.5 }, name[0].toUpperCase() + name.slice(1)),
            svg("circle", { class: "node-dot", cx: left + box.width - 14, cy: y, r: 4 }))
        this.#ground.append(group)
        return group
    }

    /** `statuses`: of services by name; `rates`: events a second by topic. */
    update(statuses, rates) {
        this.#state = { statuses, rates }
        this.#fill()
    }

    #fill() {
        const { statuses, rates } = this.#state
        for (const [name, node] of Object.entries(this.#boxes)) node.dataset.state = statuses[name] ?? "unknown"
        for (const [topic, { number, group }] of Object.entries(this.#arrows)) {
            number.textContent = rates[topic] ? `${format.rate(rates[topic])} / s` : "quiet"
            group.classList.toggle("busy", rates[topic] > 0)
        }
        this.#words.replaceChildren(...Object.keys(this.#arrows).map(topic =>
            h("li", {}, `${topic}: ${rates[topic] ? `${format.rate(rates[topic])} a second` : "quiet"}`)))
    }

    /** An event was told. */
    pulse(topic) {
        const arrow = this.#arrows[topic]
        if (!arrow) return
        arrow.group.dataset.heard = ++arrow.heard
        arrow.group.classList.add("lit")
        clearTimeout(arrow.dark)
        arrow.dark = setTimeout(() => arrow.group.classList.remove("lit"), 1400)
        if (this.#isCalm || arrow.running > 12) return
        arrow.running++
        const dot = svg("circle", { class: "pulse", r: 5 })
        dot.style.offsetPath = `path("${arrow.path}")`
        arrow.group.append(dot)
        const run = dot.animate([{ offsetDistance: "0%" }, { offsetDistance: "100%" }], { duration: 900, easing: "ease-in-out" })
        run.finished.catch(() => {}).then(() => { dot.remove(); arrow.running-- })
    }
}
