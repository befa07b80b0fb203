/** contracts/<service>/: the types, the sentences as data, the checks of arguments. */
import type { ServiceNames } from "../names.ts"

export function contractFile({ name, type }: ServiceNames): string {
  return `/**
 * ${type}: values under ids. Contract version 1. It is a skeleton: put is its example.
 *
 * The rules, each under the id of its clause in the harness, are in \`clauses.ts\`; those of every service are in
 * \`contracts/foundation/clauses.ts\`.
 */
import type { IHealthCheckable } from "../foundation/health.ts"
import type { IClosable } from "../foundation/lifecycle.ts"
import type { MethodTable } from "../foundation/methods.ts"

/** A class with put is a ${name} service. */
export interface I${type}Service {
  /** @returns The value that it replaces, or undefined. */
  put(id: string, value: unknown): Promise<unknown>
}

/** An implementer writes this. */
export type ${type}Implementation = I${type}Service & Partial<IHealthCheckable & IClosable>

export interface ${type}Capabilities {
  /** Values outlive the process. */
  readonly durable: boolean
  /** Several instances can hold one store. */
  readonly shared: boolean
  /** Bytes of a value, as it is encoded. */
  readonly maxValueBytes: number
}

/** The ${name} that users hold: one type, whatever adapter was chosen. */
export interface ${type} extends I${type}Service, IHealthCheckable, IClosable {
  readonly capabilities: ${type}Capabilities
}

export const ${name}Methods = {
  put: { kind: "write", idempotent: false },
} as const satisfies MethodTable<Omit<${type}, keyof IHealthCheckable | keyof IClosable | "capabilities">>
`
}

export function sentencesFile({ name, type, upper }: ServiceNames): string {
  return `import { capabilityFamily } from "../foundation/families.ts"

/** The rules of the ${name} service by the id of their clause, version 1. One without a clause is open. */
export const ${name}Sentences = {
  "${upper}-01": "put resolves the value that it replaces, or undefined where there is none.",
  "${upper}-02": "Of simultaneous puts of one id, no two resolve the same value.",

  // Capabilities
  "${upper}-CAP-01": capabilityFamily.ranges,
  "${upper}-CAP-02": capabilityFamily.stable,
} as const

export type ${type}ClauseId = keyof typeof ${name}Sentences
`
}

export function argumentsFile({ name, upper }: ServiceNames): string {
  return `/** The checks of what ${name} methods are given: each says why it is refused, or undefined. */
import { plainDataIssue } from "../foundation/plain-data.ts"
import { typeName, utf8Length } from "../foundation/text.ts"

export const ${upper}_MAX_VALUE_BYTES = 1_048_576
const ${upper}_MAX_ID_BYTES = 256

/** Says why an id is refused, or undefined. */
export function ${name}IdIssue(id: unknown): string | undefined {
  if (typeof id !== "string") return \`An id must be text; got \${typeName(id)}.\`
  if (id === "") return "An id must not be empty."
  if (!id.isWellFormed()) return "An id must not have a lone surrogate."
  const bytes = utf8Length(id)
  return bytes > ${upper}_MAX_ID_BYTES ? \`An id must have at most \${${upper}_MAX_ID_BYTES} bytes; got \${bytes}.\` : undefined
}

/** Says why a value is refused, or undefined. */
export function ${name}ValueIssue(value: unknown): string | undefined {
  const issue = plainDataIssue(value, "value")
  return issue === undefined ? undefined : \`A value must be plain data; \${issue}.\`
}
`
}

export function contractIndexFile({ name }: ServiceNames): string {
  return `/** The ${name} contract. */
export * from "./${name}.ts"
`
}
