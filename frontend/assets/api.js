// The gateway, asked. Whatever goes wrong comes as a Problem, as the services word it (RFC 9457).

import { session } from "./session.js"

export class Problem extends Error {
    constructor(status, body = {}) {
        super(body.detail || body.title || `the gateway answered ${status}`)
        this.status = status
        /** What is wrong with which field: [{field, code, message}]. */
        this.errors = body.errors ?? []
        this.requestId = body.requestId ?? null
    }

    /** Nobody is there, or somebody is for a moment not: to be tried again. */
    get isAway() { return this.status === 0 || this.status === 502 || this.status === 503 || this.status === 504 }
}

export const address = path => new URL(path.replace(/^\//, ""), document.baseURI)

/** Random bytes in hexadecimal. (`crypto.randomUUID` is not there on a page without TLS.) */
export const randomDigits = count =>
    [...crypto.getRandomValues(new Uint8Array(count))].map(it => it.toString(16).padStart(2, "0")).join("")

/** Nobody needs a trace of the page's own looking after: marked as not sampled (W3C trace context), none is kept. */
const unsampled = () => {
    const digits = randomDigits(24)
    return `00-${digits.slice(0, 32)}-${digits.slice(32)}-00`
}

const patience = 15_000

async function send(method, path, { body, headers = {}, signal, isWatching = false, token = session.token }) {
    const head = { Accept: "application/json", ...headers }
    if (body !== undefined) head["Content-Type"] = "application/json"
    if (token) head.Authorization = `Bearer ${token}`
    if (isWatching) head.traceparent = unsampled()
    const late = AbortSignal.timeout(patience)
    try {
        return await fetch(address(path), {
            method, headers: head, body: body === undefined ? undefined : JSON.stringify(body),
            signal: signal ? AbortSignal.any([signal, late]) : late,
        })
    } catch (error) {
        if (signal?.aborted) throw error
        throw new Problem(0, { detail: late.aborted ? "there was no answer in time" : "the gateway cannot be reached" })
    }
}

async function exchange(refreshToken) {
    // Without the token that has run out: it would be refused before anybody looks at the other.
    const answer = await send("POST", "/api/auth/refresh", { body: { refreshToken }, token: null })
    if (answer.ok) return answer.json()
    if (answer.status === 401 || answer.status === 400) return null
    throw new Problem(answer.status, await answer.json().catch(() => ({})))
}

/** The answer itself, for those who need its head. */
export async function ask(method, path, options = {}) {
    let answer = await send(method, path, options)
    if (answer.status === 401 && !path.startsWith("/api/auth/login")) {
        // With a token that has run out, even where none is needed: what is sent is looked at.
        if (session.token) {
            await session.renew(exchange)
            answer = await send(method, path, options)
        }
        if (answer.status === 401) dispatchEvent(new Event("sign-in-needed"))
    }
    if (answer.ok) return answer
    throw new Problem(answer.status, await answer.json().catch(() => ({})))
}

const content = async answer => answer.status === 204 ? null : answer.json()

export const get = async (path, options) => content(await ask("GET", path, options))
export const post = async (path, body, options) => content(await ask("POST", path, { body, ...options }))
export const put = async (path, body, options) => content(await ask("PUT", path, { body, ...options }))
export const patch = async (path, body, options) => content(await ask("PATCH", path, { body, ...options }))
export const remove = async (path, options) => content(await ask("DELETE", path, options))

/** A path with its query; what is empty is left out. */
export function withQuery(path, query) {
    const pairs = Object.entries(query).filter(([, value]) => value !== "" && value !== null && value !== undefined)
    return pairs.length ? `${path}?${new URLSearchParams(pairs)}` : path
}

/** One page of a list, and the cursor of the next (`Link: <…after=…>; rel="next"`). */
export async function page(path, query, options) {
    const answer = await ask("GET", withQuery(path, query), options)
    const link = /<([^>]+)>\s*;\s*rel="?next"?/.exec(answer.headers.get("Link") ?? "")
    const next = link ? new URL(link[1], document.baseURI).searchParams.get("after") : null
    return { rows: await answer.json(), next }
}
