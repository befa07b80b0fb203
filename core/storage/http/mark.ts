/** A text that is looked for in bytes, from its end to its beginning, so that most bytes are passed over. */
export class Mark {
  readonly bytes: Uint8Array
  /** How far to go on, by the byte that stands where the mark would end. */
  readonly steps: Uint8Array

  /** @param text Of 1 to 255 characters of ASCII. */
  constructor(text: string) {
    this.bytes = new TextEncoder().encode(text)
    const last = this.bytes.length - 1
    this.steps = new Uint8Array(256).fill(this.bytes.length)
    for (let index = 0; index < last; index++) this.steps[this.bytes[index] as number] = last - index
  }

  /** Where it begins, or -1. */
  indexIn(bytes: Uint8Array): number {
    const { bytes: mark, steps } = this
    const last = mark.length - 1
    for (let end = last; end < bytes.length; end += steps[bytes[end] as number] as number) {
      let back = 0
      while (back <= last && bytes[end - back] === mark[last - back]) back++
      if (back > last) return end - last
    }
    return -1
  }
}
