import type { CacheCapabilities } from "../../contracts/cache.ts"
import { type ErrorCode, ServiceError } from "../../contracts/foundation/errors.ts"
import { ReferenceCache, referenceCapabilities } from "./reference-cache.ts"

/** Unusual and right in how old, by whom and whether calls are answered. */
export const faultOddities: readonly { id: string; why: string; implementation: typeof ReferenceCache }[] = [
  {
    id: "near-copy-that-ages",
    why: "An answer may be as old as maxStalenessMs says.",
    implementation: class extends ReferenceCache {
      override readonly capabilities: CacheCapabilities = { ...referenceCapabilities, maxStalenessMs: 100 }
      readonly #copies = new Map<string, { value: unknown; until: number }>()
      protected override write(key: string, value: unknown, ttl: number | undefined): void {
        this.#copies.delete(key)
        super.write(key, value, ttl)
      }
      protected override remove(key: string): boolean {
        this.#copies.delete(key)
        return super.remove(key)
      }
      override async clear(): Promise<void> {
        this.#copies.clear()
        return super.clear()
      }
      protected override read(key: string): unknown {
        const copy = this.#copies.get(key)
        if (copy !== undefined && this.clock.monotonic() < copy.until) {
          this.hits++
          return this.copyOut(copy.value)
        }
        const value = super.read(key)
        const { expiresAt = 0 } = this.find(key) ?? {}
        const until = Math.min(expiresAt, this.clock.monotonic() + 100)
        if (value !== undefined) this.#copies.set(key, { value: this.copyIn(value), until })
        return value
      }
    },
  },
  {
    id: "errors-of-another-copy",
    why: "A ServiceError may come from another copy of the package: it has the mark, and is of another class.",
    implementation: class extends ReferenceCache {
      protected override refuse(code: ErrorCode, message: string): never {
        const error = new ServiceError(code, message)
        const fields = { code, retryable: error.retryable, [Symbol.for("@objectos/sdk/ServiceError")]: true }
        throw Object.assign(new Error(message), fields)
      }
    },
  },
  {
    id: "killed-calls-never-settle",
    why: "What becomes of the calls of a process that was killed is left open.",
    implementation: class extends ReferenceCache {
      #killed = false
      override kill(): void {
        this.#killed = true
      }
      protected override async deliver<T>(answer: T): Promise<T> {
        await Promise.resolve()
        return this.#killed ? new Promise<never>(() => {}) : answer
      }
    },
  },
]
