import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"

const read = (file: string) => readFileSync(join(import.meta.dirname, "..", file), "utf8")

/** Name and command of each step, in the order of the file. Legs are named by their version. */
const steps = [...read(".ci/run").matchAll(/\bstep "([^"]+)" \d+ ([^;\n|]+)/g)].map(([, name = "", command = ""]) => ({
  name: name.replace(" $1", ""),
  command,
}))

describe(".ci/run", () => {
  it("runs the test command of README.md", () => {
    const [, install = "", test = ""] = /^(npm ci) && (npm test)$/m.exec(read("README.md")) ?? []
    const commands = steps.map(({ command }) => command)
    expect(commands.filter((command) => command === install)).toEqual(["npm ci"])
    expect(commands.filter((command) => command === test)).toEqual(["npm test"])
  })

  it("runs scripts that there are", () => {
    const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> }
    const named = steps.flatMap(({ command }) => /^npm run ([\w:]+)/.exec(command)?.[1] ?? [])
    expect(named).toContain("leg")
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([])
  })

  it("has the steps that CONTRIBUTING.md lists", () => {
    const [, table = ""] = read("CONTRIBUTING.md").split("| step | proves | seconds |\n|---|---|---|\n")
    const [rows = ""] = table.split("\n\n")
    const listed = rows.split("\n").map((row) => (row.split("|")[1] ?? "").trim().replace(/ \d+(, \d+)*$/, ""))
    expect(listed.sort()).toEqual(steps.map(({ name }) => name).sort())
  })
})
