// The small things that every page is made of.

import { h, hidden, icon } from "./dom.js"

/** Head of a page: what it is, in a line, and what can be done. */
export const head = (title, about, ...actions) => h("header", { class: "view-head" },
    h("div", {}, h("h1", { tabindex: "-1" }, title), about && h("p", { class: "about" }, about)),
    actions.length > 0 && h("div", { class: "actions" }, actions))

export const button = (text, { name, kind = "", ...attributes } = {}) =>
    h("button", { type: "button", class: kind, ...attributes }, name && icon(name), text)

export const iconButton = (text, name, attributes = {}) =>
    h("button", { type: "button", class: "icon-button", title: text, ...attributes }, icon(name), hidden(text))

const moods = {
    up: "good", paid: "good", completed: "good", active: "good", open: "good", closed: "plain", "target-hit": "good",
    pending: "calm", processing: "calm", degraded: "warn", paused: "warn", stopped: "bad", expired: "plain",
    down: "bad", away: "bad", payment_failed: "bad", failed: "bad", cancelled: "plain", refunded: "plain",
    buy: "good", sell: "bad", ADMIN: "calm", MODERATOR: "calm", USER: "plain",
}
/** A word that says how something is, with a colour that says it again. */
export const badge = (state, text = String(state).replaceAll(/[_-]/g, " ")) =>
    h("span", { class: `badge ${moods[state] ?? "plain"}` }, text)

export const empty = (name, title, text, ...actions) => h("div", { class: "empty" },
    h("span", { class: "empty-icon" }, icon(name)), h("h2", {}, title), h("p", {}, text),
    actions.length > 0 && h("div", { class: "actions" }, actions))

/** What could not be had, and how to ask again. */
export function failure(problem, again, subject = "This") {
    const title = problem.isAway ? `${subject} cannot be had right now`
        : problem.status === 403 ? "This is not for your role" : `${subject} could not be loaded`
    return h("div", { class: "empty", role: "alert" },
        h("span", { class: "empty-icon bad" }, icon("away")), h("h2", {}, title),
        h("p", {}, problem.errors.length ? problem.errors.map(it => sentence(`${it.field} ${it.message}`)).join(" ")
            : sentence(problem.message), problem.isAway && " It is asked for again by itself."),
        problem.requestId && h("p", { class: "fine" }, "Request ", h("code", {}, problem.requestId)),
        again && h("div", { class: "actions" }, button("Try again", { onclick: again })))
}

export const sentence = text => text ? text[0].toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? "" : ".") : ""

/** Grey shapes where rows will be. */
export const skeleton = (rows = 6) => h("div", { class: "skeleton", "aria-busy": "true" },
    hidden("Loading"), Array.from({ length: rows }, () => h("span", {})))

export const field = (label, control, hint) => h("label", { class: "field" }, h("span", {}, label), control, hint)

export function choice(label, options, attributes = {}) {
    const select = h("select", attributes, options.map(option => {
        const [value, text] = Array.isArray(option) ? option : [option, option]
        return h("option", { value }, text)
    }))
    return { select, element: field(label, select) }
}

/** What is known of one thing: [[name, value], …]. */
export const facts = pairs => h("dl", { class: "facts" }, pairs.filter(Boolean).map(([name, value]) =>
    h("div", {}, h("dt", {}, name), h("dd", {}, value))))

/** Something to be copied. */
export const code = text => h("code", { class: "id", title: text }, text)
