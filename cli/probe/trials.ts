/** What a store is tried for. A trial throws where the store does not keep what its capability promises. */
import { ServiceError } from "../../contracts/foundation/errors.ts"
import type { PresignMethod } from "../../contracts/storage/storage.ts"
import type { Place } from "./place.ts"
import { Unkept } from "./unkept.ts"

export type TrialName =
  | "conditionalCreate"
  | "conditionalMatch"
  | "conditionalComplete"
  | "conditionalCopy"
  | "exactKeys"

export type ListName = "presignMethods" | "checksumsWrite" | "checksumsRead"

const WRONG_ETAG = "0123456789abcdef0123456789abcdef"
const WRITERS = 8

export const trials: Readonly<Record<TrialName, (place: Place) => Promise<void>>> = {
  async conditionalCreate(place) {
    const key = place.key("create")
    await place.put(key, "one", { ifNoneMatch: "*" })
    await refused(place.put(key, "two", { ifNoneMatch: "*" }))
    await place.holds(key, "one")
    await place.delete(key)
    await oneWinner((text) => place.put(key, text, { ifNoneMatch: "*" }))
  },

  async conditionalMatch(place) {
    const key = place.key("match")
    await refused(place.put(key, "none", { ifMatch: WRONG_ETAG }))
    await place.isAbsent(key)
    const etag = await place.put(key, "one")
    await refused(place.put(key, "two", { ifMatch: WRONG_ETAG }))
    await place.holds(key, "one")
    await oneWinner((text) => place.put(key, text, { ifMatch: etag }))
  },

  async conditionalComplete(place) {
    const key = place.key("complete")
    await place.complete(key, "one", { ifNoneMatch: "*" })
    await refused(place.complete(key, "two", { ifNoneMatch: "*" }))
    await refused(place.complete(key, "two", { ifMatch: WRONG_ETAG }))
    await place.holds(key, "one")
  },

  async conditionalCopy(place) {
    const [from, to] = [place.key("source"), place.key("target")]
    await place.put(from, "one")
    await place.copy(from, to, { ifNoneMatch: "*" })
    await place.put(from, "two")
    await refused(place.copy(from, to, { ifNoneMatch: "*" }))
    await refused(place.copy(from, to, { ifMatch: WRONG_ETAG }))
    await place.holds(to, "one")
  },

  async exactKeys(place) {
    const names = ["k", "k/", "k//", "k/a", "k//a", "k.a", `k-${"x".repeat(300)}`, "k 😀+%41"]
    const keys = names.map((name) => place.key(name))
    for (const [index, key] of keys.entries()) await place.put(key, `${index}`)
    for (const [index, key] of keys.entries()) await place.holds(key, `${index}`)
    const listed = new Set(await place.listed())
    if (!keys.every((key) => listed.has(key))) throw new Unkept("a key is not listed")
  },
}

/** Of the text `one`, and of another one. */
const SUMS: Readonly<Record<string, readonly [string, string]>> = {
  crc32: ["emyG8Q==", "AAAAAA=="],
  crc32c: ["KpSy6Q==", "AAAAAA=="],
  md5: ["+XxdKZQb+xsv2rCHSQargg==", "AAAAAAAAAAAAAAAAAAAAAA=="],
  sha256: ["dpLDrTVAu4A8Ags67mbNiIcSMjTqDG5xQ8Ct1z/0Me0=", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="],
}

export const listTrials: Readonly<Record<ListName, (place: Place, member: string) => Promise<void>>> = {
  async checksumsWrite(place, algorithm) {
    const key = place.key(`sum-${algorithm}`)
    await place.put(key, "one", { checksum: sumOf(algorithm, 0) })
    await refused(place.put(key, "two", { checksum: sumOf(algorithm, 1) }), "INVALID_ARGUMENT")
    await place.holds(key, "one")
  },

  async checksumsRead(place, algorithm) {
    const key = place.key(`told-${algorithm}`)
    await place.put(key, "one", { checksum: sumOf(algorithm, 0) })
    const sums = await place.sums(key)
    if (sums[algorithm] !== sumOf(algorithm, 0).value) throw new Unkept("the checksum is not told")
  },

  async presignMethods(place, method) {
    const key = place.key(`signed-${method}`)
    const text = "two"
    if (method !== "POST") await place.put(key, "one")
    const body = await place.send(
      key,
      method as PresignMethod,
      method === "PUT" || method === "POST" ? text : undefined,
    )
    if (method === "GET" && body !== "one") throw new Unkept("another body came")
    if (method === "PUT" || method === "POST") await place.holds(key, text)
    if (method === "DELETE") await place.isAbsent(key)
  },
}

function sumOf(algorithm: string, index: 0 | 1) {
  return { algorithm: algorithm as "crc32" | "crc32c" | "md5" | "sha256", value: SUMS[algorithm]?.[index] ?? "" }
}

/** @throws Unkept where a call is not refused for its condition. */
async function refused(call: Promise<unknown>, code: ServiceError["code"] = "PRECONDITION_FAILED"): Promise<void> {
  try {
    await call
  } catch (error) {
    if (ServiceError.is(error) && error.code === code) return
    throw error
  }
  throw new Unkept(
    `a ${code === "INVALID_ARGUMENT" ? "wrong checksum" : "condition that does not hold"} was not looked at`,
  )
}

/** @throws Unkept where not exactly one of simultaneous writers succeeds. */
async function oneWinner(write: (text: string) => Promise<unknown>): Promise<void> {
  const writing = Array.from({ length: WRITERS }, (_, index) => write(`writer ${index}`))
  const outcomes = await Promise.allSettled(writing)
  const winners = outcomes.filter(({ status }) => status === "fulfilled").length
  if (winners !== 1) throw new Unkept(`of ${WRITERS} simultaneous writers ${winners} succeeded`)
}
