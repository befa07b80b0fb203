/** BM25 as Lucene computes it: in 32-bit floats, rounded at every step. */

const K1 = Math.fround(1.2)
const B = 0.75
/** Lengths below it have a byte of their own. */
const EXACT_LENGTHS = 24

/** Of all segments of an index; removed documents count until they are merged away. */
interface FieldStatistics {
  /** Documents with a term in the field. */
  readonly documents: number
  /** Terms in the field. */
  readonly totalLength: number
}

/** A length in one byte: three bits and where they stand. */
export function lengthByte(length: number): number {
  if (length < EXACT_LENGTHS) return length
  const rest = length - EXACT_LENGTHS
  const shift = 28 - Math.clz32(rest)
  return EXACT_LENGTHS + (shift < 0 ? rest : ((shift + 1) << 3) | ((rest >>> shift) & 7))
}

export function lengthOfByte(byte: number): number {
  const rest = byte - EXACT_LENGTHS
  if (rest < 8) return byte
  return EXACT_LENGTHS + ((rest & 7) | 8) * 2 ** ((rest >>> 3) - 1)
}

/** By byte: what `lengthOfByte` tells, as a 32-bit float. */
const LENGTHS = Float32Array.from({ length: 256 }, (_, byte) => lengthOfByte(byte))

/** The inverse document frequency. */
export function idfOf(documentFrequency: number, documents: number): number {
  return Math.fround(Math.log(1 + (documents - documentFrequency + 0.5) / (documentFrequency + 0.5)))
}

/** By byte of length, the inverse of what a frequency is weighed against. */
export function inverseNorms({ documents, totalLength }: FieldStatistics): Float32Array {
  const average = Math.fround(totalLength / documents)
  const inverses = new Float32Array(256)
  for (let byte = 0; byte < inverses.length; byte++) {
    const relative = Math.fround(Math.fround(B * (LENGTHS[byte] as number)) / average)
    inverses[byte] = 1 / Math.fround(K1 * Math.fround(1 - B + relative))
  }
  return inverses
}

/** @param weight - The boost times the inverse document frequency, as a 32-bit float. */
export function scoreOf(weight: number, frequency: number, inverseNorm: number): number {
  return Math.fround(weight - Math.fround(weight / Math.fround(1 + Math.fround(frequency * inverseNorm))))
}

/** The part of a score that the frequency makes, from 0 to 1. */
export function tfOf(frequency: number, inverseNorm: number): number {
  return scoreOf(1, frequency, inverseNorm)
}
