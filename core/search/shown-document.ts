import { isPlainObject } from "../../contracts/foundation/plain-object.ts"
import type { Fields } from "./fields.ts"

type Document = Record<string, unknown>

/**
 * A document as a hit shows it: without the fields that are not stored, and with those alone that `select` names, each
 * with all below it.
 */
export function shownDocument(doc: Document, fields: Fields, select?: readonly string[]): Document {
  const hidden = new Set([...fields.values()].filter(({ stored }) => !stored).map(({ path }) => path))
  if (hidden.size === 0 && select === undefined) return doc
  const isShown = (path: string) =>
    select === undefined || select.some((one) => path === one || path.startsWith(`${one}.`))
  const leadsTo = (path: string) => select?.some((one) => one.startsWith(`${path}.`)) ?? false
  return membersOf(doc, "", (path) => {
    if (hidden.has(path)) return "no"
    return isShown(path) ? "whole" : leadsTo(path) ? "parts" : "no"
  })
}

type Share = "whole" | "parts" | "no"

/** Within what is shown whole, fields that are not stored are still left out. */
function membersOf(doc: Readonly<Document>, above: string, shareOf: (path: string) => Share): Document {
  const shown: Document = {}
  for (const [name, value] of Object.entries(doc)) {
    const path = above === "" ? name : `${above}.${name}`
    const share = shareOf(path)
    if (share === "no") continue
    const isObject = isPlainObject(value) || (Array.isArray(value) && value.some(isPlainObject))
    if (share === "whole" || isObject) shown[name] = partOf(value, path, shareOf)
  }
  return shown
}

function partOf(value: unknown, path: string, shareOf: (path: string) => Share): unknown {
  if (Array.isArray(value)) return value.map((item) => partOf(item, path, shareOf))
  return isPlainObject(value) ? membersOf(value, path, shareOf) : value
}
