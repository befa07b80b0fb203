import type { CacheCapabilities, CacheImplementation } from "../../../contracts/cache/cache.ts"
import { defineSubject } from "../../define-subject.ts"
import type { OpenOptions, Subject, World } from "../../engine/subject.ts"
import type { ReferenceOptions } from "./entries.ts"
import type { ReferenceCache } from "./reference-cache.ts"
import { ReferenceStore } from "./store.ts"

/**
 * A subject of the reference cache, or of a class that changes a line of it: a mutant or an oddity. Its world offers
 * everything that a world can offer.
 *
 * @example
 * for (const { id, implementation } of cacheMutants) {
 *   const report = await runContract(cacheContract, referenceSubject(id, implementation))
 * }
 */
export function referenceSubject(
  name: string,
  Implementation: typeof ReferenceCache,
): Subject<CacheImplementation, CacheCapabilities> {
  return defineSubject({ service: "cache", name, open: (options) => referenceWorld(Implementation, options) })
}

function referenceWorld(
  Implementation: typeof ReferenceCache,
  { clock, namespace, seed }: OpenOptions,
): World<CacheImplementation> {
  const store = new ReferenceStore()
  const password = `password-${seed}-of-the-store`
  const given: ReferenceOptions = { clock, store, namespace, password }
  const fail = (fault: ReferenceStore["fault"]) => () => {
    store.fault = fault
  }
  return {
    connect: () => new Implementation(given),
    neighbour: () => new Implementation({ ...given, namespace: `${namespace}-other` }),
    advance: (ms) => clock.advance(ms),
    adjustClock: (ms) => clock.adjust(ms),
    faults: {
      unreachable: fail("unreachable"),
      silent: fail("silent"),
      loseAnswer: fail("lose-answer"),
      heal: fail("none"),
    },
    restart() {
      store.restarts++
    },
    fork() {
      const client = new Implementation(given)
      return { client, kill: async () => client.kill() }
    },
    corrupt: (key) => new Implementation(given).corrupt(key),
    configuration: {
      create: (configuration) => new Implementation({ ...given, configuration }),
      valid: { password, maxValueBytes: 1_048_576 },
      invalid: { password: 7, maxValueBytes: 0 },
    },
    secrets: [password],
    destroy: () => store.endTimers(),
  }
}
