// A document as people read it: indented, with colours that do not carry the meaning alone.

import { h, toast } from "./dom.js"
import { button } from "./parts.js"

const token = /("(?:\\.|[^"\\])*")(\s*:)?|\b(?:true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g

function coloured(text) {
    const parts = []
    let from = 0
    for (const match of text.matchAll(token)) {
        parts.push(text.slice(from, match.index))
        const kind = match[2] ? "key" : match[1] ? "string" : "other"
        parts.push(h("span", { class: `json-${kind}` }, match[1] ?? match[0]), match[2] ?? "")
        from = match.index + match[0].length
    }
    return [...parts, text.slice(from)]
}

export function jsonView(value, label) {
    const text = JSON.stringify(value, null, 2)
    const copy = async () => {
        try {
            await navigator.clipboard.writeText(text)
            toast("Copied")
        } catch {
            toast("The browser lets no page copy here", "bad")
        }
    }
    return h("div", { class: "json" },
        button("Copy", { name: "copy", kind: "small", onclick: copy, "aria-label": `Copy ${label}` }),
        h("pre", { tabindex: "0", "aria-label": label }, coloured(text)))
}
