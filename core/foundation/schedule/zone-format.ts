/** Time zones by their names. */
import { typeName } from "../../../contracts/foundation/text.ts"
import { remembered } from "./remembered.ts"

const MAX_FORMATS = 100

const formats = new Map<string, Intl.DateTimeFormat>()

/** What shows the time in a time zone, by the zone's IANA name. What is no such name is an issue. */
export function zoneFormat(
  name: unknown,
): { format: Intl.DateTimeFormat; issue?: never } | { format?: never; issue: string } {
  if (typeof name !== "string") return { issue: `A time zone must be a string; got ${typeName(name)}.` }
  try {
    return { format: remembered(formats, name, MAX_FORMATS, () => newFormat(name)) }
  } catch {
    return { issue: `A time zone must be an IANA name such as Europe/Berlin or UTC; got ${kindOf(name)}.` }
  }
}

/** @throws RangeError for what is no IANA name; offsets are none, since Node 20 does not know them. */
function newFormat(name: string): Intl.DateTimeFormat {
  if (!/^[a-z][\w+/-]{0,63}$/i.test(name)) throw new RangeError("not the name of a time zone")
  return new Intl.DateTimeFormat("en-US", { timeZone: name, timeZoneName: "longOffset" })
}

function kindOf(name: string): string {
  if (name === "") return "an empty text"
  return /^[+-]/.test(name) ? "an offset" : "a name that Intl does not know"
}
