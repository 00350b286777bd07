import { element } from "./element.js"
import { Form } from "./form.js"
import { Schemas } from "./schema.js"

const byID = id => document.getElementById(id)

/** Who the page's requests are sent for. */
const caller = {
  headers() {
    const [token, key] = [byID("token").value.trim(), byID("key").value.trim()]
    return { ...(token && { Authorization: `Bearer ${token}` }), ...(key && { "X-API-Key": key }) }
  },
  signIn(token) {
    byID("token").value = token
    byID("credentials").scrollIntoView({ block: "nearest" })
    byID("token").focus()
  },
}

/** All operations of the document, in its order. */
function operationsOf(api) {
  return Object.entries(api.paths ?? {}).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ ...operation, path, method })))
}

function signature({ method, path }) {
  // A long path breaks behind its slashes.
  const pieces = path.split(/(?=\/)/).flatMap(piece => [element("wbr"), piece])
  return [element("span", { class: `method ${method}` }, method.toUpperCase()), element("code", {}, pieces)]
}

function answers(operation, schemas) {
  return element("div", { class: "answers" }, element("h3", {}, "Answers"),
    element("dl", {}, Object.entries(operation.responses ?? {}).flatMap(([status, response]) => {
      if (status === "default") return []
      const schema = Object.values(response.content ?? {})[0]?.schema
      // Problems all look the same; what an operation gives is its own.
      const outline = status.startsWith("2") && schema ? schemas.outline(schema, "may be missing") : null
      return [element("dt", { class: `status s${status[0]}` }, status), element("dd", {}, response.description, outline)]
    })))
}

/** One that can be opened. Its form is made when it first is: a document of many stays quick. */
function entry(operation, schemas) {
  const block = element("details", { class: "operation", id: operation.operationId },
    element("summary", {}, signature(operation), element("span", { class: "summary" }, operation.summary)))
  block.addEventListener("toggle", () => {
    if (!block.open) return
    if (location.hash.slice(1) !== block.id) history.replaceState(null, "", "#" + block.id)
    if (block.children.length > 1) return
    const body = operation.requestBody?.content?.["application/json"]?.schema
    block.append(element("div", { class: "inside" },
      element("div", {},
        (operation.description ?? "").split("\n\n").filter(Boolean).map(text => element("p", {}, text)),
        new Form(operation, schemas, caller).element),
      element("div", { class: "reference" },
        body ? [element("h3", {}, "Body"), schemas.outline(body, "optional")] : null, answers(operation, schemas))))
  })
  return block
}

function fill(api) {
  const schemas = new Schemas(api)
  const entries = []
  document.title = `${api.info.title} API`
  byID("title").textContent = api.info.title
  byID("about").textContent = [api.info.summary, api.info.version].filter(Boolean).join(" · ")
  for (const tag of api.tags ?? []) {
    const links = element("ul"), group = element("section", {},
      element("h2", {}, tag.name), element("p", { class: "quiet" }, tag.description))
    const heading = element("li", { class: "tag" }, tag.name, links)
    for (const operation of operationsOf(api).filter(one => one.tags?.includes(tag.name))) {
      const block = entry(operation, schemas)
      const link = element("li", {}, element("a", { href: "#" + operation.operationId, title: operation.path },
        element("span", { class: `method ${operation.method}` }, operation.method.toUpperCase()), operation.summary))
      const text = [operation.method, operation.path, operation.summary, operation.description, tag.name].join(" ")
      entries.push({ block, link, group, heading, text: text.toLowerCase() })
      group.append(block)
      links.append(link)
    }
    byID("contents").append(element("ul", {}, heading))
    byID("operations").append(group)
  }
  return entries
}

/** Shows what has every word that is searched for. */
function search(entries) {
  const words = byID("search").value.toLowerCase().split(/\s+/).filter(Boolean)
  const found = new Set(entries.filter(({ text }) => words.every(word => text.includes(word))))
  for (const one of entries) one.block.hidden = one.link.hidden = !found.has(one)
  for (const { group, heading } of entries) {
    group.hidden = heading.hidden = !entries.some(one => one.group === group && found.has(one))
  }
  byID("status").textContent = words.length ? `${found.size} of ${entries.length} operations` : ""
}

/** Opens what the address names. */
function follow() {
  const block = document.getElementById(decodeURIComponent(location.hash.slice(1)))
  for (const link of document.querySelectorAll("nav a")) {
    if (link.getAttribute("href") === location.hash) link.setAttribute("aria-current", "true")
    else link.removeAttribute("aria-current")
  }
  if (!block?.matches("details.operation")) return
  block.open = true
  block.scrollIntoView()
  block.querySelector("summary").focus({ preventScroll: true })
}

function themes() {
  const [button, names] = [byID("theme"), ["auto", "light", "dark"]]
  const show = name => {
    document.documentElement.style.colorScheme = name === "auto" ? "" : name
    button.textContent = { auto: "◐", light: "☀", dark: "☾" }[name]
    button.title = `Colours: ${name}`
    localStorage.setItem("docs-colours", name)
  }
  let current = Math.max(0, names.indexOf(localStorage.getItem("docs-colours")))
  show(names[current])
  button.addEventListener("click", () => show(names[current = (current + 1) % names.length]))
}

async function start() {
  themes()
  byID("credentials").addEventListener("submit", event => event.preventDefault())
  const response = await fetch("docs/openapi.json")
  if (!response.ok) throw new Error(`${response.status} ${response.statusText}`)
  const entries = fill(await response.json())
  byID("status").textContent = ""
  byID("search").addEventListener("input", () => search(entries))
  document.addEventListener("keydown", event => {
    if (event.key === "/" && !event.target.closest("input, textarea, select")) {
      event.preventDefault()
      byID("search").focus()
    }
  })
  addEventListener("hashchange", follow)
  follow()
}

start().catch(error => {
  byID("status").textContent = `The document cannot be read: ${error.message}`
})
