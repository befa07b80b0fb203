/** Lucene, by the commands of src/. */
import { spawn, spawnSync } from "node:child_process"
import { join } from "node:path"
import { text } from "node:stream/consumers"

export type Line = readonly (string | number)[]

const RUN = join(import.meta.dirname, "run.sh")

/** Whether the programs that run.sh calls are on this machine. */
export function hasLucene(): boolean {
  return ["java", "javac", "mvn"].every((program) => spawnSync("which", [program]).status === 0)
}

/** Writes lines to a command, and gives the lines that it answers. */
export async function lucene(command: readonly string[], lines: Iterable<Line>): Promise<string[][]> {
  const child = spawn(RUN, command, { stdio: ["pipe", "pipe", "inherit"] })
  const exit = new Promise<number | null>((resolve, reject) => child.once("error", reject).once("close", resolve))
  const answer = text(child.stdout)
  // One that ends early says why itself.
  child.stdin.on("error", () => undefined)
  for (const line of lines) {
    if (!child.stdin.write(`${line.map(escaped).join("\t")}\n`)) await drained(child.stdin)
  }
  child.stdin.end()
  const [code, output] = await Promise.all([exit, answer])
  if (code !== 0) throw new Error(`lucene ${command.join(" ")} ended with exit code ${code}`)
  return output
    .split("\n")
    .slice(0, -1)
    .map((line) => line.split("\t").map(unescaped))
}

function drained(stream: NodeJS.WritableStream): Promise<unknown> {
  return new Promise((resolve) => stream.once("drain", resolve).once("close", resolve))
}

function escaped(cell: string | number): string {
  return String(cell).replaceAll(/[^ -[\]-~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
}

function unescaped(cell: string): string {
  return cell.replaceAll(/\\u(....)/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
}
