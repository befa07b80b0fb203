/** contracts/<service>/: the normative text, its sentences as data, the checks of arguments. */
import type { ServiceNames } from "../names.ts"

/** The sentences of the example, by id. The first has a check, the second is open. */
function sentences({ upper }: ServiceNames): [id: string, text: string][] {
  return [
    [`${upper}-01`, "put resolves the value that it replaces, or undefined where there is none."],
    [`${upper}-02`, "A value of more than maxValueBytes is refused with LIMIT_EXCEEDED, and the old one stays."],
  ]
}

export function contractFile(names: ServiceNames): string {
  const { name, type } = names
  return `/**
 * ${type}: values under ids, version 1. It is a skeleton: put is its example.
 *
 * An implementer guarantees:
${sentences(names)
  .map(([id, text]) => ` * - ${text} [${id}]`)
  .join("\n")}
 *
 * Ids are exact: two that differ in anything are two ids.
 */
import type { IHealthCheckable } from "../foundation/health.ts"
import type { IClosable } from "../foundation/lifecycle.ts"
import type { MethodTable } from "../foundation/methods.ts"

/** A class with put is a ${name} service. */
export interface I${type}Service {
  /** @returns The value that it replaces. */
  put(id: string, value: string): Promise<string | undefined>
}

/** An implementer writes this. */
export type ${type}Implementation = I${type}Service & Partial<IHealthCheckable & IClosable>

export interface ${type}Capabilities {
  /** Values outlive the process. */
  readonly durable: boolean
  /** Several instances can hold one store. */
  readonly shared: boolean
  /** Bytes of a value in UTF-8. */
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

export function sentencesFile(names: ServiceNames): string {
  const { name } = names
  return `/** The sentences of ${name}.ts, by id. One without a clause in testing/${name} is open. */
export const ${name}Sentences = {
${sentences(names)
  .map(([id, text]) => `  "${id}": "${text}",`)
  .join("\n")}
} as const
`
}

export function argumentsFile({ name, upper }: ServiceNames): string {
  return `/** The checks of what ${name} methods are given: each says why it is refused, or undefined. */
import { typeName, utf8Length } from "../foundation/text.ts"

export const ${upper}_MAX_VALUE_BYTES = 1_048_576
const MAX_ID_BYTES = 256

/** Says why an id is refused, or undefined. */
export function ${name}IdIssue(id: unknown): string | undefined {
  if (typeof id !== "string") return \`An id must be text; got \${typeName(id)}.\`
  if (id === "") return "An id must not be empty."
  if (!id.isWellFormed()) return "An id must not have a lone surrogate."
  const bytes = utf8Length(id)
  return bytes > MAX_ID_BYTES ? \`An id must have at most \${MAX_ID_BYTES} bytes; got \${bytes}.\` : undefined
}

/** Says why a value is refused, or undefined. */
export function ${name}ValueIssue(value: unknown): string | undefined {
  if (typeof value !== "string") return \`A value must be text; got \${typeName(value)}.\`
  return value.isWellFormed() ? undefined : "A value must not have a lone surrogate."
}
`
}

export function contractIndexFile({ name }: ServiceNames): string {
  return `/** The ${name} contract. */
export * from "./${name}.ts"
`
}
