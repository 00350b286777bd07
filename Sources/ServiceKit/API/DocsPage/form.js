import { coloured, element } from "./element.js"

/** What is shown of an answer at most; the rest would only make the page slow. */
const longest = 1 << 20

/** The form that tries an operation, and below it what the service answered. */
export class Form {
  /** @param {{headers: () => Record<string, string>, signIn: (token: string) => void}} caller */
  constructor(operation, schemas, caller) {
    Object.assign(this, { operation, schemas, caller })
    this.fields = (operation.parameters ?? []).map(parameter => this.field(parameter))
    this.body = this.bodyField()
    this.answer = element("output", { class: "answer", "aria-label": "Answer" })
    this.stop = element("button", { type: "button", hidden: true, onclick: () => this.sending?.abort() }, "Stop")
    this.element = element("form", { class: "try", onsubmit: event => this.submit(event), onkeydown: sendsByKey },
      this.fields.map(field => field.label),
      this.body && element("label", {}, element("span", {}, "Body ", element("span", { class: "quiet" }, "JSON")),
        this.body),
      element("div", { class: "buttons" },
        element("button", { class: "primary", "aria-keyshortcuts": "Control+Enter" }, "Send"),
        this.stop,
        element("button", { type: "button", onclick: event => this.copy(event.target) }, "Copy as curl")),
      this.answer)
  }

  field(parameter) {
    const schema = this.schemas.resolve(parameter.schema)
    const attributes = { name: parameter.name, required: parameter.required, spellcheck: "false" }
    const input = schema.enum || schema.type === "boolean"
      ? element("select", attributes, parameter.required ? null : element("option", { value: "" }, "—"),
        (schema.enum ?? ["true", "false"]).map(choice => element("option", {}, choice)))
      : element("input", { ...attributes, inputmode: schema.type === "integer" ? "numeric" : null })
    const hint = [this.schemas.words(schema), schema.description ?? parameter.description].filter(Boolean).join(" · ")
    const label = element("label", {},
      element("span", {}, element("code", {}, parameter.name),
        parameter.required ? element("span", { class: "note" }, "required") : null,
        element("span", { class: "quiet" }, ` ${parameter.in}`)),
      input, element("small", { class: "quiet" }, hint))
    return { parameter, input, label }
  }

  bodyField() {
    const schema = this.operation.requestBody?.content?.["application/json"]?.schema
    if (!schema) return null
    const text = JSON.stringify(this.schemas.sample(schema), null, 2)
    const area = element("textarea", { rows: Math.min(text.split("\n").length + 1, 24), spellcheck: "false" })
    area.value = text
    return area
  }

  /** The request as fetch wants it. */
  request() {
    const given = place => this.fields.filter(field => field.parameter.in === place && field.input.value !== "")
    const values = new Map(given("path").map(field => [field.parameter.name, encodeURIComponent(field.input.value)]))
    const path = this.operation.path.replace(/\{(\w+)\}/g, (whole, name) => values.get(name) ?? whole)
    const query = new URLSearchParams(given("query").map(field => [field.parameter.name, field.input.value]))
    const headers = { ...this.caller.headers() }
    for (const field of given("header")) headers[field.parameter.name] = field.input.value
    if (this.body) headers["Content-Type"] = "application/json"
    // Below a proxy's path the services are where this page is.
    const base = location.pathname.replace(/\/api\/docs\/?$/, "")
    const url = location.origin + base + path + (query.size ? `?${query}` : "")
    return [url, { method: this.operation.method.toUpperCase(), headers, body: this.body?.value, cache: "no-store" }]
  }

  async submit(event) {
    event.preventDefault()
    this.sending?.abort()
    const sending = this.sending = new AbortController()
    this.stop.hidden = false
    this.answer.replaceChildren(element("p", { class: "quiet" }, "Waiting …"))
    const start = performance.now()
    try {
      const [url, options] = this.request()
      const response = await fetch(url, { ...options, signal: sending.signal })
      const answered = performance.now() - start
      this.show(response, answered, "")
      const text = await this.read(response, answered)
      this.show(response, answered, text)
    } catch (error) {
      if (this.sending === sending) {
        const why = sending.signal.aborted ? "Stopped." : `No answer: ${error.message}`
        this.answer.append(element("p", { class: "failure" }, why))
      }
    }
    if (this.sending === sending) this.stop.hidden = true
  }

  /** The body as text. A stream is shown while it comes, since it need not end. */
  async read(response, answered) {
    const reader = response.body?.getReader(), decoder = new TextDecoder()
    let text = ""
    while (reader && text.length < longest) {
      const { done, value } = await reader.read()
      if (done) return text + decoder.decode()
      text += decoder.decode(value, { stream: true })
      if (response.headers.get("content-type")?.startsWith("text/event-stream")) this.show(response, answered, text)
    }
    await reader?.cancel()
    return text
  }

  show(response, milliseconds, text) {
    const value = parsed(text)
    const token = response.ok && typeof value?.accessToken === "string" ? value.accessToken : null
    this.answer.replaceChildren(
      element("p", { class: "line" },
        element("strong", { class: `status s${String(response.status)[0]}` }, `${response.status} ${response.statusText}`),
        element("span", { class: "quiet" }, `${milliseconds.toFixed(milliseconds < 10 ? 1 : 0)} ms`),
        token ? element("button", { type: "button", onclick: () => this.caller.signIn(token) }, "Use this token") : null),
      element("details", {}, element("summary", {}, "Headers"),
        element("dl", {}, [...response.headers].flatMap(([name, content]) =>
          [element("dt", {}, name), element("dd", {}, content)]))),
      text && element("pre", { tabindex: "0" }, value === undefined ? text : coloured(value)))
  }

  async copy(button) {
    const [url, { method, headers, body }] = this.request()
    const quoted = text => `'${text.replaceAll("'", `'\\''`)}'`
    const parts = [`curl -i -X ${method} ${quoted(url)}`]
    for (const [name, value] of Object.entries(headers)) parts.push(`-H ${quoted(`${name}: ${value}`)}`)
    if (body != null) parts.push(`--data-binary ${quoted(body)}`)
    const text = parts.join(" \\\n  ")
    try {
      await navigator.clipboard.writeText(text)
      button.textContent = "Copied"
      setTimeout(() => button.textContent = "Copy as curl", 1500)
    } catch {
      // A page that did not come from a safe origin has no clipboard: shown, it can be copied by hand.
      this.answer.replaceChildren(element("pre", { tabindex: "0" }, text))
    }
  }
}

function sendsByKey(event) {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) event.currentTarget.requestSubmit()
}

function parsed(text) {
  try { return text ? JSON.parse(text) : undefined } catch { return undefined }
}
