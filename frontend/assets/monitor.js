// How everything is, asked every two seconds for whatever page shows it, and remembered for the curves.

import { get } from "./api.js"
import { every } from "./dom.js"
import { live } from "./live.js"
import { session } from "./session.js"

const kept = 60, period = 2000, window = 10_000

class Monitor extends EventTarget {
    /** What the gateway said last, and the problem if it did not. */
    overview = null
    problem = null
    outboxes = null
    /** Depth of the dead letters; more than `most` are not counted. */
    letters = null
    most = 200
    /** name of a service → {requests: […], errors: […]}, the latest last. */
    history = new Map()
    total = { requests: [], events: [] }
    #told = []

    start() {
        live.onEvent(event => this.#count(event))
        live.onReturn(() => this.#ask())
        session.onChange(() => this.#ask())
        every(period, new AbortController().signal, () => this.#ask())
    }

    onChange(listener, signal) { this.addEventListener("change", listener, { signal }) }

    /** Events of a topic a second, over the last ten seconds. */
    rate(topic) { return this.inWindow(topic) / (window / 1000) }
    inWindow(topic) {
        this.#forget()
        return this.#told.reduce((sum, it) => sum + (topic === undefined || it.type === topic), 0)
    }

    #count(event) {
        this.#told.push({ type: event.type, at: performance.now() })
        if (this.#told.length > 5000) this.#forget()
    }

    #forget() {
        const since = performance.now() - window
        const old = this.#told.findIndex(it => it.at > since)
        if (old !== 0) this.#told.splice(0, old < 0 ? this.#told.length : old)
    }

    async #ask() {
        if (session.isMissing) return
        const isWatching = { isWatching: true }
        const forAdmins = path => session.may("admin") ? get(path, isWatching) : null
        const [overview, outboxes, letters] = await Promise.allSettled([
            get("/api/overview", isWatching), forAdmins("/api/outbox"), forAdmins(`/api/dlq?limit=${this.most}`),
        ])
        this.problem = overview.reason ?? null
        if (overview.value) {
            this.overview = overview.value
            this.#remember([overview.value.gateway, ...overview.value.services])
        }
        this.outboxes = outboxes.value ?? null
        this.letters = letters.value?.length ?? null
        this.dispatchEvent(new Event("change"))
    }

    #remember(services) {
        const push = (list, value) => { list.push(value ?? 0); if (list.length > kept) list.shift() }
        for (const service of services) {
            const name = service.instance
            if (!this.history.has(name)) this.history.set(name, { requests: [], errors: [] })
            push(this.history.get(name).requests, service.requestsPerSecond)
            push(this.history.get(name).errors, service.errorRate)
        }
        push(this.total.requests, services[0].requestsPerSecond)
        push(this.total.events, this.rate())
    }
}

export const monitor = new Monitor()
