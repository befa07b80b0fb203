const ESCAPES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;" }
const CHARACTERS = Object.fromEntries(Object.entries(ESCAPES).map(([character, name]) => [name, character]))

export function element(name: string, content: string | number | boolean): string {
  return `<${name}>${String(content).replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character)}</${name}>`
}

export function parent(name: string, parts: readonly string[]): string {
  return `<${name}>${parts.join("")}</${name}>`
}

export function document(name: string, parts: readonly string[]): string {
  return `<?xml version='1.0' encoding='UTF-8'?>${parent(name, parts)}`
}

/** The contents of all elements of a name; no element of that name stands in another. */
export function contents(text: string, name: string): string[] {
  return [...text.matchAll(new RegExp(`<${name}(?:\\s[^>]*)?>([\\s\\S]*?)</${name}>`, "g"))].map(([, inner]) =>
    plain(inner ?? ""),
  )
}

function plain(text: string): string {
  return text
    .replace(/&#(\d+);/g, (_, digits: string) => String.fromCodePoint(Number(digits)))
    .replace(/&(?:lt|gt|quot|apos|amp);/g, (name) => CHARACTERS[name] ?? name)
}
