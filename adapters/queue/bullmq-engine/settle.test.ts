import { describe, expect, it, vi } from "vitest"
import { createManualClock } from "../../../contracts/foundation/clock.ts"
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import { commandError } from "../../kit/engines/redis/errors.ts"
import { type Holding, settle } from "./settle.ts"
import type { Store } from "./store.ts"

const LEASE_MS = 30_000

/** As a client library has what the server answers. */
function reply(text: string): Error {
  return Object.assign(new Error(text), { name: "ReplyError" })
}

/** A message whose completion fails with what `failure` gives of the number of the try, until that is nothing. */
function settling(failure: (attempt: number) => Error | undefined) {
  const clock = createManualClock()
  const warn = vi.fn()
  const tries: number[] = []
  const moveToCompleted = async () => {
    tries.push(clock.monotonic())
    const error = failure(tries.length)
    if (error !== undefined) throw error
    return { result: [] }
  }
  const connection = { mapError: (error: unknown) => commandError(error, "server") }
  const store = { clock, connection, logger: { warn } } as unknown as Store
  const holding = {
    job: { id: "1" },
    token: "t",
    run: "r",
    base: "b:",
    leaseMs: LEASE_MS,
    backend: { moveToCompleted },
  }
  const outcome = settle(store, holding as unknown as Holding, { kind: "completed", result: "1" }, true)
  const ended = vi.fn()
  outcome.then(ended, ended)
  return { clock, ended, outcome, tries, warn }
}

describe("an outcome that the server refuses to record", () => {
  it.each([
    ["OOM", reply("OOM command not allowed when used memory > 'maxmemory'."), "UNAVAILABLE"],
    ["READONLY", reply("READONLY You can't write against a read only replica."), "UNAVAILABLE"],
    ["an error of a script", reply("ERR user_script:1: Script attempted to access a nil value"), "INTERNAL"],
    ["WRONGTYPE", reply("WRONGTYPE Operation against a key holding the wrong kind of value"), "CORRUPT"],
    ["a number of the library's", Object.assign(new Error("Job 1 has pending dependencies"), { code: -4 }), "INTERNAL"],
  ])("is given up when the message may be another worker's, and told of once: %s", async (_, error, code) => {
    const { clock, ended, outcome, tries, warn } = settling(() => error)
    await clock.advance(LEASE_MS - 1)
    expect(ended).not.toHaveBeenCalled()
    await clock.advance(2001)
    expect(ended).toHaveBeenCalledOnce()
    await expect(outcome).rejects.toMatchObject({ code })
    expect(warn).toHaveBeenCalledOnce()
    expect(tries.slice(0, 5)).toEqual([0, 250, 750, 1750, 3750])
    expect(tries.length).toBeLessThan(20)
  })

  it("is recorded when the server takes it again", async () => {
    const { clock, outcome, warn } = settling((attempt) => (attempt < 4 ? reply("READONLY") : undefined))
    await clock.advance(LEASE_MS)
    expect(await outcome).toMatchObject({ accepted: true })
    expect(warn).toHaveBeenCalledOnce()
  })
})

it("waits for a server that is away, as long as it takes, and tells nobody", async () => {
  const away = new ServiceError("UNAVAILABLE", "There is no connection.")
  let isAway = true
  const { clock, ended, outcome, warn } = settling(() => (isAway ? away : undefined))
  await clock.advance(LEASE_MS * 10)
  expect(ended).not.toHaveBeenCalled()
  isAway = false
  await clock.advance(250)
  expect(await outcome).toMatchObject({ accepted: true })
  expect(warn).not.toHaveBeenCalled()
})
