import {
  capabilityFamily,
  clientFamily,
  copyFamily,
  dataFamily,
  idsOf,
  nameFamily,
  sentencesOf,
} from "../../contracts/foundation/families.ts"
import type { IHealthCheckable } from "../../contracts/foundation/health.ts"
import type { IClosable } from "../../contracts/foundation/lifecycle.ts"
import type { MethodTable } from "../../contracts/foundation/methods.ts"
import { plainDataIssue } from "../../contracts/foundation/plain-data.ts"
import { typeName, utf8Length } from "../../contracts/foundation/text.ts"
import { type ContractProbes, defineContract } from "../engine/clause.ts"
import type { Catalogue } from "../engine/self-proof.ts"
import { foundationClauses } from "../foundation/catalogue.ts"
import { foundationMutants } from "../foundation/mutants.ts"
import type { ReferenceOptions } from "../foundation/reference-service.ts"
import { referenceWorld } from "../foundation/reference-world.ts"
import { capabilityClauses } from "./capabilities.ts"
import { clientClauses } from "./clients.ts"
import { copyClauses } from "./copies.ts"
import { dataClauses } from "./data.ts"
import { capabilityMutants } from "./mutants/capabilities.ts"
import { clientMutants } from "./mutants/clients.ts"
import { copyMutants } from "./mutants/copies.ts"
import { dataMutants } from "./mutants/data.ts"
import { nameMutants } from "./mutants/names.ts"
import { nameClauses } from "./names.ts"
import { RecordStore, ReferenceRecords } from "./reference-records.ts"
import { plainDataSamples, type RemovingProbes } from "./roles.ts"

/** The smallest service that keeps values under names. It shows that families and foundation know no service. */
export interface IShelf {
  put(name: string, value: unknown): Promise<void>
  get(name: string): Promise<unknown>
  /** Removes a value, and tells whether there was one. */
  drop(name: string): Promise<boolean>
  list(): Promise<readonly string[]>
}

export interface ShelfCapabilities {
  readonly shared: boolean
  readonly durable: boolean
  readonly maxKeyBytes: number
  readonly maxValueBytes: number
}

export type ShelfClient = IShelf & IHealthCheckable & IClosable

const WORDS = { names: "names", services: "shelves" }

/** All of its sentences are those of families. */
export const shelfSentences = {
  ...sentencesOf(nameFamily, "SHELF-NAME", WORDS),
  ...sentencesOf(dataFamily, "SHELF-VAL", WORDS),
  ...sentencesOf(copyFamily, "SHELF-COPY", WORDS),
  ...sentencesOf(clientFamily, "SHELF-CLIENT", WORDS),
  "SHELF-CAP-01": capabilityFamily.ranges,
  "SHELF-CAP-02": capabilityFamily.stable,
}

const missing = undefined as unknown as string

export const shelfProbes: ContractProbes<ShelfClient> = {
  calls: {
    put: (shelf) => shelf.put("probe", 1),
    get: (shelf) => shelf.get("probe"),
    drop: (shelf) => shelf.drop("populated"),
    list: (shelf) => shelf.list(),
  },
  badCalls: {
    put: (shelf) => shelf.put("probe", () => 1),
    get: (shelf) => shelf.get(missing),
    drop: (shelf) => shelf.drop(""),
  },
  refusedWithSecret: [(shelf, secret) => shelf.put("probe", { password: secret, call: () => secret })],
  storeSecret: (shelf, secret) => shelf.put("probe", { password: secret }),
  populate: (shelf) => shelf.put("populated", 1),
  snapshot: (shelf) => shelf.list(),
}

export const shelfFamilyProbes: RemovingProbes<ShelfClient, ShelfCapabilities> = {
  stores: { put: (shelf, name, value) => shelf.put(name, value) },
  reads: { get: (shelf, name) => shelf.get(name) },
  removes: { drop: (shelf, name) => shelf.drop(name) },
  lists: { list: async (shelf, prefix = "") => (await shelf.list()).filter((name) => name.startsWith(prefix)) },
  maxNameBytes: ({ maxKeyBytes }) => maxKeyBytes,
  maxValueBytes: ({ maxValueBytes }) => maxValueBytes,
  ...plainDataSamples,
  size: async (shelf) => (await shelf.list()).length,
}

const family = { sentences: shelfSentences, probes: shelfFamilyProbes }

const shelfCapabilities: ShelfCapabilities = { shared: true, durable: true, maxKeyBytes: 512, maxValueBytes: 1_048_576 }

const shelfMethods: MethodTable<IShelf> = {
  put: { kind: "write", idempotent: true },
  get: { kind: "read", idempotent: true },
  drop: { kind: "write", idempotent: true },
  list: { kind: "read", idempotent: true },
}

const shelfRanges = {
  shared: "boolean",
  durable: "boolean",
  maxKeyBytes: { least: 1, whole: true },
  maxValueBytes: { least: 1, whole: true },
} as const

export const shelfContract = defineContract<ShelfClient, ShelfCapabilities>({
  service: "shelf",
  version: 1,
  methods: shelfMethods,
  sentences: shelfSentences,
  required: Object.keys(shelfMethods),
  defaultCapabilities: { ...shelfCapabilities, shared: false, durable: false },
  isolation: {
    fill: (shelf) => shelf.put("apart", 1),
    isEmpty: async (shelf) => (await shelf.list()).length === 0,
  },
  clauses: [
    ...nameClauses({ ...family, ids: idsOf(nameFamily, "SHELF-NAME") }),
    ...dataClauses({ ...family, ids: idsOf(dataFamily, "SHELF-VAL") }),
    ...copyClauses({ ...family, ids: idsOf(copyFamily, "SHELF-COPY") }),
    ...clientClauses({ ...family, ids: idsOf(clientFamily, "SHELF-CLIENT") }),
    ...capabilityClauses<ShelfClient, ShelfCapabilities>({
      sentences: shelfSentences,
      probes: shelfProbes,
      methods: shelfMethods,
      ranges: { id: "SHELF-CAP-01", of: shelfRanges },
      stable: { id: "SHELF-CAP-02" },
    }),
    ...foundationClauses(shelfProbes),
  ],
})

export class ReferenceShelf extends ReferenceRecords implements IShelf {
  override readonly service = "shelf"
  readonly capabilities = shelfCapabilities

  constructor(options: ReferenceOptions<RecordStore>) {
    super({ ...options, store: options.store ?? new RecordStore() })
  }

  keyIssue(name: unknown): string | undefined {
    if (typeof name !== "string" || name === "") return `A name must be text that is not empty; got ${typeName(name)}.`
    if (utf8Length(name) > this.capabilities.maxKeyBytes) return "A name must not have more bytes than maxKeyBytes."
    return name.isWellFormed() ? undefined : "A name must not have a lone surrogate."
  }

  valueIssue(value: unknown): string | undefined {
    const issue = plainDataIssue(value, "value")
    return issue === undefined ? undefined : `A value must be plain data; ${issue}.`
  }

  async put(name: string, value: unknown): Promise<void> {
    this.checkOpen()
    this.checkKey(name)
    this.checkValue(value)
    this.store.entries.set(this.storedKey(name), { value: this.copyIn(value) })
    return this.reply(undefined)
  }

  async get(name: string): Promise<unknown> {
    this.checkOpen()
    this.checkKey(name)
    return this.reply(this.read(name))
  }

  async drop(name: string): Promise<boolean> {
    this.checkOpen()
    this.checkKey(name)
    return this.reply(this.remove(name))
  }

  async list(): Promise<string[]> {
    this.checkOpen()
    return this.reply(this.liveKeys())
  }
}

export const shelfCatalogue: Catalogue<typeof ReferenceShelf, ShelfClient, ShelfClient, ShelfCapabilities> = {
  service: "shelf",
  contract: shelfContract,
  reference: ReferenceShelf,
  subjectOf: (name, Implementation) => ({
    service: "shelf",
    name,
    open: (options) => referenceWorld(Implementation, new RecordStore(), options),
  }),
  mutants: [
    ...nameMutants(ReferenceShelf, idsOf(nameFamily, "SHELF-NAME")),
    ...dataMutants(ReferenceShelf, idsOf(dataFamily, "SHELF-VAL")),
    ...copyMutants(ReferenceShelf, idsOf(copyFamily, "SHELF-COPY")),
    ...clientMutants(ReferenceShelf, idsOf(clientFamily, "SHELF-CLIENT"), {
      stores: "put",
      reads: "get",
      removes: "drop",
    }),
    ...capabilityMutants(ReferenceShelf, { ranges: "SHELF-CAP-01", stable: "SHELF-CAP-02" }),
    ...foundationMutants(ReferenceShelf, shelfProbes, {
      reads: "get",
      stores: "put",
      removes: "drop",
      tells: "list",
    }),
  ],
  oddities: {},
  pins: [],
}
