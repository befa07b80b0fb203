import { type ChildProcess, spawn } from "node:child_process"
import { closeSync, existsSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"

export interface ServerCommand {
  readonly name: string
  readonly file: string
  readonly args: readonly string[]
  /** Beside the variables of this process. */
  readonly env?: Readonly<Record<string, string>>
  /** Holds the log and the data; it stays over a restart. */
  readonly directory: string
  /** Default: a minute. */
  readonly startMs?: number
  /** Whether it answers. A rejection means not yet. */
  ready(): Promise<boolean>
}

const START_MS = 60_000
const STOP_MS = 30_000
const POLL_MS = 10
const PAUSE_MS = 5_000

/** One server as a child process. */
export class ServerProcess {
  readonly #command: ServerCommand
  #child: ChildProcess | undefined

  constructor(command: ServerCommand) {
    this.#command = command
  }

  /** Resolves when the server answers; rejects with the end of its log when it dies or stays silent. */
  async start(): Promise<void> {
    const { args, directory, env, file, name, ready, startMs = START_MS } = this.#command
    const log = openSync(this.#logFile, "a")
    const child = spawn(file, args, { cwd: directory, env: { ...process.env, ...env }, stdio: ["ignore", log, log] })
    closeSync(log)
    this.#child = child
    guard(child, directory)
    let failure: string | undefined
    child.once("error", (error) => {
      failure ??= error.message
    })
    child.once("exit", (code, signal) => {
      failure ??= `it ended with ${signal ?? `exit code ${code}`}`
    })
    const deadline = performance.now() + startMs
    while (!(await ready().catch(() => false))) {
      if (performance.now() > deadline) {
        failure ??= `no answer within ${startMs} ms`
        await this.kill()
      }
      if (failure !== undefined) throw new Error(`${name} did not start: ${failure}\n${this.#lastLines()}`)
      await sleep(POLL_MS)
    }
    // The port may have been answered by another process.
    if (failure !== undefined) throw new Error(`${name} did not start: ${failure}\n${this.#lastLines()}`)
  }

  /** Ends it at once, with nothing flushed. */
  async kill(): Promise<void> {
    const child = this.#child
    if (child === undefined || !isRunning(child)) return
    child.kill("SIGKILL")
    await exited(child, STOP_MS)
  }

  /** Asks it to end, and ends it when it does not. */
  async terminate(): Promise<void> {
    const child = this.#child
    if (child === undefined || !isRunning(child)) return
    child.kill("SIGCONT")
    child.kill("SIGTERM")
    if (!(await exited(child, STOP_MS))) await this.kill()
  }

  /** Stops it as it is. It returns when all of its threads stand still: some may answer a request after the signal. */
  pause(): void {
    const child = this.#child
    if (child?.pid === undefined) return
    child.kill("SIGSTOP")
    const deadline = performance.now() + PAUSE_MS
    while (!isStopped(child.pid) && performance.now() < deadline);
  }

  resume(): void {
    this.#child?.kill("SIGCONT")
  }

  /** Resolves when the present process is gone, whoever ended it. */
  async gone(): Promise<void> {
    const child = this.#child
    if (child !== undefined && isRunning(child)) await new Promise((resolve) => child.once("exit", resolve))
  }

  get #logFile(): string {
    return join(this.#command.directory, "log")
  }

  #lastLines(): string {
    return readFileSync(this.#logFile, "utf8").trimEnd().split("\n").slice(-15).join("\n")
  }
}

/**
 * Ends the server when this process is gone, however it went: test runners kill their workers, and then no exit handler
 * runs. The guard waits for the end of its input, which comes when the last writer is gone.
 */
function guard(child: ChildProcess, directory: string): void {
  if (child.pid === undefined) return
  const script = 'cat > /dev/null; kill -KILL "$1"; rm -rf "$2"'
  const watcher = spawn("sh", ["-c", script, "guard", String(child.pid), directory], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  })
  watcher.unref()
  child.once("exit", () => watcher.kill("SIGKILL"))
}

function isRunning({ exitCode, pid, signalCode }: ChildProcess): boolean {
  return pid !== undefined && exitCode === null && signalCode === null
}

/** Whether all threads are stopped, by what Linux tells of them; elsewhere nobody can tell, and they are taken to be. */
function isStopped(pid: number): boolean {
  const folder = `/proc/${pid}/task`
  try {
    return readdirSync(folder).every((id) => /\) [TZX] /.test(readFileSync(join(folder, id, "stat"), "utf8")))
  } catch {
    // A thread that ended meanwhile says nothing of the others.
    return !existsSync(folder)
  }
}

export function makeDirectory(name: string): string {
  return mkdtempSync(join(tmpdir(), `objectos-${name}-`))
}

export function removeDirectory(directory: string): void {
  rmSync(directory, { recursive: true, force: true })
}

/**
 * A free port of the loopback interface, below the range that the system gives to outgoing connections: a client that
 * reconnects while the server is down could otherwise be given this port itself, and keep the server from it.
 */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const port = 10_000 + Math.floor(Math.random() * 20_000)
    if (await canListen(port)) return port
  }
  throw new Error("No free port found on 127.0.0.1.")
}

export function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once("error", () => resolve(false))
    server.listen({ port, host: "127.0.0.1" }, () => server.close(() => resolve(true)))
  })
}

async function exited(child: ChildProcess, limitMs: number): Promise<boolean> {
  if (!isRunning(child)) return true
  const controller = new AbortController()
  const over = sleep(limitMs, false, { signal: controller.signal }).catch(() => false)
  const gone = new Promise<true>((resolve) => child.once("exit", () => resolve(true)))
  const result = await Promise.race([gone, over])
  controller.abort()
  return result
}
