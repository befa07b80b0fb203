import { afterEach, describe, expect, it, vi } from "vitest"
import { createServices } from "../core/services.ts"
import { builtinAdapters } from "./manifest.ts"

afterEach(() => void vi.restoreAllMocks())

/** Options that an adapter cannot do without. Nothing is opened. */
const NEEDED: Readonly<Record<string, Record<string, unknown>>> = { filesystem: { root: "never-opened" } }

const adapters = builtinAdapters.map((adapter) => [`${adapter.service}/${adapter.name}`, adapter] as const)

describe("options of a built-in adapter", () => {
  it.each(adapters)("%s: are parsed once", async (_, adapter) => {
    const definition = await adapter.load()
    const parses = vi.spyOn(definition.optionsSchema._zod, "run")
    const { close } = await createServices({
      adapters: [adapter],
      env: {},
      config: { [adapter.service]: { adapter: adapter.name, options: NEEDED[adapter.name] ?? {} } },
    })
    expect(parses).toHaveBeenCalledTimes(1)
    await close()
  })
})
