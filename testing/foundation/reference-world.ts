import type { OpenOptions, World } from "../engine/subject.ts"
import type { ReferenceOptions, ReferenceService, ReferenceStore } from "./reference-service.ts"

/** A world of a reference, or of a class that changes a line of it. It offers all that needs no knowledge of what is stored. */
export function referenceWorld<Store extends ReferenceStore, Reference extends ReferenceService<Store>>(
  Implementation: new (options: ReferenceOptions<Store>) => Reference,
  store: Store,
  { clock, namespace, seed }: Pick<OpenOptions, "clock" | "namespace" | "seed">,
): World<Reference> {
  const password = `password-${seed}-of-the-store`
  const given: ReferenceOptions<Store> = { clock, store, namespace, password }
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
    configuration: {
      create: (configuration) => new Implementation({ ...given, configuration }),
      valid: { password, maxValueBytes: 1_048_576 },
      invalid: { password: 7, maxValueBytes: 0 },
    },
    secrets: [password],
    destroy: () => store.endTimers(),
  }
}
