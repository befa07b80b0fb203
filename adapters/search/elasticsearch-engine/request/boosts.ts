/** What Elasticsearch multiplies BM25 by, and Lucene does not any more: k1 + 1. */
const FACTOR = Math.fround(2.2)

/** The bits of a float, as a number that can be counted on. */
const floats = new Float32Array(1)
const bits = new Int32Array(floats.buffer)

/** The boost with which a score is the one that Lucene gives for `boost`, to the last bit where a float does that. */
export function bm25Boost(boost: number): number {
  const wanted = Math.fround(boost)
  const near = Math.fround(wanted / FACTOR)
  for (const step of [0, 1, -1]) {
    const tried = neighbour(near, step)
    if (Math.fround(tried * FACTOR) === wanted) return tried
  }
  return near
}

function neighbour(value: number, step: number): number {
  floats[0] = value
  bits[0] = (bits[0] as number) + step
  return floats[0]
}
