/** The little of XML that answers of the XML API need: elements that hold text or other elements. */
import { protocolBroken } from "../../../core/storage/for-adapters.ts"

/** What stands in each element of a name. */
export function elementsOf(text: string, name: string): string[] {
  return [...text.matchAll(new RegExp(`<${name}(?:\\s[^>]*)?>([\\s\\S]*?)</${name}>`, "g"))].map(
    ([, inner = ""]) => inner,
  )
}

/** The text of the first element of a name. */
export function textOf(text: string, name: string): string | undefined {
  const [inner] = elementsOf(text, name)
  return inner === undefined ? undefined : decoded(inner)
}

/** The text of an element that must be there. @throws ServiceError UNAVAILABLE, reason "protocol". */
export function requiredText(text: string, name: string): string {
  const found = textOf(text, name)
  if (found === undefined) throw protocolBroken()
  return found
}

/** Refuses an answer that is not of this kind. @throws ServiceError UNAVAILABLE, reason "protocol". */
export function checkRoot(text: string, name: string): void {
  if (!new RegExp(`^\\s*(?:<\\?xml[^>]*\\?>)?\\s*<${name}[\\s>/]`).test(text)) throw protocolBroken()
}

const ENTITIES: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" }

function decoded(text: string): string {
  return text.replaceAll(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex?: string, decimal?: string, name = "") => {
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16))
    return decimal !== undefined ? String.fromCodePoint(Number(decimal)) : (ENTITIES[name] ?? whole)
  })
}

/** Text for an element. */
export function encoded(text: string): string {
  return text.replaceAll(/[<>&"']/g, (char) => `&#${char.charCodeAt(0)};`)
}
