/** Parts of a text in UTF-16 units: start and end of one after the other, in their order, none over another. */
export type Ranges = readonly number[]

/** What is in one or the other. Those that overlap become one; those that touch stay two. */
export function unionOfRanges(a: Ranges, b: Ranges): Ranges {
  if (a.length === 0) return b
  if (b.length === 0) return a
  const union = new RangeList()
  let [inA, inB] = [0, 0]
  while (inA < a.length || inB < b.length) {
    const isA = inB >= b.length || (a[inA] ?? Number.POSITIVE_INFINITY) <= (b[inB] as number)
    const [from, at] = isA ? [a, inA] : [b, inB]
    union.add(from[at] as number, from[at + 1] as number)
    if (isA) inA += 2
    else inB += 2
  }
  return union.ranges
}

/** Takes ranges in the order of their starts. */
export class RangeList {
  readonly ranges: number[] = []

  add(start: number, end: number): void {
    const last = this.ranges.length - 1
    const lastEnd = this.ranges[last] ?? 0
    if (start >= lastEnd) this.ranges.push(start, end)
    else if (end > lastEnd) this.ranges[last] = end
  }
}

/** Whether a place is between the halves of a character. */
export function splitsCharacter(text: string, at: number): boolean {
  return isIn(text.charCodeAt(at - 1), 0xd800, 0xdbff) && isIn(text.charCodeAt(at), 0xdc00, 0xdfff)
}

function isIn(unit: number, from: number, to: number): boolean {
  return unit >= from && unit <= to
}
