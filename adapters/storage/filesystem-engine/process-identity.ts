import { createHash } from "node:crypto"
import { readFile, readlink } from "node:fs/promises"
import { hostname } from "node:os"
import { errorCode } from "./files.ts"

/** This process among all that may share a root: where its number counts, its number, and when it began. */
export async function processIdentity(): Promise<string> {
  return `${await numberSpace()}.${process.pid}.${(await startOf(process.pid)) ?? 0}`
}

/** Whether the process of an identity has ended for certain: of a process of another machine nobody knows. */
export async function hasEnded(identity: string): Promise<boolean> {
  const [space, pid, start] = identity.split(".")
  if (space !== (await numberSpace()) || !/^[1-9]\d{0,9}$/.test(pid ?? "")) return false
  if (!isRunning(Number(pid))) return true
  const begun = await startOf(Number(pid))
  return begun !== undefined && begun !== start
}

let space: Promise<string> | undefined

/** Containers number their processes on their own, and a machine that starts again begins anew. */
function numberSpace(): Promise<string> {
  space ??= readNumberSpace()
  return space
}

async function readNumberSpace(): Promise<string> {
  const parts = [readFile("/proc/sys/kernel/random/boot_id", "utf8"), readlink("/proc/self/ns/pid")]
  const text = await Promise.all(parts).then((texts) => texts.join(), hostname)
  return createHash("sha256").update(text).digest("hex").slice(0, 16)
}

/** When a process began, in ticks of the machine; undefined where the system does not tell. */
async function startOf(pid: number): Promise<string | undefined> {
  const line = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "")
  // The name of the program stands in parentheses, and may have blanks.
  return line.slice(line.lastIndexOf(")") + 2).split(" ")[19]
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return errorCode(error) !== "ESRCH"
  }
}
