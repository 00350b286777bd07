// A table of what a service has: search, filters, pages by cursor, and rows that change while one looks.

import { page } from "./api.js"
import { every, h, hidden, icon } from "./dom.js"
import { live } from "./live.js"
import { button, choice, empty, failure, field, head, skeleton } from "./parts.js"

const size = 25, typing = 250

/**
 * about: {title, text, name, path, columns, filters, topics, inspect, create, nothing}
 * - columns: [{title, cell(row), kind}]; the first one opens the row.
 * - filters: [{name, label, options | placeholder}]; also taken from the address, such as #/orders?userId=…
 * - topics: what events say that the list may have changed; their ids mark the rows.
 */
export class Listing {
    #about; #signal; #query; #pages = [null]; #next = null; #touched = new Set(); #typing = null; #telling = null
    #place = h("div", { class: "list" })
    #status = h("p", { class: "hidden", role: "status" })

    constructor(root, { signal, query }, about) {
        this.#about = about
        this.#signal = signal
        this.#query = Object.fromEntries(about.filters.map(({ name }) => [name, query.get(name) ?? ""]))
        const create = about.create && button(about.create.text, {
            name: "plus", kind: "primary", onclick: () => about.create.open(() => this.refresh()),
        })
        root.replaceChildren(
            head(about.title, about.text, create || null),
            h("form", { class: "filters", role: "search", onsubmit: event => event.preventDefault() },
                about.filters.map(filter => this.#filter(filter))),
            this.#place, this.#status)
        this.#place.replaceChildren(skeleton())
        live.onEvent(event => this.#hear(event), signal)
        live.onReturn(() => this.refresh(), signal)
        // For what no event tells of, and for a service that comes back.
        every(5000, signal, () => this.refresh())
    }

    #filter({ name, label, options, placeholder }) {
        const changed = ({ target }) => {
            clearTimeout(this.#typing)
            this.#typing = setTimeout(() => this.#search(name, target.value.trim()), options ? 0 : typing)
        }
        if (options) {
            const { select, element } = choice(label, options, { onchange: changed })
            select.value = this.#query[name]
            return element
        }
        const input = h("input", { type: "search", placeholder, value: this.#query[name], oninput: changed,
            spellcheck: "false", autocomplete: "off" })
        return field(label, h("span", { class: "search" }, icon("search"), input))
    }

    #search(name, value) {
        this.#query[name] = value
        this.#pages = [null]
        const query = new URLSearchParams(Object.entries(this.#query).filter(([, value]) => value))
        const path = location.hash.split("?")[0]
        history.replaceState(null, "", query.size ? `${path}?${query}` : path)
        this.refresh(true)
    }

    #hear(event) {
        if (!this.#about.topics.test(event.type)) return
        for (const [name, value] of Object.entries(event.data ?? {})) {
            if (name.endsWith("Id") && typeof value === "string") this.#touched.add(value)
        }
        if (event.subject) this.#touched.add(event.subject)
        clearTimeout(this.#telling)
        this.#telling = setTimeout(() => this.refresh(), 150)
    }

    #asked = 0
    #shown = null
    async refresh(isWish = false) {
        const { path } = this.#about
        const number = ++this.#asked
        try {
            const after = this.#pages.at(-1)
            const { rows, next } = await page(path, { ...this.#query, limit: size, after },
                { signal: this.#signal, isWatching: true })
            if (number !== this.#asked) return // somebody has asked anew
            this.#next = next
            const now = JSON.stringify([rows, next])
            // Unchanged rows stay as they are, with what somebody has marked in them.
            if (now !== this.#shown) this.#show(rows)
            this.#shown = now
            if (isWish) this.#status.textContent = `${rows.length}${next ? " or more" : ""} found`
        } catch (problem) {
            if (this.#signal.aborted || number !== this.#asked) return
            if (!("status" in problem)) throw problem
            if (problem.isAway && this.#place.querySelector("table")) return // what is there is better than nothing
            this.#shown = null
            this.#place.replaceChildren(failure(problem, () => this.refresh(true), this.#about.title))
        }
    }

    #show(rows) {
        const touched = this.#touched
        this.#touched = new Set()
        const isFiltered = Object.values(this.#query).some(Boolean)
        if (rows.length === 0 && this.#pages.length === 1) {
            const { name, nothing, create } = this.#about
            return this.#place.replaceChildren(isFiltered
                ? empty("search", "Nothing like that", "Nothing fits what is asked for above.")
                : empty(name, nothing.title, nothing.text, create
                    && button(create.text, { name: "plus", onclick: () => create.open(() => this.refresh()) })))
        }
        // The element that has the focus is made anew, so it is found again by its row.
        const focused = this.#place.contains(document.activeElement) ? document.activeElement.dataset.focus : null
        this.#place.replaceChildren(this.#table(rows, touched), this.#pager())
        if (focused) this.#place.querySelector(`[data-focus="${CSS.escape(focused)}"]`)?.focus()
    }

    #table(rows, touched) {
        const { title, columns, inspect } = this.#about
        const cells = row => columns.map((column, index) => {
            const content = column.cell(row)
            const opener = index === 0 && inspect
            return h("td", { role: "cell", class: column.kind, "data-label": column.title }, opener
                ? h("button", { type: "button", class: "row-link", "data-focus": row.id,
                    onclick: () => inspect(row, () => this.refresh()) }, content)
                : content)
        })
        return h("table", { role: "table" },
            h("caption", { class: "hidden" }, title),
            h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, columns.map(column =>
                h("th", { role: "columnheader", scope: "col", class: column.kind }, column.title)))),
            h("tbody", { role: "rowgroup" }, rows.map(row =>
                h("tr", { role: "row", class: touched.has(row.id) && "touched", "data-id": row.id }, cells(row)))))
    }

    #pager() {
        const number = this.#pages.length
        if (number === 1 && !this.#next) return ""
        const turn = change => () => { change(); this.refresh(true) }
        return h("nav", { class: "pager", "aria-label": "Pages of the list" },
            h("button", { type: "button", disabled: number === 1, "data-focus": "newer",
                onclick: turn(() => this.#pages.pop()) }, icon("back"), "Newer"),
            h("span", {}, hidden("Page "), number),
            h("button", { type: "button", disabled: !this.#next, "data-focus": "older",
                onclick: turn(() => this.#pages.push(this.#next)) }, "Older", icon("next")))
    }
}
