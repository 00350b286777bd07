// Forms that show what the service says of each field, at that field.

import { h, icon, newID, toast } from "./dom.js"
import { panel } from "./dialog.js"
import { button, sentence } from "./parts.js"

/** One labelled control: {name, label, type, value, hint, options, …attributes}. */
function control({ name, label, hint, type = "text", options, offers, value = "", ...attributes }) {
    const id = newID("field")
    if (offers) attributes.list = `${id}-offers`
    const common = { id, name, value, "aria-describedby": `${id}-hint ${id}-error`, ...attributes }
    const input = options
        ? h("select", { ...common, value: null },
            options.map(it => h("option", { value: it, selected: it === value }, it)))
        : type === "area" ? h("textarea", { rows: 4, ...common }) : h("input", { type, ...common })
    return h("div", { class: "control", "data-field": name },
        h("label", { for: id }, label), input,
        offers && offered(`${id}-offers`, offers),
        h("p", { class: "hint", id: `${id}-hint` }, hint),
        h("p", { class: "error", id: `${id}-error` }))
}

/** What may be written there, as soon as it is known: a promise of [[value, words]]. */
function offered(id, offers) {
    const list = h("datalist", { id })
    offers.then(found => list.append(...found.map(([value, words]) => h("option", { value }, words))), () => {})
    return list
}

/** Rows of the same controls, such as the items of an order. */
function rows({ name, label, columns, first }) {
    const list = h("div", { class: "form-rows" })
    const number = () => [...list.children].forEach((row, index) => {
        row.setAttribute("aria-label", `${label} ${index + 1}`)
        for (const control of row.querySelectorAll(".control")) {
            const field = `${name}[${index}].${control.dataset.column}`
            control.dataset.field = control.querySelector("input").name = field
        }
        row.querySelector("button").hidden = list.children.length === 1
    })
    const add = values => {
        const row = h("div", { class: "form-row", role: "group" },
            columns.map(column => {
                const element = control({ ...column, value: values[column.name] })
                element.dataset.column = column.name
                return element
            }),
            h("button", { type: "button", class: "icon-button", "aria-label": "Remove this line",
                onclick: () => { row.remove(); number() } }, icon("close")))
        list.append(row)
        number()
        return row
    }
    add(first)
    const more = button("Add a line", {
        name: "plus", kind: "small", onclick: () => add(first).querySelector("input").focus(),
    })
    return h("fieldset", { "data-field": name }, h("legend", {}, label), list, more, h("p", { class: "error" }))
}

/** What the controls hold, as a body: `items[0].price` goes where its name says; empty ones are left out. */
function body(form) {
    const result = {}
    for (const input of form.querySelectorAll("input, select, textarea")) {
        if (!input.name || input.value === "") continue
        const value = input.inputMode === "decimal" || input.inputMode === "numeric" ? number(input.value) : input.value
        const nested = /^(\w+)\[(\d+)\]\.(\w+)$/.exec(input.name)
        if (!nested) result[input.name] = value
        else ((result[nested[1]] ??= [])[nested[2]] ??= {})[nested[3]] = value
    }
    return result
}

/** What is no number is sent as it is: the service has a better word for it than we. */
const number = text => Number.isFinite(Number(text)) ? Number(text) : text

function show(form, problem) {
    const rest = []
    for (const { field, message } of problem.errors) {
        const place = form.querySelector(`[data-field="${CSS.escape(field)}"]`)
        if (!place) { rest.push(`${field}: ${message}`); continue }
        const error = place.querySelector(":scope > .error")
        error.append(h("span", {}, sentence(message), " "))
        place.classList.add("wrong")
        place.querySelector("input, select, textarea")?.setAttribute("aria-invalid", "true")
    }
    if (problem.errors.length === 0) rest.push(problem.message)
    form.querySelector(".form-error").replaceChildren(...rest.map(text => h("span", {}, sentence(text))))
    form.querySelector("[aria-invalid=true]")?.focus()
}

function clear(form) {
    for (const place of form.querySelectorAll(".wrong")) {
        place.classList.remove("wrong")
        place.querySelector(":scope > .error").replaceChildren()
        place.querySelector("[aria-invalid]")?.removeAttribute("aria-invalid")
    }
    form.querySelector(".form-error").replaceChildren()
}

/** A form on its own: `send(body)` does it; what that throws is shown at the fields. */
export function form({ fields, verb, send, extra }) {
    const go = h("button", { type: "submit", class: "primary" }, verb)
    const submit = async event => {
        event.preventDefault()
        clear(element)
        go.disabled = true
        try {
            await send(body(element))
        } catch (problem) {
            if (!Array.isArray(problem.errors)) throw problem
            show(element, problem)
        } finally {
            go.disabled = false
        }
    }
    const element = h("form", { novalidate: true, class: "form", onsubmit: submit },
        h("p", { class: "form-error", role: "alert" }),
        fields.map(field => field.columns ? rows(field) : control(field)),
        h("div", { class: "actions" }, extra, go))
    return element
}

/** The same above the page, closed when it is done. */
export function formPanel(title, { done, send, ...rest }) {
    const opened = panel(title, form({
        ...rest,
        send: async body => {
            const result = await send(body)
            opened.close()
            if (done) toast(done)
        },
        extra: button("Cancel", { onclick: () => opened.close() }),
    }))
    opened.dialog.querySelector("form input, form select")?.focus()
    return opened
}
