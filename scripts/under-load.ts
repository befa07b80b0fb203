/**
 * Runs a command while other processes keep the processors busy all the time, and says how long it took.
 *
 *     npm run under-load -- 2 npm test
 */
import { spawn } from "node:child_process"

const USAGE = "Usage: npm run under-load -- <number of busy processes> <command> [arguments]"

const [count = "", command, ...args] = process.argv.slice(2)
if (!/^[1-9]\d?$/.test(count) || command === undefined) {
  const asked = count === "--help" || count === "-h"
  console[asked ? "log" : "error"](USAGE)
  process.exit(asked ? 0 : 2)
}

const busy = Array.from({ length: Number(count) }, () =>
  // Ends with this process, however that ends.
  spawn(
    process.execPath,
    [
      "-e",
      "process.on('disconnect', process.exit); (function turn() { const end = Date.now() + 100; while (Date.now() < end); setImmediate(turn) })()",
    ],
    {
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    },
  ),
)
const start = performance.now()
const child = spawn(command, args, { stdio: "inherit" })
child.once("error", (error) => end(2, error.message))
child.once("exit", (code, signal) => end(code ?? 1, signal ?? `exit code ${code}`))

function end(code: number, how: string): void {
  for (const process of busy) process.kill("SIGKILL")
  console.log(`${[command, ...args].join(" ")}, beside ${count} busy processes: ${how} after ${seconds()} s`)
  process.exit(code)
}

function seconds(): string {
  return ((performance.now() - start) / 1000).toFixed(0)
}
