import { spawn } from "node:child_process"
import { once } from "node:events"
import { describe, expect, it } from "vitest"

const PROGRAM = `
  import { closeOnSignals } from "./core/foundation/close-on-signals.ts"
  closeOnSignals({ async close() { console.log("closed") } })
  setInterval(() => {}, 1000)
  console.log("ready")
`

describe("closeOnSignals", () => {
  it.each(["SIGTERM", "SIGINT"] as const)("closes on %s, then lets the signal end the process", async (signal) => {
    const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", PROGRAM])
    let output = ""
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk
      if (output === "ready\n") child.kill(signal)
    })
    const [, endedBy] = await once(child, "close")
    expect([output, endedBy]).toEqual(["ready\nclosed\n", signal])
  })
})
