import { spawn } from "node:child_process"
import { once } from "node:events"
import { createInterface } from "node:readline"
import { text } from "node:stream/consumers"
import { describe, expect, it } from "vitest"
import { closeOnSignals } from "./close-on-signals.ts"

type Signal = "SIGINT" | "SIGTERM"

/** What a program prints that is sent a signal at each of these lines, and what ends it. */
async function run(program: string, signals: Readonly<Record<string, Signal>>) {
  const source = `
    import { closeOnSignals } from "./core/foundation/close-on-signals.ts"
    const closable = (name) => ({ async close() { console.log(name) } })
    setInterval(() => {}, 1000)
    ${program}
    console.log("ready")
  `
  const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", source])
  const warnings = text(child.stderr)
  let output = ""
  createInterface(child.stdout).on("line", (line) => {
    output += `${line}\n`
    const signal = signals[line]
    if (signal !== undefined) child.kill(signal)
  })
  const [, endedBy] = await once(child, "close")
  return { output, endedBy, warnings: await warnings }
}

describe("closeOnSignals", () => {
  it.each(["SIGTERM", "SIGINT"] as const)("closes on %s, then lets the signal end the process", async (signal) => {
    const ended = await run(`closeOnSignals(closable("closed"))`, { ready: signal })
    expect(ended).toEqual({ output: "ready\nclosed\n", endedBy: signal, warnings: "" })
  })

  it("closes several in their order, also after one that fails, and warns of that", async () => {
    const program = `
      const rejecting = { async close() { throw new Error("no worker") } }
      const throwing = { close() { throw "at once" } }
      closeOnSignals([closable("server"), rejecting, throwing, closable("services")])
    `
    const { output, endedBy, warnings } = await run(program, { ready: "SIGTERM" })
    expect([output, endedBy]).toEqual(["ready\nserver\nservices\n", "SIGTERM"])
    expect(warnings).toMatch(/Error: no worker[\s\S]*Warning: at once/)
  })

  it("begins with one when the one before it is closed", async () => {
    const program = `
      const slow = { close: () => new Promise((resolve) => setImmediate(() => { console.log("server"); resolve() })) }
      closeOnSignals([slow, closable("services")])
    `
    expect(await run(program, { ready: "SIGTERM" })).toMatchObject({ output: "ready\nserver\nservices\n" })
  })

  it("ends at once on a second signal", async () => {
    const program = `
      const hanging = { close() { console.log("closing"); return new Promise(() => {}) } }
      closeOnSignals([hanging, closable("services")])
    `
    const ended = await run(program, { ready: "SIGTERM", closing: "SIGINT" })
    expect(ended).toMatchObject({ output: "ready\nclosing\n", endedBy: "SIGINT" })
  })
})

it.each([
  ["closables.1: must have close(); got an object", [{ close: async () => {} }, {}], {}],
  ["closables.0: must have close(); got undefined", undefined, {}],
  ["signals.0: must be one of SIGINT, SIGTERM, SIGHUP, SIGQUIT; got a string", [], { signals: ["SIGNOPE"] }],
])("closeOnSignals refuses at once: %s", (issue, closables, options) => {
  const before = process.listenerCount("SIGTERM")
  expect(() => closeOnSignals(closables as never, options as never)).toThrow(
    `The arguments of closeOnSignals cannot be used. ${issue}.`,
  )
  expect(process.listenerCount("SIGTERM")).toBe(before)
})
