import { isPlainObject } from "../../contracts/foundation/plain-object.ts"
import type { Fields } from "./fields.ts"

type Document = Record<string, unknown>

/**
 * Makes documents as hits show them: without the fields that are not stored, and with those alone that `select` names,
 * each with all below it.
 */
export function documentsShown(fields: Fields, select?: readonly string[]): (doc: Document) => Document {
  const hidden = new Set<string>()
  for (const { path, stored } of fields.values()) if (!stored) hidden.add(path)
  if (hidden.size === 0 && select === undefined) return (doc) => doc
  const isShown = (path: string) =>
    select === undefined || select.some((one) => path === one || path.startsWith(`${one}.`))
  const leadsTo = (path: string) => select?.some((one) => one.startsWith(`${path}.`)) ?? false
  const shareOf = (path: string): Share => {
    if (hidden.has(path)) return "no"
    return isShown(path) ? "whole" : leadsTo(path) ? "parts" : "no"
  }
  return (doc) => membersOf(doc, "", shareOf)
}

/** One document. */
export function shownDocument(doc: Document, fields: Fields, select?: readonly string[]): Document {
  return documentsShown(fields, select)(doc)
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
