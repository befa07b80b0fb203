/** Terms in ascending order of their UTF-16 units, which keeps those with one beginning together. */
export interface SortedTerms {
  readonly terms: readonly string[]
  /** How many units each begins with as the one before it does, in whole characters and at most 255. */
  readonly shared: Uint8Array
}

export function sortedTermsOf(terms: readonly string[]): SortedTerms {
  const shared = new Uint8Array(terms.length)
  for (let index = 1; index < terms.length; index++) {
    shared[index] = sharedLength(terms[index - 1] as string, terms[index] as string)
  }
  return { terms, shared }
}

function sharedLength(a: string, b: string): number {
  const most = Math.min(a.length, b.length, 255)
  let length = 0
  while (length < most && a.charCodeAt(length) === b.charCodeAt(length)) length++
  // The first half of a character alone is another character.
  return length > 0 && isFirstHalf(a.charCodeAt(length - 1)) ? length - 1 : length
}

function isFirstHalf(unit: number): boolean {
  return (unit & 0xfc00) === 0xd800
}

/** The index of the first term that is not before `text`. */
export function lowerBound(terms: readonly string[], text: string): number {
  let low = 0
  let high = terms.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((terms[middle] as string) < text) low = middle + 1
    else high = middle
  }
  return low
}

/** The index of the first term from `from` on that does not begin with `prefix`; all before it do. */
export function prefixEnd(terms: readonly string[], prefix: string, from: number): number {
  let low = from
  let high = terms.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((terms[middle] as string).startsWith(prefix)) low = middle + 1
    else high = middle
  }
  return low
}

/** Two ascending lists in one. */
export function mergeSorted(a: readonly string[], b: readonly string[]): string[] {
  const merged: string[] = []
  let at = 0
  for (const term of b) {
    while (at < a.length && (a[at] as string) < term) merged.push(a[at++] as string)
    merged.push(term)
  }
  while (at < a.length) merged.push(a[at++] as string)
  return merged
}
