import type { clientFamily } from "../../../contracts/foundation/families.ts"
import type { Mutant } from "../../engine/mutant.ts"
import { type MethodChange, subclass, withMethods } from "../../engine/seams.ts"
import type { ReferenceRecords } from "../reference-records.ts"
import { isPlainObject } from "./plain.ts"
import { type FamilyIds, type FamilyTable, familyMutants, type RecordsClass } from "./table.ts"

/** The plainest method of each role: its first argument is the name, the second of `stores` the value. */
export interface PlainMethods {
  readonly stores: string
  readonly reads: string
  readonly removes: string
}

/** Of every client a state of its own. */
function stateOf<State>(make: () => State): (self: object) => State {
  const states = new WeakMap<object, State>()
  return (self) => {
    const state = states.get(self) ?? make()
    states.set(self, state)
    return state
  }
}

export function clientMutants<Class extends RecordsClass>(
  Reference: Class,
  ids: FamilyIds<typeof clientFamily>,
  methods: PlainMethods,
): readonly Mutant<Class>[] {
  return familyMutants(Reference, ids, tableOf(Reference, methods))
}

function tableOf(Reference: RecordsClass, methods: PlainMethods): FamilyTable<typeof clientFamily> {
  const { reads, removes, stores } = methods
  const mutant = (why: string, changes: Record<string, MethodChange<ReferenceRecords>>, source?: string) =>
    subclass(why, withMethods(Reference, changes), source)
  const latest = stateOf(() => ({ answer: undefined as unknown }))
  const near = stateOf(() => new Map<unknown, unknown>())
  const writing = stateOf(() => ({ count: 0 }))
  const missed = stateOf(() => new Set<unknown>())
  const replaced = stateOf(() => new Map<unknown, { by: object; value: unknown }>())
  const underWay = stateOf(() => new Map<unknown, unknown>())
  const early = stateOf(() => new Map<unknown, unknown>())
  return {
    "01": {
      "replies-share-a-field": mutant("Under load one caller gets the value of another.", {
        async [reads]({ next, self }, ...args) {
          latest(self).answer = await next(...args)
          await Promise.resolve()
          return latest(self).answer
        },
      }),
    },
    "02": {
      "near-copy-never-invalidated": mutant("A process goes on serving what another process has replaced.", {
        async [reads]({ next, self }, name, ...args) {
          if (self.closed || !near(self).has(name)) near(self).set(name, await next(name, ...args))
          return near(self).get(name) ?? next(name, ...args)
        },
        async [stores]({ next, self }, name, ...args) {
          near(self).delete(name)
          return next(name, ...args)
        },
        async [removes]({ next, self }, name, ...args) {
          near(self).delete(name)
          return next(name, ...args)
        },
      }),
    },
    "03": {
      "simultaneous-sets-mix": mutant("Two requests that write under one name leave a value that neither wrote.", {
        async [stores]({ next, self }, name, value, ...args) {
          const state = writing(self)
          const old = ++state.count > 1 ? self.find(String(name))?.value : undefined
          const mix = isPlainObject(old) && isPlainObject(value) && "text" in old
          try {
            return await next(name, mix ? { ...value, text: old["text"] } : value, ...args)
          } finally {
            state.count--
          }
        },
      }),
    },
    "04": {
      "misses-remembered-by-one": mutant("What another process stored is never found by one that asked too early.", {
        async [reads]({ next, self }, name, ...args) {
          const value = await next(name, ...args)
          if (value === undefined) missed(self).add(name)
          return missed(self).has(name) ? undefined : value
        },
        async [stores]({ next, self }, name, ...args) {
          missed(self).delete(name)
          return next(name, ...args)
        },
      }),
      "overwrites-told-to-nobody": mutant(
        "A process learns that a value was removed, and never that it was replaced.",
        {
          async [reads]({ next, self }, name, ...args) {
            const value = await next(name, ...args)
            const old = replaced(self.store).get(name)
            return old === undefined || old.by === self || value === undefined ? value : structuredClone(old.value)
          },
          async [stores]({ next, self }, name, ...args) {
            const old = self.closed ? undefined : self.find(String(name))
            const answer = await next(name, ...args)
            if (old === undefined) replaced(self.store).delete(name)
            else replaced(self.store).set(name, { by: self, value: old.value })
            return answer
          },
        },
      ),
    },
    "05": {
      "reads-joined-across-writes": mutant("A request that has just written reads what was there before.", {
        async [reads]({ next, self }, name, ...args) {
          const value = await next(name, ...args)
          if (underWay(self).has(name)) return structuredClone(underWay(self).get(name))
          underWay(self).set(name, value)
          await new Promise((resolve) => setTimeout(resolve))
          underWay(self).delete(name)
          return value
        },
      }),
      "joined-reads-end-with-removals": mutant("A request that has just overwritten a value reads the one before.", {
        async [reads]({ next, self }, name, ...args) {
          const value = await next(name, ...args)
          if (value === undefined) return value
          if (early(self).has(name)) return structuredClone(early(self).get(name))
          early(self).set(name, value)
          await new Promise((resolve) => setTimeout(resolve))
          early(self).delete(name)
          return value
        },
        async [removes]({ next, self }, name, ...args) {
          const answer = await next(name, ...args)
          early(self).delete(name)
          return answer
        },
      }),
    },
    "06": {
      "looks-then-deletes": mutant(
        "Two callers believe that they were the one who removed it.",
        {
          async [removes]({ next, self }, name, ...args) {
            self.checkOpen()
            self.checkKey(name)
            const there = self.find(String(name)) !== undefined
            await Promise.resolve()
            await next(name, ...args)
            return there
          },
        },
        "memory and file caches that look for the entry, wait, and then delete it",
      ),
    },
  }
}
