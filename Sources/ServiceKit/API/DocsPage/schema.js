import { element } from "./element.js"

/** What a document's schemas say: values that fit them, and words for what they ask. */
export class Schemas {
  constructor(document) {
    this.named = document.components?.schemas ?? {}
  }

  /** The schema that is meant, past its name and past "or nothing". */
  resolve(schema = {}) {
    if (schema.oneOf) return this.resolve(schema.oneOf.find(one => one.type !== "null"))
    if (!schema.$ref) return schema
    return this.resolve(this.named[schema.$ref.split("/").pop()])
  }

  /** A value that fits: the example, or the simplest one. `within` stops schemas that hold themselves. */
  sample(given, within = []) {
    const schema = this.resolve(given)
    if (schema.examples?.length) return schema.examples[0]
    if (schema.enum) return schema.enum[0]
    if (within.includes(schema)) return null
    const inner = [...within, schema]
    switch ([schema.type].flat()[0]) {
      case "boolean": return true
      case "integer": case "number": return schema.minimum ?? 1
      case "string": return schema.format === "uuid" ? "00000000-0000-0000-0000-000000000000" : ""
      case "array": return [this.sample(schema.items, inner)]
      case "object":
        return Object.fromEntries(Object.entries(schema.properties ?? {}).map(([name, property]) =>
          [name, this.sample(property, inner)]))
      default: return {}
    }
  }

  /** "text, 3 to 255 characters" */
  words(given) {
    const schema = this.resolve(given)
    const types = [schema.type].flat()
    const mayBeNull = types.includes("null") || given?.oneOf?.some(one => one.type === "null")
    return [this.kind(schema, types[0]), ...limits(schema), mayBeNull && "or null"].filter(Boolean).join(", ")
  }

  kind(schema, type) {
    if (schema.enum) return "one of " + schema.enum.filter(one => one !== null).join(", ")
    switch (type) {
      case "string": return { uuid: "UUID", email: "email address", "date-time": "date and time" }[schema.format] ?? "text"
      case "integer": return "whole number"
      case "array": return this.listed(this.resolve(schema.items))
      case "boolean": return "true or false"
      default: return type ?? "anything"
    }
  }

  listed(entry) {
    const type = [entry.type].flat()[0]
    return type === "object" ? "list" : `list of ${this.kind(entry, type)}`
  }

  /**
   * What stands in an object or in the entries of a list, as nested lists; nothing for anything simpler.
   * @param {string} optional what is said of a property that need not be there
   */
  outline(given, optional, within = []) {
    const schema = this.resolve(given)
    if (within.includes(schema)) return null
    if (schema.items) return this.outline(schema.items, optional, [...within, schema])
    const properties = Object.entries(schema.properties ?? {})
    if (!properties.length) return null
    return element("ul", { class: "outline" }, properties.map(([name, property]) => element("li", {},
      element("code", {}, name),
      schema.required?.includes(name) ? null : element("span", { class: "note" }, optional),
      element("span", { class: "quiet" }, this.words(property)),
      this.resolve(property).description ? element("p", {}, this.resolve(property).description) : null,
      this.outline(property, optional, [...within, schema]))))
  }
}

function limits(schema) {
  const between = (least, most, what) => {
    if (least != null && most != null) return least === most ? `${least} ${what}` : `${least} to ${most} ${what}`
    if (least != null) return `at least ${least} ${what}`
    return most != null ? `at most ${most} ${what}` : null
  }
  return [
    between(schema.minLength, schema.maxLength, "characters"),
    between(schema.minItems, schema.maxItems, "entries"),
    between(schema.minimum, schema.maximum, "")?.trim(),
    schema.multipleOf && `in steps of ${schema.multipleOf}`,
  ]
}
