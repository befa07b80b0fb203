import { createHash } from "node:crypto"
import { readFile, readlink } from "node:fs/promises"
import { hostname } from "node:os"
import { errorCode } from "./files.ts"

/** This process among all that may share a root: where its number counts, its number, and when it began. */
export async function processIdentity(): Promise<string> {
  return `${await numberSpace()}.${process.pid}.${(await statOf(process.pid)).start ?? 0}`
}

/** Whether the process of an identity has ended for certain: of a process of another machine nobody knows. */
export async function hasEnded(identity: string): Promise<boolean> {
  const [space, pid, start] = identity.split(".")
  if (space !== (await numberSpace()) || !/^[1-9]\d{0,9}$/.test(pid ?? "")) return false
  if (!isRunning(Number(pid))) return true
  const { start: begun, state } = await statOf(Number(pid))
  // One that nobody has taken notice of keeps its number, and does nothing any more.
  return state === "Z" || state === "X" || (begun !== undefined && begun !== start)
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

/** What a process does, and when it began, in ticks of the machine; undefined where the system does not tell. */
async function statOf(pid: number): Promise<{ state: string | undefined; start: string | undefined }> {
  const line = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "")
  // The name of the program stands in parentheses, and may have blanks.
  const fields = line.slice(line.lastIndexOf(")") + 2).split(" ")
  return { state: fields[0], start: fields[19] }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return errorCode(error) !== "ESRCH"
  }
}
