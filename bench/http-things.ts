/** The two routes that every server of the suite has, and the requests that it is sent. */
import { timingSafeEqual } from "node:crypto"
import * as z from "zod/mini"
import { SECURITY_HEADERS } from "../core/http/server/security-headers.ts"

export const PATH = "/api/v1/things"
export const TOKEN = "bench-token-0123456789"
const ORIGIN = "https://app.example.com"

/** Of each answer of each server. */
export const HEADERS: Readonly<Record<string, string>> = {
  "cache-control": "no-store",
  "content-type": "application/json",
  ...Object.fromEntries(SECURITY_HEADERS),
}

const SENT = Buffer.from(`Bearer ${TOKEN}`)

/** What baselines compare: as ours it tells nobody by its time how much of a token is right. */
export function isAllowed(authorization = ""): boolean {
  const sent = Buffer.from(authorization)
  return sent.length === SENT.length && timingSafeEqual(sent, SENT)
}

const text = z.string().check(z.minLength(1), z.maxLength(64))

export const paramsSchema = z.strictObject({ name: text })
const limit = [z.gte(1), z.lte(100)] as const
export const querySchema = z.strictObject({ limit: z.int().check(...limit) })
/** Of texts, as hono reads them. */
export const textQuerySchema = z.strictObject({ limit: z.coerce.number().check(z.int(), ...limit) })
export const orderSchema = z.strictObject({
  id: z.int().check(z.gte(0)),
  customer: z.strictObject({ name: text, email: text }),
  lines: z.array(
    z.strictObject({ sku: text, name: text, quantity: z.int().check(z.gte(1)), price: z.number().check(z.gte(0)) }),
  ),
})

export type Order = z.output<typeof orderSchema>

/** 260 bytes of JSON. */
export function thingOf(name: string, limit: number) {
  const items = Array.from({ length: limit }, (_, id) => ({ id, title: `A thing of ${name}`, done: false }))
  return { name, limit, items }
}

export function receiptOf({ id, lines }: Order) {
  return { id, lines: lines.length, total: lines.reduce((sum, { price, quantity }) => sum + price * quantity, 0) }
}

/** 1 kB of JSON. */
function orderOf(id: number): Order {
  const lines = Array.from({ length: 13 }, (_, line) => ({
    sku: `SKU-${1000 + line}`,
    name: `Article number ${line}`,
    quantity: line + 1,
    price: 19.5,
  }))
  return { id, customer: { name: "Ada Lovelace", email: "ada@example.test" }, lines }
}

/** A request as it goes over the wire, and the body of its answer. */
export interface Exchange {
  readonly request: string
  readonly answer: string
}

const NUMBERS = Array.from({ length: 100 }, (_, number) => number)

export const things: readonly Exchange[] = NUMBERS.map((number) => thingExchange(number, {}))
/** As a page of another origin asks. */
export const thingsOfBrowser: readonly Exchange[] = NUMBERS.map((number) =>
  thingExchange(number, { "accept-encoding": "gzip, deflate, br", origin: ORIGIN }),
)
export const orders: readonly Exchange[] = NUMBERS.map(orderExchange)

function thingExchange(number: number, headers: Readonly<Record<string, string>>): Exchange {
  const name = `thing-${number}`
  return {
    request: requestOf(`GET ${PATH}/${name}?limit=5`, headers),
    answer: JSON.stringify(thingOf(name, 5)),
  }
}

function orderExchange(number: number): Exchange {
  const order = orderOf(number)
  const body = JSON.stringify(order)
  const headers = { "content-type": "application/json", "content-length": String(body.length) }
  return { request: requestOf(`POST ${PATH}`, headers) + body, answer: JSON.stringify(receiptOf(order)) }
}

export function requestOf(line: string, headers: Readonly<Record<string, string>> = {}): string {
  const all = { host: "127.0.0.1", authorization: `Bearer ${TOKEN}`, accept: "*/*", "user-agent": "bench", ...headers }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  return `${line} HTTP/1.1\r\n${lines.join("")}\r\n`
}
