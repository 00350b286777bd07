// Events as they happen, over one WebSocket that comes back by itself.

import { address } from "./api.js"
import { session } from "./session.js"

const first = 300, longest = 8000

class Live extends EventTarget {
    state = "connecting"
    #socket = null
    #attempts = 0
    #timer = null
    /** Whose events are heard. */
    #listener = null

    start() {
        addEventListener("online", () => this.#again(0))
        document.addEventListener("visibilitychange", () => { if (!document.hidden && !this.#socket) this.#again(0) })
        session.onChange(() => { if (this.state !== "live" || session.user?.id !== this.#listener) this.#reopen() })
        this.#open()
    }

    /** Hears the events of all services: fn(event). */
    onEvent(listener, signal) { this.addEventListener("told", ({ detail }) => listener(detail), { signal }) }
    onState(listener, signal) { this.addEventListener("state", () => listener(this.state), { signal }) }
    /** Events are heard from now on. What happened before nobody heard of: time to ask again. */
    onReturn(listener, signal) { this.addEventListener("return", listener, { signal }) }

    #open() {
        clearTimeout(this.#timer)
        if (session.isMissing) return
        this.#listener = session.user?.id
        const url = address("/ws")
        url.protocol = url.protocol.replace("http", "ws")
        if (session.token) url.searchParams.set("access_token", session.token)
        const socket = new WebSocket(url)
        this.#socket = socket
        socket.onopen = () => socket.send(JSON.stringify({ subscribe: ["*"] }))
        socket.onmessage = ({ data }) => this.#hear(JSON.parse(data))
        socket.onclose = () => { if (socket === this.#socket) this.#lose() }
    }

    #hear(message) {
        if (message.subscribed) {
            this.#attempts = 0
            this.#become("live")
            this.dispatchEvent(new Event("return"))
        } else if (message.type) {
            this.dispatchEvent(new CustomEvent("told", { detail: message }))
        }
    }

    #lose() {
        this.#socket = null
        this.#become("away")
        // Later each time, and not all browsers in the same moment.
        this.#again(Math.min(longest, first * 2 ** this.#attempts++) * (0.5 + Math.random() / 2))
    }

    #again(wait) {
        clearTimeout(this.#timer)
        if (!this.#socket) this.#timer = setTimeout(() => this.#open(), wait)
    }

    #reopen() {
        const old = this.#socket
        this.#socket = null
        old?.close()
        this.#open()
    }

    #become(state) {
        if (state === this.state) return
        this.state = state
        this.dispatchEvent(new Event("state"))
    }
}

export const live = new Live()
