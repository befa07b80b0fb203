import type { CacheCapabilities } from "../../contracts/cache/cache.ts"
import { ServiceError } from "../../contracts/foundation/errors.ts"
import type { Variant } from "../engine/mutant.ts"
import { subclass } from "../engine/seams.ts"
import { seam } from "./mutant.ts"
import { ReferenceCache, referenceCapabilities } from "./reference/reference-cache.ts"

/** Unusual and right in how old, by whom and whether calls are answered. */
export const faultOddities: Readonly<Record<string, Variant<typeof ReferenceCache>>> = {
  "near-copy-that-ages": subclass(
    "An answer may be as old as maxStalenessMs says.",
    class extends ReferenceCache {
      override readonly capabilities: CacheCapabilities = { ...referenceCapabilities, maxStalenessMs: 100 }
      readonly #copies = new Map<string, { value: unknown; until: number; entry: unknown }>()
      /** What changes between the begin of a call and its reply, this client has changed itself. */
      override checkOpen(): void {
        super.checkOpen()
        for (const [key, copy] of this.#copies) copy.entry = this.store.entries.get(this.storedKey(key))
      }
      override reply<T>(answer: T): T | Promise<T> {
        for (const [key, { entry }] of this.#copies) {
          if (entry !== this.store.entries.get(this.storedKey(key))) this.#copies.delete(key)
        }
        return super.reply(answer)
      }
      override read(key: string): unknown {
        const copy = this.#copies.get(key)
        if (copy !== undefined && this.clock.monotonic() < copy.until) {
          this.hits++
          return this.copyOut(copy.value)
        }
        const value = super.read(key)
        const entry = this.find(key)
        if (entry === undefined) return value
        const until = Math.min(entry.expiresAt, this.clock.monotonic() + 100)
        this.#copies.set(key, { value: this.copyIn(value), until, entry })
        return value
      }
    },
  ),
  "errors-of-another-copy": seam.refuse(
    "A ServiceError may come from another copy of the package: it has the mark, and is of another class.",
    (_, code, message) => {
      const error = new ServiceError(code, message)
      const fields = { code, retryable: error.retryable, [Symbol.for("@objectos/sdk/ServiceError")]: true }
      throw Object.assign(new Error(message), fields)
    },
  ),
  "killed-calls-never-settle": subclass(
    "What becomes of the calls of a process that was killed is left open.",
    class extends ReferenceCache {
      #killed = false
      override kill(): void {
        this.#killed = true
      }
      override async deliver<T>(answer: T): Promise<T> {
        await Promise.resolve()
        return this.#killed ? new Promise<never>(() => {}) : answer
      }
    },
  ),
}
