import type { BodySource } from "../../../core/storage/for-adapters.ts"
import type { Pieces } from "./outgoing.ts"
import type { Verifying } from "./sums.ts"

/**
 * A body of known size. Its last byte is held back until the body has ended and was verified: with it the server would
 * store what is then refused.
 */
export function piecesOfSource(source: BodySource, size: number, verify?: Verifying): Pieces {
  return {
    size,
    async next() {
      const piece = await source.next()
      if (piece === undefined) return undefined
      // It belongs to whoever gives the body, who may fill it again.
      const copy = new Uint8Array(piece)
      verify?.update(copy)
      if (source.count < size) return copy
      await source.next()
      verify?.end()
      return copy
    },
  }
}
