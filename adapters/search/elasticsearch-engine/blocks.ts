import { compareCodePoints } from "../../../contracts/foundation/text.ts"
import type { Names } from "./names.ts"
import type { Requests } from "./requests.ts"

/** What of writes is blocked. */
export interface Blocks {
  /** All of the cluster. */
  readonly cluster: boolean
  /** Names on the server of blocked indexes of ours, in order. */
  readonly indexes: readonly string[]
}

/** By the id of a block, what it keeps from being done. */
type Levels = Readonly<Record<string, { readonly levels?: readonly string[] }>>

interface BlocksAnswer {
  readonly blocks?: { readonly global?: Levels; readonly indices?: Readonly<Record<string, Levels>> }
}

/**
 * Asks one node what it knows of blocks: of a disk that is nearly full, of an operator, of a cluster without a master.
 * The right for it is that of `GET /`, without which no call works. Undefined where the server does not tell all the same.
 */
export async function findBlocks(
  requests: Requests,
  names: Names,
  signal: AbortSignal | undefined,
): Promise<Blocks | undefined> {
  const answer = await requests.call<BlocksAnswer | undefined>(
    // The answer has the blocked indexes of others too, whatever names are asked for.
    { method: "GET", path: "/_cluster/state/blocks", query: { local: true, filter_path: "**.levels" } },
    { kind: "read", signal, recover: (failure) => (failure.status < 500 ? undefined : failure) },
  )
  if (answer === undefined) return undefined
  const { global = {}, indices = {} } = answer.blocks ?? {}
  const indexes = Object.keys(indices).filter(
    (index) => names.parse(index) !== undefined && blocksWrites(indices[index]),
  )
  return { cluster: blocksWrites(global), indexes: indexes.sort(compareCodePoints) }
}

function blocksWrites(blocks: Levels = {}): boolean {
  return Object.values(blocks).some(({ levels = [] }) => levels.includes("write") || levels.includes("metadata_write"))
}
