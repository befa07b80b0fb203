import { subclass } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import { ReferenceSearch } from "../reference/reference-search.ts"
import type { HeldDocument } from "../reference/store.ts"

type Doc = Record<string, unknown>
type Got = Doc | undefined

/** A mutant that looks at documents through a private memory of its own. */
function remembering(
  why: string,
  isTrusted: (old: HeldDocument | undefined, now: HeldDocument | undefined) => boolean,
) {
  return subclass(
    why,
    class extends ReferenceSearch {
      readonly #seen = new Map<string, HeldDocument | undefined>()
      override findDocument(name: string, id: string): HeldDocument | undefined {
        const now = super.findDocument(name, id)
        const old = this.#seen.get(`${name}/${id}`)
        if (this.#seen.has(`${name}/${id}`) && isTrusted(old, now)) return old
        this.#seen.set(`${name}/${id}`, now)
        return now
      }
      override keepDocument(...[index, document]: Parameters<ReferenceSearch["keepDocument"]>): void {
        this.#seen.delete(`${index.name}/${document.id}`)
        super.keepDocument(index, document)
      }
      override removeDocument(name: string, id: string): boolean {
        this.#seen.delete(`${name}/${id}`)
        return super.removeDocument(name, id)
      }
    },
  )
}

/** SEARCH-CLIENT: several clients of one store. */
export const clientsMutants = mutants({
  "SEARCH-CLIENT-01": {
    "answers-share-a-member": subclass(
      "Under load one caller gets the record of another.",
      class extends ReferenceSearch {
        #latest: Got
        override async get(object: string, id: string): Promise<Got> {
          this.#latest = await super.get(object, id)
          await Promise.resolve()
          return this.#latest
        }
      },
    ),
  },
  "SEARCH-CLIENT-02": {
    "near-copy-never-dropped": remembering(
      "A server goes on serving what another one has replaced.",
      (old) => old !== undefined,
    ),
    "documents-of-others-not-loaded": subclass(
      "Each server finds its own records alone.",
      class extends ReferenceSearch {
        readonly #own = new Set<string>()
        override keepDocument(...[index, document]: Parameters<ReferenceSearch["keepDocument"]>): void {
          this.#own.add(`${index.name}/${document.id}`)
          super.keepDocument(index, document)
        }
        override findDocument(name: string, id: string): HeldDocument | undefined {
          return this.#own.has(`${name}/${id}`) ? super.findDocument(name, id) : undefined
        }
      },
      "an engine in the memory of each process over one file",
    ),
  },
  "SEARCH-CLIENT-03": {
    "simultaneous-writes-of-clients-mix": seam.index(
      "A record has the title of one save and the text of another.",
      (() => {
        const writing = new WeakMap<object, number>()
        return async ({ next, self }, object, id, doc) => {
          const count = (writing.get(self.store) ?? 0) + 1
          writing.set(self.store, count)
          try {
            const old = count > 1 ? self.findDocument(object, id)?.doc["text"] : undefined
            return await next(object, id, old === undefined ? doc : { ...doc, text: old })
          } finally {
            writing.set(self.store, (writing.get(self.store) ?? 1) - 1)
          }
        }
      })(),
    ),
  },
  "SEARCH-CLIENT-04": {
    "misses-remembered": remembering(
      "What another server stored is never found by one that asked too early.",
      (old) => old === undefined,
    ),
    "removals-not-noticed": remembering(
      "A server shows a record that another one removed.",
      (old, now) => old !== undefined && now === undefined,
    ),
  },
  "SEARCH-CLIENT-05": {
    "reads-joined-across-writes": seam.get(
      "A request that has just stored a record reads the one before.",
      (() => {
        const underWay = new WeakMap<object, Map<string, Promise<Got>>>()
        return async ({ next, self }, object, id) => {
          const running = underWay.get(self) ?? new Map<string, Promise<Got>>()
          underWay.set(self, running)
          const name = `${object}/${id}`
          const joined = running.get(name)
          const own = next(object, id)
          own.catch(() => {})
          if (joined !== undefined) return joined
          running.set(name, own)
          const doc = await own.finally(() => setTimeout(() => running.delete(name)))
          await new Promise((resolve) => setTimeout(resolve))
          return doc
        }
      })(),
    ),
  },
  "SEARCH-CLIENT-06": {
    "looks-then-removes": seam.remove(
      "Two callers believe that they were the one who removed it.",
      async ({ next, self }, object, id) => {
        self.checkName(object)
        self.checkId(id)
        const isThere = self.findDocument(object, id) !== undefined
        await Promise.resolve()
        await next(object, id)
        return isThere
      },
    ),
  },
})
