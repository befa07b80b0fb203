/**
 * Versions of documents in an index that is being built: of two writes of one document that with the higher version stays,
 * whichever comes first. They are whole numbers of 63 bits.
 */

/** Above the version of every revision. */
const LIVE = 0x7ff8_0000_0000_0000n
const SIGN = 1n << 63n
const ALL = (1n << 64n) - 1n

const view = new DataView(new ArrayBuffer(8))

/** Of a write made meanwhile: those of one document follow each other as they did in the index that serves. */
export function liveVersion(sequence: number): bigint {
  return LIVE + BigInt(sequence)
}

/** Of a document of a source: in the order of revisions, and the same for equal ones. Whole ones are exact up to 2^52. */
export function revisionVersion(revision: number | undefined): bigint {
  if (revision === undefined) return 0n
  // -0 is 0.
  view.setFloat64(0, revision + 0)
  const bits = view.getBigUint64(0)
  // The bits of doubles are in their order, once the negative ones are turned round.
  const ordered = bits & SIGN ? ~bits & ALL : bits | SIGN
  return ordered >> 1n
}
