/** W3C Trace Context, section 3.3: members of vendors, the newest first. */
import { membersOf } from "./list.ts"

export const MAX_TRACESTATE_MEMBERS = 32
export const MAX_TRACESTATE_LENGTH = 512

const KEY = /^(?:[a-z][\d_a-z*/-]{0,255}|[\da-z][\d_a-z*/-]{0,240}@[a-z][\d_a-z*/-]{0,13})$/
/** Printable ASCII without a comma and an equals sign; no blank at the end. */
const VALUE = /^[ -+.-<>-~--]{0,255}[!-+.-<>-~--]$/

/**
 * The members that are well formed, as many of the leading ones as may be. Of a key that comes twice the last value
 * counts, and stands first. Undefined where nothing is left.
 */
export function readTracestate(text: string): string | undefined {
  if (text === "") return undefined
  const members = new Map<string, string>()
  const again = new Set<string>()
  for (const member of membersOf(text)) {
    const mark = member.indexOf("=")
    const key = member.slice(0, Math.max(0, mark))
    if (!KEY.test(key) || !VALUE.test(member.slice(mark + 1))) continue
    if (members.has(key)) {
      again.delete(key)
      again.add(key)
    }
    members.set(key, member)
  }
  if (again.size === 0) return leading([...members.values()])
  const keys = new Set([...[...again].reverse(), ...members.keys()])
  return leading([...keys].map((key) => members.get(key) ?? ""))
}

function leading(members: readonly string[]): string | undefined {
  let text = ""
  for (const member of members.slice(0, MAX_TRACESTATE_MEMBERS)) {
    const longer = text === "" ? member : `${text},${member}`
    if (longer.length > MAX_TRACESTATE_LENGTH) break
    text = longer
  }
  return text === "" ? undefined : text
}
