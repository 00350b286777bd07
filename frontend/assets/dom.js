// Elements from what they hold. Text is always text: nothing here reads markup.

/** h("button", {class: "primary", onclick: save}, "Save"): null, undefined and false are left out. */
export function h(tag, attributes = {}, ...children) {
    return fill(document.createElement(tag), attributes, children)
}

export function svg(tag, attributes = {}, ...children) {
    return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children)
}

function fill(element, attributes, children) {
    for (const [name, value] of Object.entries(attributes)) {
        if (value === null || value === undefined || value === false) continue
        if (name.startsWith("on")) element.addEventListener(name.slice(2), value)
        else if (name === "value") element.value = value
        else element.setAttribute(name, value === true ? "" : value)
    }
    element.append(...children.flat(Infinity).filter(child => child !== null && child !== undefined && child !== false))
    return element
}

export const icon = name =>
    svg("svg", { class: "icon", "aria-hidden": "true" }, svg("use", { href: `#i-${name}` }))

/** What only those hear who do not see. */
export const hidden = text => h("span", { class: "hidden" }, text)

let ids = 0
export const newID = name => `${name}-${++ids}`

/** Says something in passing, to eyes and ears. */
export function toast(text, kind = "good") {
    const item = h("p", { class: `toast ${kind}` }, text)
    document.getElementById("toasts").append(item)
    setTimeout(() => item.remove(), 5000)
}

/** Calls at most once a frame, and not at all while nobody looks. */
export function eachFrame(draw) {
    let asked = false
    return () => {
        if (asked) return
        asked = true
        requestAnimationFrame(() => { asked = false; draw() })
    }
}

/** Repeats until the signal, beginning now; a hidden page waits until it is looked at. */
export function every(milliseconds, signal, work) {
    let timer
    const round = async () => {
        if (signal.aborted) return
        if (!document.hidden) await work()
        if (!signal.aborted) timer = setTimeout(round, milliseconds)
    }
    const look = () => { if (!document.hidden) { clearTimeout(timer); round() } }
    document.addEventListener("visibilitychange", look, { signal })
    signal.addEventListener("abort", () => clearTimeout(timer))
    return round()
}
