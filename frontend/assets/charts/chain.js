// Who tells whom of what: services as boxes, topics as arrows, and each event as a spark that runs along its arrow.

import { h, svg } from "../dom.js"
import * as format from "../format.js"
import { box, placesFor } from "./places.js"

const nodes = ["users", "channels", "orders", "payments", "gateway"]

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
        // As large as the words around it: on a large screen all grows.
        const scale = parseFloat(getComputedStyle(document.documentElement).fontSize) / 15
        const room = Math.round(width / scale)
        const { height, boxes, arrows } = placesFor(room)
        const size = { width, height: height * scale, viewBox: `0 0 ${room} ${height}` }
        for (const [name, value] of Object.entries(size)) this.#ground.setAttribute(name, value)
        this.#ground.replaceChildren(svg("defs", {}, tip("plain"), tip("bright")))
        this.#arrows = Object.fromEntries(
            Object.entries(arrows).map(([topic, place]) => [topic, this.#arrow(topic, place)]))
        this.#boxes = Object.fromEntries(nodes.map(name => [name, this.#node(name, boxes[name])]))
        this.#fill()
    }

    #arrow(topic, { path, x, y, anchor }) {
        const heard = this.#arrows[topic]?.heard ?? 0
        const line = svg("path", { class: "edge-line", d: path })
        const number = svg("tspan", { class: "edge-rate", x, dy: 15 }, "quiet")
        const text = svg("text", { x, y: y - 6, "text-anchor": anchor },
            svg("tspan", { class: "edge-topic" }, topic), number)
        const group = svg("g", { class: "edge", "data-topic": topic, "data-heard": heard }, line, text)
        this.#ground.append(group)
        // Behind its words the arrow is not seen.
        const words = text.getBBox()
        text.before(svg("rect", {
            class: "edge-ground", x: words.x - 3, y: words.y - 1, width: words.width + 6, height: words.height + 2,
        }))
        return { group, line, number, path, heard, running: 0, dark: null }
    }

    #node(name, [x, y]) {
        const left = x - box.width / 2, top = y - box.height / 2
        const group = svg("g", { class: `node svc-${name}` },
            svg("rect", { x: left, y: top, ...box, rx: 11 }),
            svg("svg", { class: "icon", x: left + 13, y: y - 9, width: 18, height: 18 },
                svg("use", { href: `#i-${name}` })),
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
        arrow.line.after(dot)
        const run = dot.animate({ offsetDistance: ["0%", "100%"] }, { duration: 900, easing: "ease-in-out" })
        run.finished.catch(() => {}).then(() => { dot.remove(); arrow.running-- })
    }
}

const tip = kind => svg("marker", {
    id: `tip-${kind}`, class: `tip ${kind}`, viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 8, markerHeight: 8,
    markerUnits: "userSpaceOnUse", orient: "auto",
}, svg("path", { d: "M0 0L8 4L0 8Z" }))
