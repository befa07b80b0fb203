/** testing/<service>/ and subjects/<service>.ts: clauses, probes for those that all services share, what is proven. */
import type { ServiceNames } from "../names.ts"

export function clauseFile({ name, type }: ServiceNames): string {
  return `import type { IHealthCheckable } from "../../contracts/foundation/health.ts"
import type { IClosable } from "../../contracts/foundation/lifecycle.ts"
import { type ${type}ClauseId, ${name}Sentences } from "../../contracts/${name}/clauses.ts"
import type { I${type}Service, ${type}Capabilities } from "../../contracts/${name}/${name}.ts"
import { clausesFor } from "../engine/clause.ts"

/** A ${name} service as clauses see it: what a clause \`needs\` is there. */
export type ${type}Client = I${type}Service & IHealthCheckable & IClosable

export const clause = clausesFor<${type}Client, ${type}Capabilities, ${type}ClauseId>(${name}Sentences)
`
}

export function clausesFile({ name, upper }: ServiceNames): string {
  return `import { clause } from "../clause.ts"

export const putClauses = [
  clause("${upper}-01", {
    why: "A caller learns what was there without a second call, in which others could write.",
    fix: "Read the old value and store the new one in one step, and resolve the old one.",
    async check(t, ${name}, world) {
      const [id, other] = [world.random.word(), world.random.word()]
      const [first, second] = [{ text: world.random.word() }, [world.random.word()]]
      t.equal(await ${name}.put(id, first), undefined, "the first put")
      t.equal(await ${name}.put(other, second), undefined, "the first put of another id")
      t.equal(await ${name}.put(id, second), first, "the second put")
      t.equal(await ${name}.put(id, ""), second, "the third put")
    },
  }),
]
`
}

export function probesFile({ name, type }: ServiceNames): string {
  return `import type { ContractProbes } from "../engine/clause.ts"
import type { ${type}Client } from "./clause.ts"

const missing = undefined as unknown as string

export const ${name}Probes: ContractProbes<${type}Client> = {
  calls: {
    put: (${name}) => ${name}.put("populated", 2),
  },
  badCalls: {
    put: (${name}) => ${name}.put(missing, 1),
  },
  refusedWithSecret: [
    (${name}, secret) => ${name}.put("", secret),
    (${name}, secret) => ${name}.put("probe", { secret, call: () => secret }),
  ],
  storeSecret: (${name}, secret) => ${name}.put("probe", secret),
  populate: (${name}) => ${name}.put("populated", 1),
  /** Says little while no method reads. */
  async snapshot(${name}) {
    await ${name}.put("snapshot", 1)
    return ${name}.put("snapshot", 1)
  },
}
`
}

export function contractFile({ name, type, upper }: ServiceNames): string {
  return `import { ${upper}_MAX_VALUE_BYTES } from "../../contracts/${name}/arguments.ts"
import { ${name}Sentences } from "../../contracts/${name}/clauses.ts"
import { type ${type}Capabilities, ${name}Methods } from "../../contracts/${name}/${name}.ts"
import { type Contract, defineContract } from "../engine/clause.ts"
import { capabilityClauses } from "../families/capabilities.ts"
import { foundationClauses } from "../foundation/catalogue.ts"
import type { ${type}Client } from "./clause.ts"
import { putClauses } from "./clauses/put.ts"
import { ${name}Probes } from "./probes.ts"

/** Every clause of the ${name} contract, and those that all services share. */
export const ${name}Contract: Contract<${type}Client, ${type}Capabilities> = defineContract({
  service: "${name}",
  version: 1,
  methods: ${name}Methods,
  sentences: ${name}Sentences,
  required: Object.keys(${name}Methods),
  defaultCapabilities: {
    durable: false,
    shared: false,
    maxValueBytes: ${upper}_MAX_VALUE_BYTES,
  },
  isolation: {
    fill: (${name}) => ${name}.put("apart", 1),
    isEmpty: async (${name}) => (await ${name}.put("apart", 1)) === undefined,
  },
  clauses: [
    ...putClauses,
    // The families of names, data, copies and clients stand here once a method reads: CONTRIBUTING.md says how.
    ...capabilityClauses<${type}Client, ${type}Capabilities>({
      sentences: ${name}Sentences,
      probes: ${name}Probes,
      methods: ${name}Methods,
      ranges: {
        id: "${upper}-CAP-01",
        of: { durable: "boolean", shared: "boolean", maxValueBytes: { least: 1, whole: true } },
      },
      stable: { id: "${upper}-CAP-02" },
    }),
    ...foundationClauses(${name}Probes),
  ],
})
`
}

export function subjectsFile({ name, type }: ServiceNames): string {
  return `/** Every built-in ${name} service as a subject, once: tests, CI and the command line read this list. */
import { createMemory${type} } from "../adapters/${name}/memory.ts"
import { defineSubject } from "../testing/define-subject.ts"

export const memory${type}Subject = defineSubject({
  service: "${name}",
  name: "memory",
  open: ({ clock }) => {
    const ${name} = createMemory${type}({}, { clock })
    return { connect: () => ${name}, advance: (ms) => clock.advance(ms) }
  },
})

export const subjects = [memory${type}Subject]
`
}
