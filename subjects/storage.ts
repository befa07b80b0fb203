/** Every built-in storage as a subject, once: tests, CI and the command line read this list. */
import { createMemoryStorage } from "../adapters/storage/memory.ts"
import { type IStorageService, storageMethods } from "../contracts/storage/storage.ts"
import { withTimeout } from "../core/foundation/timeout.ts"
import { asStorage } from "../core/storage/portable-storage.ts"
import { serveSignedUrls } from "../core/storage/serve-signed-urls.ts"
import { defineSubject } from "../testing/define-subject.ts"
import { FaultPlan, withFaults } from "../testing/faults/with-faults.ts"
import { plannedFaults } from "./kit/faults.ts"

/** Over the largest body of the clauses, and small enough to be tried. */
const MAX_OBJECT_BYTES = 24 * 1024 * 1024

export const memoryStorageSubject = defineSubject({
  service: "storage",
  name: "memory",
  open: ({ clock }) => {
    const storage = createMemoryStorage({ maxObjectBytes: MAX_OBJECT_BYTES }, { clock })
    return {
      connect: () => storage,
      advance: (ms) => clock.advance(ms),
      adjustClock: (ms) => clock.adjust(ms),
      fetch: serveSignedUrls(storage),
    }
  },
})

/** A class with the eight methods that every storage has, as users write it. */
const eightMethodsStorageSubject = defineSubject({
  service: "storage",
  name: "eight methods of memory",
  open: ({ clock }) => {
    const memory = createMemoryStorage({}, { clock })
    const base: IStorageService = {
      createBucket: memory.createBucket.bind(memory),
      listBuckets: memory.listBuckets.bind(memory),
      deleteBucket: memory.deleteBucket.bind(memory),
      put: memory.put.bind(memory),
      get: memory.get.bind(memory),
      head: memory.head.bind(memory),
      delete: memory.delete.bind(memory),
      list: memory.list.bind(memory),
    }
    const storage = asStorage(base, { capabilities: { etag: "version" } })
    return { connect: () => storage, advance: (ms) => clock.advance(ms) }
  },
})

/** Memory in real time, whose calls can be made to fail. */
const memoryFaultsStorageSubject = defineSubject({
  service: "storage",
  name: "memory-with-faults",
  open: ({ timeScale }) => {
    const plan = new FaultPlan()
    const storage = withTimeout(withFaults(createMemoryStorage(), plan, storageMethods), {
      timeoutMs: 1500 * timeScale,
    })
    return {
      connect: () => storage,
      faults: plannedFaults(plan),
    }
  },
})

export const subjects = [memoryStorageSubject, eightMethodsStorageSubject, memoryFaultsStorageSubject]
