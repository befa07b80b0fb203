import { spawn } from "node:child_process"
import { once } from "node:events"
import { readFile } from "node:fs/promises"
import { expect, it, onTestFinished } from "vitest"
import { hasEnded, processIdentity } from "./process-identity.ts"

it("tells a process that runs from one that has ended, also where its parent has not taken notice", async () => {
  expect(await hasEnded(await processIdentity())).toBe(false)
  const parent = spawn("sh", ["-c", "sleep 60 & echo $!; exec sleep 60"])
  onTestFinished(() => void parent.kill("SIGKILL"))
  const [line] = (await once(parent.stdout, "data")) as [Buffer]
  const pid = Number(line)
  const fields = async () => (await readFile(`/proc/${pid}/stat`, "utf8")).split(") ")[1]?.split(" ") ?? []
  const [space] = (await processIdentity()).split(".")
  const identity = `${space}.${pid}.${(await fields())[19]}`
  expect(await hasEnded(identity)).toBe(false)
  process.kill(pid, "SIGKILL")
  await expect.poll(async () => (await fields())[0]).toBe("Z")
  expect(await hasEnded(identity)).toBe(true)
})
