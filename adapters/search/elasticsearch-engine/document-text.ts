import { KEY_FIELD } from "./request/field-names.ts"

export type StoredDocument = Record<string, unknown>

/** A document as it is stored, with its key. `idText`: the id in JSON. */
export function documentText(object: string, idText: string, doc: Readonly<Record<string, unknown>>): string {
  // In JSON, what stands between object and id.
  const key = `{"${KEY_FIELD}":"${object}\\u0000${idText.slice(1)}`
  const text = JSON.stringify(doc)
  return text === "{}" ? `${key}}` : `${key},${text.slice(1)}`
}

/** What was stored, without its key. */
export function readDocument(source: StoredDocument): StoredDocument {
  const { [KEY_FIELD]: _, ...doc } = source
  return doc
}
