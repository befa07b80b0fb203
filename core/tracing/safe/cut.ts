/**
 * The first so many characters, as a text of its own: a part of a text keeps the whole of it in memory, and a span would
 * keep megabytes for a few characters.
 */
export function cut(text: string, maxLength: number): string {
  return text.length > maxLength ? (JSON.parse(JSON.stringify(text.slice(0, maxLength))) as string) : text
}
