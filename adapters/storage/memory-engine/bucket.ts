import { compareCodePoints } from "../../../contracts/foundation/text.ts"
import type { ObjectInfo } from "../../../contracts/storage/object.ts"
import type { WriteConditions } from "../../../contracts/storage/options.ts"
import { preconditionFailed } from "../../../core/storage/for-adapters.ts"

export interface HeldObject {
  readonly info: ObjectInfo
  /** Nobody changes it: it is replaced as a whole. */
  readonly bytes: Uint8Array
}

/** The objects of one bucket. */
export class Bucket {
  readonly name: string
  readonly createdAt: Date
  readonly #objects = new Map<string, HeldObject>()
  /** All keys in order, until one comes or goes. */
  #sorted: readonly string[] | undefined

  constructor(name: string, createdAt: Date) {
    this.name = name
    this.createdAt = createdAt
  }

  get size(): number {
    return this.#objects.size
  }

  get(key: string): HeldObject | undefined {
    return this.#objects.get(key)
  }

  /** @throws ServiceError PRECONDITION_FAILED where a condition does not hold. */
  check(key: string, { ifMatch, ifNoneMatch }: WriteConditions): void {
    const etag = this.#objects.get(key)?.info.etag
    if (ifNoneMatch !== undefined && etag !== undefined) throw preconditionFailed("exists")
    if (ifMatch !== undefined && etag !== ifMatch) throw preconditionFailed("changed")
  }

  set(key: string, object: HeldObject): void {
    if (!this.#objects.has(key)) this.#sorted = undefined
    this.#objects.set(key, object)
  }

  delete(key: string): void {
    if (this.#objects.delete(key)) this.#sorted = undefined
  }

  keys(): readonly string[] {
    this.#sorted ??= [...this.#objects.keys()].sort(compareCodePoints)
    return this.#sorted
  }
}
