import { KEY_FIELD, keyOf } from "./request/field-names.ts"

export type StoredDocument = Record<string, unknown>

/** A document as it is stored, with its key. */
export function documentText(object: string, id: string, doc: Readonly<Record<string, unknown>>): string {
  const key = `{"${KEY_FIELD}":${JSON.stringify(keyOf(object, id))}`
  const text = JSON.stringify(doc)
  return text === "{}" ? `${key}}` : `${key},${text.slice(1)}`
}

/** What was stored, without its key. */
export function readDocument(source: StoredDocument): StoredDocument {
  const { [KEY_FIELD]: _, ...doc } = source
  return doc
}
