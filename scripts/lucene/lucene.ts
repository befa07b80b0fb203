/** Lucene, by the commands of src/. */
import { spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import { createInterface } from "node:readline"

export type Line = readonly (string | number)[]

/** The program that runs a command. */
export const LUCENE = join(import.meta.dirname, "run.sh")
export const LUCENE_MISSING = "Lucene needs Java and Maven: apt-get install openjdk-17-jdk-headless maven"

export interface OpenLucene {
  write(lines: Iterable<Line>): Promise<void>
  /** Says that no more lines come. */
  end(): void
  /** The cells of the next line that it answers; undefined once it has ended well. */
  read(): Promise<string[] | undefined>
}

/** Whether the programs that it is made by are on this machine. */
export function hasLucene(): boolean {
  return ["java", "javac", "mvn"].every((program) => spawnSync("which", [program]).status === 0)
}

/** Writes lines to a command, and gives the lines that it answers. */
export async function lucene(command: readonly string[], lines: Iterable<Line>): Promise<string[][]> {
  const running = openLucene(command)
  const writing = running.write(lines).then(running.end)
  const answers: string[][] = []
  for (let line = await running.read(); line !== undefined; line = await running.read()) answers.push(line)
  await writing
  return answers
}

export function openLucene(command: readonly string[], program = LUCENE): OpenLucene {
  const { exit, stdin, stdout } = start(program, command)
  const answers = createInterface({ input: stdout })[Symbol.asyncIterator]()
  return {
    async write(lines) {
      for (const line of lines) {
        if (!stdin.write(`${line.map(escaped).join("\t")}\n`)) await Promise.race([once(stdin, "drain"), exit])
      }
    },
    end: () => stdin.end(),
    async read() {
      const { done, value } = await answers.next()
      if (!done) return String(value).split("\t").map(unescaped)
      const code = await exit
      if (code !== 0) throw new Error(`lucene ${command.join(" ")} ended with exit code ${code}`)
      return undefined
    },
  }
}

function start(program: string, command: readonly string[]) {
  const child = spawn(program, command, { stdio: ["pipe", "pipe", "inherit"] })
  const exit = new Promise<number | null>((resolve, reject) => child.once("error", reject).once("exit", resolve))
  // Told by whoever reads.
  exit.catch(() => undefined)
  child.stdin.on("error", () => undefined)
  return { stdin: child.stdin, stdout: child.stdout, exit }
}

function escaped(cell: string | number): string {
  return String(cell).replaceAll(/[^ -[\]-~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
}

function unescaped(cell: string): string {
  return cell.replaceAll(/\\u(....)/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
}
