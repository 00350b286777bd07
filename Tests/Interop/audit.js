// What a page owes to people who do not see it well, or at all. Returns what is wrong, in words.
() => {
    const wrong = []
    const visible = element =>
        element.checkVisibility({ visibilityProperty: true }) && element.getClientRects().length > 0
    const all = selector => [...document.querySelectorAll(selector)].filter(visible)
    const name = element => `${element.localName}.${element.getAttribute("class")} "${element.textContent.trim()}"`
    const top = document.querySelector("dialog[open]") ?? document

    // Structure
    if (document.documentElement.lang !== "en") wrong.push("the page has no language")
    if (all("main").length !== 1) wrong.push(`${all("main").length} main landmarks`)
    if (all("h1").length !== 1) wrong.push(`${all("h1").length} headings of the first level`)
    for (const nav of all("nav")) if (!nav.getAttribute("aria-label")) wrong.push("a navigation without a name")
    let level = 0
    for (const heading of all("h1, h2, h3, h4")) {
        const next = Number(heading.tagName[1])
        if (next > level + 1) wrong.push(`a heading of level ${next} after ${level}: ${name(heading)}`)
        level = next
    }
    const ids = [...document.querySelectorAll("[id]")].map(it => it.id)
    for (const id of new Set(ids.filter((it, index) => ids.indexOf(it) !== index))) {
        wrong.push(`two elements have the id ${id}`)
    }
    for (const attribute of ["aria-labelledby", "aria-describedby", "aria-controls"]) {
        for (const element of document.querySelectorAll(`[${attribute}]`)) {
            for (const id of element.getAttribute(attribute).split(" ")) {
                if (!document.getElementById(id)) wrong.push(`${attribute}=${id} leads nowhere`)
            }
        }
    }
    for (const image of all("img")) if (!image.hasAttribute("alt")) wrong.push("a picture without words")
    for (const element of all("[tabindex]")) if (element.tabIndex > 0) wrong.push("a tabindex above 0")
    for (const table of all("table")) if (!table.caption) wrong.push("a table without a caption")

    // Targets of 24 px (WCAG 2.5.8), but for links within text
    for (const control of top.querySelectorAll("button, select, input, .nav a")) {
        const box = control.getBoundingClientRect()
        if (visible(control) && !control.matches(".row-link") && Math.min(box.width, box.height) < 24) {
            wrong.push(`a target of ${Math.round(box.width)} x ${Math.round(box.height)}: ${name(control)}`)
        }
    }

    // Contrast (WCAG 1.4.3), of each text on what really lies behind it
    const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true })
    const rgba = colour => {
        canvas.clearRect(0, 0, 1, 1)
        canvas.fillStyle = colour
        canvas.fillRect(0, 0, 1, 1)
        const [red, green, blue, alpha] = canvas.getImageData(0, 0, 1, 1).data
        return [red, green, blue, alpha / 255]
    }
    const over = ([r, g, b, a], under) => [r, g, b].map((it, index) => it * a + under[index] * (1 - a))
    const ground = element => {
        const layers = []
        for (let it = element; it; it = it.parentElement) layers.unshift(rgba(getComputedStyle(it).backgroundColor))
        return layers.reduce((under, layer) => over(layer, under), [255, 255, 255])
    }
    const linear = it => it <= 0.04045 ? it / 12.92 : ((it + 0.055) / 1.055) ** 2.4
    const light = ([r, g, b]) => 0.2126 * linear(r / 255) + 0.7152 * linear(g / 255) + 0.0722 * linear(b / 255)
    const ratio = (a, b) => (Math.max(light(a), light(b)) + 0.05) / (Math.min(light(a), light(b)) + 0.05)
    const judge = (element, colour, style, text) => {
        const under = ground(element), size = parseFloat(style.fontSize)
        const least = size >= 24 || (size >= 18.66 && style.fontWeight >= 700) ? 3 : 4.5
        const found = ratio(over(rgba(colour), under), under)
        if (found < least) wrong.push(`contrast ${found.toFixed(2)} of "${text.trim()}" in ${name(element)}`)
    }
    const walker = document.createTreeWalker(top === document ? document.body : top, NodeFilter.SHOW_TEXT)
    while (walker.nextNode()) {
        const element = walker.currentNode.parentElement
        if (!walker.currentNode.data.trim() || !visible(element)) continue
        // Not seen now, or on a picture.
        if (element.closest(".hidden, .skip, :disabled, .bar-time.inside")) continue
        const style = getComputedStyle(element)
        judge(element, element instanceof SVGElement ? style.fill : style.color, style, walker.currentNode.data)
    }
    for (const input of all("input[placeholder], textarea[placeholder]")) {
        const style = getComputedStyle(input, "::placeholder")
        judge(input, style.color, style, input.placeholder)
    }
    // What marks a field off its ground needs 3 (WCAG 1.4.11)
    for (const input of top.querySelectorAll("input, select, textarea")) {
        if (!visible(input) || input === document.activeElement) continue
        const under = ground(input.parentElement)
        const found = ratio(over(rgba(getComputedStyle(input).borderColor), under), under)
        if (found < 3) wrong.push(`the edge of ${name(input)} has a contrast of ${found.toFixed(2)}`)
    }
    return wrong
}
