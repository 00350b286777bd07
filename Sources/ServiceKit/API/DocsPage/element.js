/** An element with its attributes and children. Text is always text: nothing from the document is read as markup. */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value)
    else if (value === true) made.setAttribute(name, "")
    else if (value !== false && value != null) made.setAttribute(name, value)
  }
  made.append(...children.flat().filter(child => child != null && child !== false))
  return made
}

/** JSON as people read it, its parts in colours. */
export function coloured(value) {
  const text = JSON.stringify(value, null, 2)
  const parts = text.split(/("(?:[^"\\]|\\.)*"(?:\s*:)?|-?\d[\d.eE+-]*|true|false|null)/)
  return parts.map((part, index) => {
    if (index % 2 === 0) return part
    const kind = part.endsWith(":") ? "name" : part.startsWith('"') ? "text" : "value"
    return element("span", { class: kind }, part)
  })
}
