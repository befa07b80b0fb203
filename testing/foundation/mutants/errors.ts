import type { ErrorCode } from "../../../contracts/foundation/errors.ts"
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import { ReferenceCache } from "../../cache/reference/reference-cache.ts"
import type { Mutant } from "../../engine/mutant.ts"

export const errorMutants: readonly Mutant<typeof ReferenceCache>[] = [
  {
    id: "type-error-escapes",
    breaks: "ERROR-01",
    why: "Callers that decide by code meet an error without one.",
    source: "@objectstack/service-cache 17.4: methods of its Redis adapter reject a plain Error",
    implementation: class extends ReferenceCache {
      protected override listOf(entries: Iterable<readonly [string, unknown]>): (readonly [string, unknown])[] {
        return super.listOf([...entries])
      }
    },
  },
  {
    id: "code-of-its-own",
    breaks: "ERROR-01",
    why: "A switch over the closed list falls through.",
    source: "node-cache: an argument that is not an array of keys gives an error with the code EKEYSTYPE",
    implementation: class extends ReferenceCache {
      protected override checkKeys(keys: unknown): void {
        if (!Array.isArray(keys)) this.refuse("EKEYSTYPE" as ErrorCode, "The keys are an array.")
        super.checkKeys(keys)
      }
    },
  },
  {
    id: "refusal-marked-retryable",
    breaks: "ERROR-01",
    why: "Retries repeat a call that can never succeed.",
    implementation: class extends ReferenceCache {
      protected override refuse(code: ErrorCode, message: string): never {
        throw Object.assign(new ServiceError(code, message), { retryable: true })
      }
    },
  },
  {
    id: "bad-keys-throw",
    breaks: "ERROR-02",
    why: "A caller that handles rejections does not see the error.",
    implementation: class extends ReferenceCache {
      override getMany<T = unknown>(keys: readonly string[]): Promise<Map<string, T>> {
        if (!Array.isArray(keys)) this.refuse("INVALID_ARGUMENT", "Keys come as an array.")
        return super.getMany<T>(keys)
      }
    },
  },
  {
    id: "message-shows-value",
    breaks: "ERROR-03",
    why: "Passwords end up in logs.",
    source: "@objectstack/service-cache 17.4: an error message of its Redis adapter shows the URL with the password",
    implementation: class extends ReferenceCache {
      protected override checkValue(value: unknown): void {
        try {
          super.checkValue(value)
        } catch (error) {
          if (!ServiceError.is(error) || error.code !== "INVALID_ARGUMENT") throw error
          this.refuse(error.code, `${error.message} It was ${describe(value)}.`)
        }
      }
    },
  },
  {
    id: "details-show-value",
    breaks: "ERROR-03",
    why: "Error reports carry user data.",
    implementation: class extends ReferenceCache {
      protected override checkValue(value: unknown): void {
        try {
          super.checkValue(value)
        } catch (error) {
          if (!ServiceError.is(error) || error.code !== "INVALID_ARGUMENT") throw error
          throw new ServiceError(error.code, error.message, { details: { value: describe(value) } })
        }
      }
    },
  },
  {
    id: "walk-throws-before-its-first-step",
    breaks: "ERROR-02",
    why: "A bad prefix is thrown where nobody catches it.",
    implementation: class extends ReferenceCache {
      override keys(options: { prefix?: string | undefined } = {}) {
        const { prefix = "" } = options
        this.refuseIf(typeof prefix === "string" ? undefined : "A prefix is a string.")
        return super.keys(options)
      }
    },
  },
  {
    id: "refused-command-in-error",
    breaks: "ERROR-03",
    why: "Values of users are in the logs of the servers.",
    source: "ioredis: a ReplyError has the command with its arguments",
    implementation: class extends ReferenceCache {
      override async set<T = unknown>(key: string, value: T, ttl?: number): Promise<void> {
        return super.set(key, value, ttl).catch((error: unknown) => {
          const { code, message } = error as ServiceError
          if (typeof ttl !== "number") throw error
          throw new ServiceError(code, message, { details: { command: ["SET", key, value] } })
        })
      }
    },
  },
  {
    id: "login-shown-once-closed",
    breaks: "ERROR-03",
    why: "Each call that comes too late in a shutdown puts the password into the log.",
    implementation: class extends ReferenceCache {
      protected override checkOpen(): void {
        if (this.closed) this.refuse("CLOSED", `cache://user:${this.password}@store is closed.`)
        super.checkOpen()
      }
    },
  },
]

function describe(value: unknown): string {
  return typeof value === "object" && value !== null ? Object.entries(value).map(String).join(" ") : String(value)
}
