/** adapters/<service>/<name>.ts: an adapter of a service that is there, with its methods still to be written. */
import type { AdapterNames } from "../names.ts"

/** A method that an implementer must write. */
export interface RequiredMethod {
  readonly name: string
  /** Whether it gives a promise, and so rejects instead of throwing. */
  readonly isAsync: boolean
}

export function adapterFile(
  { name, service, type, variable }: AdapterNames,
  methods: readonly RequiredMethod[],
): string {
  return `/** The ${name} adapter of ${service.name}. A skeleton: each method says that it is still to be written. */
import * as z from "zod/mini"
import { type AdapterContext, defineAdapter } from "../../contracts/adapter.ts"
import { ServiceError } from "../../contracts/foundation/errors.ts"
import type { I${service.type}Service, ${service.type} } from "../../contracts/${service.name}/${service.name}.ts"
import { as${service.type} } from "../../core/${service.name}/portable-${service.name}.ts"
import { defaultContext } from "../kit/context.ts"
import { parseOptions } from "../kit/parse-options.ts"

export const ${variable}OptionsSchema = z.strictObject({})
export type ${type}Options = z.input<typeof ${variable}OptionsSchema>
type ParsedOptions = z.output<typeof ${variable}OptionsSchema>

/** @throws ServiceError INVALID_CONFIG with the path of each option at fault. */
export function create${type}(options: ${type}Options = {}, context: Partial<AdapterContext> = {}): ${service.type} {
  const parsed = parseOptions(${variable}OptionsSchema, options, "${name} ${service.name}")
  return open${type}(parsed, { ...defaultContext("${service.name}"), ...context })
}

/** Of options that are checked. */
function open${type}(_options: ParsedOptions, { clock }: AdapterContext): ${service.type} {
  return as${service.type}(new ${type}(), { adapter: "${name}", clock })
}

export const ${variable} = defineAdapter({
  service: "${service.name}",
  name: "${name}",
  contractVersion: 1,
  schemes: ["${name}"],
  optionsSchema: ${variable}OptionsSchema,
  create: open${type},
})

class ${type} implements I${service.type}Service {
${methods.map(methodOf).join("\n\n")}
}

function unwritten(method: string): ServiceError {
  return new ServiceError("UNSUPPORTED", \`${name} does not offer \${method}(): it is still to be written.\`)
}
`
}

function methodOf({ isAsync, name }: RequiredMethod): string {
  return `  ${isAsync ? `async ${name}(): Promise<never>` : `${name}(): never`} {
    throw unwritten("${name}")
  }`
}

export function adapterTestFile({ name, service, type, variable }: AdapterNames, hasContract: boolean): string {
  const bound = hasContract
    ? `import { ${variable}Subject } from "../../subjects/${service.name}.ts"
import { bindContract } from "../../testing/bind.ts"
import { ${service.name}Contract } from "../../testing/${service.name}/contract.ts"
`
    : ""
  const bind = hasContract ? `bindContract({ describe, it }, ${service.name}Contract, ${variable}Subject)\n` : ""
  return `import { describe, expect, it } from "vitest"
${bound}import { create${type}, ${variable} } from "./${name}.ts"

${bind}
describe("options", () => {
  it.each([[{ unknown: 1 }, "unknown"]])("%j are refused by name", (options, name) => {
    expect(() => create${type}(options as never)).toThrowError(
      expect.objectContaining({ code: "INVALID_CONFIG", message: expect.stringContaining(name) }),
    )
  })

  it("are those of the adapter of ${name}:", () => {
    expect(${variable}).toMatchObject({ service: "${service.name}", name: "${name}", schemes: ["${name}"] })
  })
})
`
}

export function adapterSubject({ name, service, type, variable }: AdapterNames): string {
  return `/** Joins \`subjects\` when it is written: what is listed there must run. */
export const ${variable}Subject = defineSubject({
  service: "${service.name}",
  name: "${name}",
  available: () => "open: ${name} of ${service.name} is still to be written",
  open: ({ clock }) => {
    const ${service.name} = create${type}({}, { clock })
    return { connect: () => ${service.name} }
  },
})
`
}
