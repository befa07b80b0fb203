/** core/<service>/: the row, and the portable type over any implementation. */
import type { ServiceNames } from "../names.ts"

export function rowFile({ name, type }: ServiceNames, platform: string): string {
  return `import { defineService } from "../foundation/service.ts"

export const ${name}Service = defineService({
  name: "${name}",
  platformName: "${platform}",
  needsChoice: false,
  portable: async () => (await import("./portable-${name}.ts")).as${type},
})
`
}

export function coreIndexFile({ name, type }: ServiceNames): string {
  return `/** The ${name} service: what makes one of an implementation. */
export type * from "../../contracts/${name}/${name}.ts"
export { type As${type}Options, as${type} } from "./portable-${name}.ts"
`
}

export function portableFile({ name, type }: ServiceNames): string {
  return `import { NO_LIMIT } from "../../contracts/foundation/capabilities.ts"
import { ${name}IdIssue, ${name}ValueIssue } from "../../contracts/${name}/arguments.ts"
import {
  type ${type},
  type ${type}Capabilities,
  type ${type}Implementation,
  ${name}Methods,
} from "../../contracts/${name}/${name}.ts"
import { type Base, baseOf, declared, type PortableOptions, portableInfo } from "../foundation/base.ts"
import { Portable } from "../foundation/portable.ts"
import type { Refusal } from "../foundation/refusal.ts"

export interface As${type}Options extends PortableOptions {
  /** The implementation declares it. Default: the most modest. */
  capabilities?: Partial<${type}Capabilities> | undefined
}

/**
 * The full \`${type}\` over any implementation of \`I${type}Service\`.
 *
 * Adds argument checks, CLOSED after close, error mapping and bounded health. A \`${type}\` is returned as it is.
 *
 * @example
 * const ${name} = as${type}(new My${type}())
 * await ${name}.put("id", "value")
 */
export function as${type}(implementation: ${type}Implementation, options: As${type}Options = {}): ${type} {
  if (portableInfo(implementation) !== undefined) return implementation as ${type}
  const capabilities = declared(MODEST, implementation, options.capabilities)
  return new Portable${type}(baseOf("${name}", implementation, ${name}Methods, options), capabilities)
}

class Portable${type} extends Portable<${type}Implementation> implements ${type} {
  readonly capabilities: ${type}Capabilities

  constructor(base: Base<${type}Implementation>, capabilities: ${type}Capabilities) {
    super(base)
    this.capabilities = capabilities
  }

  put(id: string, value: unknown): Promise<unknown> {
    return this.call("put", [id, value])
  }

  protected admit(_method: string, args: readonly unknown[]): readonly unknown[] | Refusal {
    const [id, value] = args
    return ${name}IdIssue(id) ?? ${name}ValueIssue(value) ?? args
  }

  /** No method is without effect yet. */
  protected async probe(): Promise<unknown> {
    return undefined
  }

  protected sibling(base: Base<${type}Implementation>): ${type} {
    return new Portable${type}(base, this.capabilities)
  }
}

const MODEST: ${type}Capabilities = {
  durable: false,
  shared: false,
  maxValueBytes: NO_LIMIT,
}
`
}

export function portableTestFile({ name, type }: ServiceNames): string {
  return `import { describe, expect, it, vi } from "vitest"
import { createMemory${type} } from "../../adapters/${name}/memory.ts"
import type { I${type}Service } from "../../contracts/${name}/${name}.ts"
import { withTimeout } from "../foundation/timeout.ts"
import { as${type} } from "./portable-${name}.ts"

/** The methods that a class must have. */
function bare${type}() {
  return {
    put: vi.fn(async () => undefined),
  } satisfies I${type}Service
}

describe("as${type}", () => {
  it.each([
    [7, "value", "An id must be text; got a number."],
    ["", "value", "An id must not be empty."],
    ["\\ud800", "value", "An id must not have a lone surrogate."],
    ["é".repeat(129), "value", "An id must have at most 256 bytes; got 258."],
    ["id", undefined, "A value must be plain data; value is undefined."],
    ["id", { list: [() => 1] }, "A value must be plain data; value.list[0] is a function."],
  ])("refuses put(%o, %o) before the implementation sees it", async (id, value, message) => {
    const implementation = bare${type}()
    const promise = as${type}(implementation).put(id as string, value)
    await expect(promise).rejects.toMatchObject({ code: "INVALID_ARGUMENT", operation: "put", message })
    expect(implementation.put).not.toHaveBeenCalled()
  })

  it("refuses every call after close, also with bad arguments", async () => {
    const ${name} = as${type}(bare${type}())
    await ${name}.close()
    await expect(${name}.put("", "value")).rejects.toMatchObject({ code: "CLOSED" })
  })

  it("is healthy, with finite metrics, over a bare implementation", async () => {
    const ${name} = as${type}(bare${type}())
    expect(await ${name}.healthCheck()).toMatchObject({ status: "healthy" })
    expect(await ${name}.getMetrics()).toEqual({})
  })

  it("returns a ${type} as it is, and keeps what it is under layers", async () => {
    const ${name} = createMemory${type}({ maxValueBytes: 100 })
    expect(as${type}(${name})).toBe(${name})
    const layered = withTimeout(${name}, { timeoutMs: 1000 })
    expect(layered.capabilities).toEqual(${name}.capabilities)
    await layered.put("id", "value")
    expect(await ${name}.put("id", "other")).toBe("value")
  })
})
`
}
