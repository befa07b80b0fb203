/** So many characters of a header are read: as many as servers take of all headers, and twice what baggage may have. */
export const MAX_READ = 16_384

/** The members of a list, without the blanks around them. Of a list that is too long the first ones. */
export function membersOf(text: string): string[] {
  const members = text.slice(0, MAX_READ).split(",")
  // It was cut within one.
  if (text.length > MAX_READ) members.pop()
  return members.map((member) => member.trim())
}
