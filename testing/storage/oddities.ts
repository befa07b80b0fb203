import { ServiceError } from "../../contracts/foundation/errors.ts"
import type { StorageCapabilities } from "../../contracts/storage/storage.ts"
import type { Variant } from "../engine/mutant.ts"
import { changed, subclass, withMethods } from "../engine/seams.ts"
import { seam } from "./mutant.ts"
import { ReferenceStorage } from "./reference/reference-storage.ts"
import { referenceThatDeclares, referenceWithout } from "./reference/without.ts"
import { serverOddities } from "./server-oddities.ts"

class StorageRefusal extends ServiceError {}

const WITHOUT_CONDITIONS: Partial<StorageCapabilities> = {
  conditionalGet: false,
  conditionalCreate: false,
  conditionalMatch: false,
  conditionalComplete: false,
  conditionalCopy: false,
}

/** Unusual and right in what every storage has. What is of servers is in `server-oddities.ts`. */
export const storageOddities: Readonly<Record<string, Variant<typeof ReferenceStorage>>> = {
  "late-replies": seam.deliver(
    "A promise may settle in a later turn of the event loop, as it does over a network.",
    async (_, answer) => {
      await nextTurn()
      return answer
    },
  ),
  "replies-out-of-order": subclass(
    "Simultaneous calls need not settle in the order in which they were made.",
    class extends ReferenceStorage {
      #calls = 0
      override async deliver<T>(answer: T): Promise<T> {
        if (++this.#calls % 2 === 0) await nextTurn()
        return answer
      }
    },
  ),
  "etags-of-parts": seam.newEtag(
    "An ETag may be any text that a header takes, such as one that tells of parts.",
    ({ next }, bytes) => `${next(bytes)}-3_/+=.~`,
  ),
  "etags-as-long-as-they-may": seam.newEtag("An ETag may have 256 characters.", ({ next }, bytes) =>
    next(bytes).padStart(256, "0"),
  ),
  "times-of-buckets-untold": seam.bucketInfoOf("A store need not know when a bucket was made.", (_, { name }) => ({
    name,
  })),
  "pieces-of-another-size": seam.pieceBytes("A stream may come in pieces of a megabyte.", () => 1_048_576),
  "infos-with-more-to-them": seam.bucketInfoOf("An info may have members of the store's own.", ({ next }, held) =>
    Object.assign(next(held), { region: "here" }),
  ),
  "error-of-a-subclass": seam.refuse(
    "A subclass of ServiceError is one, with details of its own.",
    (_, code, message) => {
      throw new StorageRefusal(code, message, { operation: "any", details: { reason: "refused" } })
    },
  ),
  "errors-of-another-copy": seam.refuseFor(
    "A ServiceError may come from another copy of the package: it has the mark, and is of another class.",
    (_, code, reason, message, more) => {
      const { retryable } = new ServiceError(code, message)
      const fields = { code, retryable, details: { reason, ...more } }
      throw Object.assign(new Error(message), fields, { [Symbol.for("@objectos/sdk/ServiceError")]: true })
    },
  ),
  "details-of-its-own": seam.refuseFor(
    "Details may have more than a reason.",
    ({ next }, code, reason, message, more) => next(code, reason, message, { ...more, status: 400, request: "A1" }),
  ),
  "killed-calls-never-settle": subclass(
    "What becomes of the calls of a process that was killed is left open.",
    class extends ReferenceStorage {
      #killed = false
      override kill(): void {
        super.kill()
        this.#killed = true
      }
      override async deliver<T>(answer: T): Promise<T> {
        await Promise.resolve()
        return this.#killed ? new Promise<never>(() => {}) : answer
      }
    },
  ),
  "talkative-health": seam.healthCheck(
    "Health may have a message, details and a latency in fractions.",
    async ({ next }) => {
      await nextTurn()
      const { status } = await next()
      return { status, latency: 0.25, message: `The store is ${status}.`, details: { buckets: 2, region: null } }
    },
  ),
  "many-metrics": seam.getMetrics(
    "Metrics are free to choose, also negative and fractional ones.",
    async ({ next }) => ({ ...(await next()), "load.average": 0.5, drift: -3 }),
  ),
  "small-limits": subclass(
    "A store may keep less, where it says so.",
    withMethods(referenceThatDeclares({ maxKeyBytes: 256, maxMetadataBytes: 512, maxObjectBytes: 8_000_000 }), {}),
  ),
  "no-limits": changed(
    referenceThatDeclares({ maxObjectBytes: Number.MAX_SAFE_INTEGER, maxMetadataBytes: 1_000_000 }),
    "A store may keep as much as it is given.",
    {},
  ),
  "not-shared": subclass("A storage of one process need not be shared.", referenceThatDeclares({ shared: false })),
  "not-durable": subclass(
    "A storage may lose all with its process, where it says so.",
    referenceThatDeclares({ durable: false }),
  ),
  "presign-left-out": subclass("A storage need not sign URLs.", referenceWithout("presign", "verifyPresigned")),
  "multipart-left-out": subclass("A storage need not take parts.", referenceWithout("multipart")),
  "conditions-left-out": subclass("A storage need not keep conditions.", referenceThatDeclares(WITHOUT_CONDITIONS)),
  "interfaces-left-out": subclass(
    "The optional interfaces may be left out together.",
    referenceWithout("presign", "verifyPresigned", "multipart"),
  ),
  ...serverOddities,
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
