/** Time zones: how far their clocks are ahead of UTC, and when that changes. */
import { DAY_MS, SECOND_MS } from "./calendar.ts"
import { remembered } from "./remembered.ts"
import { zoneFormat } from "./zone-format.ts"

/** A time in which clocks are not changed, or a part of it. */
export interface Span {
  /** When clocks were changed, if they were: `offset` differs from `before` then. */
  readonly start: number
  readonly end: number
  /** Milliseconds that local time is ahead of UTC. */
  readonly offset: number
  /** The same before `start`. */
  readonly before: number
}

const MAX_ZONES = 100
const MAX_WINDOWS = 100

/** With the time before it that it sees, a window is shorter than the week that lies between two changes of clocks. */
const WINDOW_MS = 4 * DAY_MS
/** No change of clocks is longer: Samoa left out a whole day. */
export const LONGEST_CHANGE_MS = 2 * DAY_MS

const zones = new Map<string, Zone>()

/** A time zone by its IANA name; undefined where `zoneFormat` finds something wrong. */
export function zoneOf(name: string): Zone | undefined {
  const { format } = zoneFormat(name)
  return format === undefined ? undefined : remembered(zones, name, MAX_ZONES, () => new Zone(format))
}

class Zone {
  readonly #format: Intl.DateTimeFormat
  readonly #windows = new Map<number, readonly [Span, Span?]>()

  constructor(format: Intl.DateTimeFormat) {
    this.#format = format
  }

  /** The span in which an instant is. It begins with the last change of clocks, if that is near enough to matter. */
  spanAt(instant: number): Span {
    const window = Math.floor(instant / WINDOW_MS)
    const [first, second] = remembered(this.#windows, window, MAX_WINDOWS, () => this.#spansOf(window * WINDOW_MS))
    return second === undefined || instant < first.end ? first : second
  }

  #spansOf(windowStart: number): readonly [Span, Span?] {
    const start = windowStart - LONGEST_CHANGE_MS
    const end = windowStart + WINDOW_MS
    const before = this.#offsetAt(start)
    const offset = this.#offsetAt(end - SECOND_MS)
    if (offset === before) return [{ start, end, offset, before }]
    const change = this.#changeBetween(start, end - SECOND_MS)
    return [
      { start, end: change, offset: before, before },
      { start: change, end, offset, before },
    ]
  }

  /** The first second at which clocks show another offset than at `start`. */
  #changeBetween(start: number, end: number): number {
    const before = this.#offsetAt(start)
    let unchanged = start / SECOND_MS
    let changed = end / SECOND_MS
    while (changed - unchanged > 1) {
      const middle = Math.floor((unchanged + changed) / 2)
      if (this.#offsetAt(middle * SECOND_MS) === before) unchanged = middle
      else changed = middle
    }
    return changed * SECOND_MS
  }

  /** Intl writes `1/1/2027, GMT+05:45`; local mean times of the past have seconds as well. */
  #offsetAt(instant: number): number {
    const [, sign, hours, minutes, seconds = "0"] =
      /GMT([+-])(\d+):(\d+)(?::(\d+))?$/.exec(this.#format.format(instant)) ?? []
    if (sign === undefined) return 0
    const size = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)
    return (sign === "-" ? -size : size) * SECOND_MS
  }
}
