import type { Body, Checksums } from "../../../contracts/storage/object.ts"
import type { SendOptions } from "../../../contracts/storage/options.ts"
import { admitBody, checksumRefused, tell } from "../../../core/storage/for-adapters.ts"
import { summing } from "../../kit/checksums.ts"

/** The bytes of a body that nobody else has. */
export async function heldBytes(body: Body, options: SendOptions, maxBytes: number): Promise<Uint8Array> {
  const admitted = admitBody(body, options, maxBytes)
  if (admitted instanceof Uint8Array) {
    tell(options.onProgress, admitted.length)
    return new Uint8Array(admitted)
  }
  const pieces: Uint8Array[] = []
  for await (const piece of admitted) pieces.push(new Uint8Array(piece))
  return joined(pieces)
}

export function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const [only] = pieces
  if (pieces.length === 1 && only !== undefined) return only
  const all = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const piece of pieces) {
    all.set(piece, at)
    at += piece.length
  }
  return all
}

/** The checksum that a body was sent with. @throws ServiceError INVALID_ARGUMENT where the bytes have another. */
export function checkedSums(bytes: Uint8Array, checksum: SendOptions["checksum"]): Checksums {
  if (checksum === undefined) return {}
  const sum = summing(checksum.algorithm)
  sum.update(bytes)
  if (sum.digest() !== checksum.value) throw checksumRefused()
  return { [checksum.algorithm]: checksum.value }
}
