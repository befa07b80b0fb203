/** adapters/<service>/memory.ts: the adapter that every service begins with, and that is its reference. */
import type { ServiceNames } from "../names.ts"

export function memoryFile({ name, type, upper }: ServiceNames): string {
  return `/**
 * The ${name} service in this process.
 *
 * @example
 * const ${name} = createMemory${type}()
 * await ${name}.put("id", "value")
 */
import * as z from "zod/mini"
import { type AdapterContext, defineAdapter } from "../../contracts/adapter.ts"
import { ServiceError } from "../../contracts/foundation/errors.ts"
import { utf8Length } from "../../contracts/foundation/text.ts"
import { ${upper}_MAX_VALUE_BYTES } from "../../contracts/${name}/arguments.ts"
import type { I${type}Service, ${type} } from "../../contracts/${name}/${name}.ts"
import { as${type} } from "../../core/${name}/portable-${name}.ts"
import { decodePlain, encodePlain } from "../kit/codec.ts"
import { defaultContext } from "../kit/context.ts"
import { parseOptions } from "../kit/parse-options.ts"

export const memory${type}OptionsSchema = z.strictObject({
  /** A larger value is refused. */
  maxValueBytes: z._default(z.int().check(z.minimum(1)), ${upper}_MAX_VALUE_BYTES),
})
export type Memory${type}Options = z.input<typeof memory${type}OptionsSchema>
type ParsedOptions = z.output<typeof memory${type}OptionsSchema>

/** @throws ServiceError INVALID_CONFIG with the path of each option at fault. */
export function createMemory${type}(options: Memory${type}Options = {}, context: Partial<AdapterContext> = {}): ${type} {
  const parsed = parseOptions(memory${type}OptionsSchema, options, "memory ${name}")
  return openMemory${type}(parsed, { ...defaultContext("${name}"), ...context })
}

/** Of options that are checked. */
function openMemory${type}({ maxValueBytes }: ParsedOptions, { clock }: AdapterContext): ${type} {
  const capabilities = { durable: false, shared: false, maxValueBytes }
  return as${type}(new Memory${type}(maxValueBytes), { adapter: "memory", capabilities, clock })
}

export const memory${type} = defineAdapter({
  service: "${name}",
  name: "memory",
  contractVersion: 1,
  schemes: ["memory"],
  optionsSchema: memory${type}OptionsSchema,
  create: openMemory${type},
})

class Memory${type} implements I${type}Service {
  /** Values as text: it is a copy, and its size is known. */
  readonly #values = new Map<string, string>()
  readonly #maxValueBytes: number

  constructor(maxValueBytes: number) {
    this.#maxValueBytes = maxValueBytes
  }

  async put(id: string, value: unknown): Promise<unknown> {
    const text = this.#encoded(value)
    const before = this.#values.get(id)
    this.#values.set(id, text)
    return decoded(before)
  }

  #encoded(value: unknown): string {
    const text = encodePlain(value)
    const bytes = utf8Length(text)
    if (bytes <= this.#maxValueBytes) return text
    const most = \`at most \${this.#maxValueBytes} bytes, which is maxValueBytes\`
    throw new ServiceError("LIMIT_EXCEEDED", \`A value must have \${most}; got \${bytes}.\`)
  }
}

function decoded(text: string | undefined): unknown {
  return text === undefined ? undefined : decodePlain(text)
}
`
}

export function memoryTestFile({ name, type }: ServiceNames): string {
  return `import { describe, expect, it } from "vitest"
import { memory${type}Subject } from "../../subjects/${name}.ts"
import { bindContract } from "../../testing/bind.ts"
import { ${name}Contract } from "../../testing/${name}/contract.ts"
import { createMemory${type}, memory${type} } from "./memory.ts"

bindContract({ describe, it }, ${name}Contract, memory${type}Subject)

describe("options", () => {
  it("refuse a value over maxValueBytes, and keep the old one", async () => {
    const ${name} = createMemory${type}({ maxValueBytes: 5 })
    await ${name}.put("id", "old")
    await expect(${name}.put("id", "four")).rejects.toMatchObject({
      code: "LIMIT_EXCEEDED",
      adapter: "memory",
      message: "A value must have at most 5 bytes, which is maxValueBytes; got 6.",
    })
    expect(await ${name}.put("id", "new")).toBe("old")
  })

  it.each([
    [{ maxValueBytes: 0 }, "maxValueBytes"],
    [{ maxValueByte: 1 }, "maxValueByte"],
  ])("%j are refused by name", (options, name) => {
    expect(() => createMemory${type}(options as object)).toThrowError(
      expect.objectContaining({ code: "INVALID_CONFIG", message: expect.stringContaining(name) }),
    )
  })

  it("are those of the adapter of memory:", () => {
    expect(memory${type}).toMatchObject({ service: "${name}", name: "memory", schemes: ["memory"] })
  })
})
`
}
