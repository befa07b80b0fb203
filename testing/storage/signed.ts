/** Requests with signed URLs, as a browser or another program makes them. */
import type { PresignedRequest, PresignMethod, PresignOptions } from "../../contracts/storage/storage.ts"
import type { Checks } from "../engine/checks.ts"
import { FILES, type StorageClient, type StorageWorld } from "./clause.ts"

/** A request that stands for the whole of `PresignedRequest` but its time. */
export type Signed = Pick<PresignedRequest, "url" | "headers" | "fields"> & { readonly method: string }

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly bytes: Uint8Array
}

/** What programs that fetch count themselves. */
const COUNTED = new Set(["content-length", "host"])

/** Makes a signed request: of PUT with a body, of POST with a form, whose file it is. */
export async function sent(
  world: StorageWorld,
  { fields, headers, method, url }: Signed,
  body?: Uint8Array,
): Promise<Answer> {
  const given = Object.entries(headers).filter(([name]) => !COUNTED.has(name.toLowerCase()))
  const content = fields === undefined ? body?.slice() : formOf(fields, body ?? new Uint8Array(0))
  const request = new Request(url, { method, headers: given, ...(content !== undefined && { body: content }) })
  const response = await world.fetch(request)
  return {
    status: response.status,
    headers: response.headers,
    bytes: new Uint8Array(await response.arrayBuffer()),
  }
}

function formOf(fields: Readonly<Record<string, string>>, file: Uint8Array): FormData {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.append(name, value)
  form.append("file", new Blob([file.slice()], { type: "image/of-the-browser" }), "name of the browser.png")
  return form
}

export function isDone({ status }: Answer): boolean {
  return status >= 200 && status < 300
}

/** The request is answered, with a status that says that it may not be made. */
export async function isRefused(t: Checks, answer: Promise<Answer>, what: string): Promise<void> {
  const { status } = await answer
  t.ok(status >= 400 && status < 500, `${what}: answered with ${status}, want a refusal`)
}

export async function isServed(t: Checks, answer: Promise<Answer>, what: string): Promise<Answer> {
  const served = await answer
  t.ok(isDone(served), `${what}: answered with ${served.status}, want success`)
  return served
}

/** A signed request for a key of `FILES`. */
export function signed(
  storage: StorageClient,
  key: string,
  options: Omit<PresignOptions, "expiresIn">,
): Promise<PresignedRequest> {
  return storage.presign(FILES, key, { expiresIn: 3600, ...options })
}

/** Whether a method can be signed; one that is not declared is refused. */
export async function canSign(
  t: Checks,
  storage: StorageClient,
  { capabilities }: StorageWorld,
  method: PresignMethod,
): Promise<boolean> {
  if (capabilities.presignMethods.includes(method)) return true
  await t.rejects(
    () => signed(storage, "key", { method }),
    "UNSUPPORTED",
    `presign of ${method}, which is not declared`,
  )
  return false
}

/** Another text of the same length, form and kind of characters. */
function altered(text: string): string {
  const next = (char: string) => (/[0-8a-yA-Y]/.test(char) ? String.fromCharCode(char.charCodeAt(0) + 1) : "0")
  return text === "" ? "1" : next(text.charAt(0)) + text.slice(1)
}

/** The URL with its query changed, each time in one place. */
export function alterations(url: string): [what: string, url: string][] {
  const parameters = [...new URL(url).searchParams]
  return [
    ...parameters.map(([name, value]) => changed(url, `another ${name}`, (query) => query.set(name, altered(value)))),
    ...parameters.map(([name]) => changed(url, `no ${name}`, (query) => query.delete(name))),
    changed(url, "a parameter more", (query) => query.append("more", "1")),
    changed(url, "no query", (_, other) => {
      other.search = ""
    }),
  ]
}

/** The URL with a parameter there twice: of two a server may take either, and must not take the one that was not signed. */
export function doublings(url: string): [what: string, url: string][] {
  return [...new URL(url).searchParams].flatMap(([name, value]) => [
    changed(url, `another ${name} behind its own`, (query) => query.append(name, altered(value))),
    changed(url, `another ${name} before its own`, (_, other) => {
      other.search = `?${new URLSearchParams({ [name]: altered(value) })}&${other.search.slice(1)}`
    }),
  ])
}

function changed(
  url: string,
  what: string,
  change: (query: URLSearchParams, url: URL) => void,
): [what: string, url: string] {
  const other = new URL(url)
  change(other.searchParams, other)
  return [what, other.href]
}

/** The URL with a part of another in it: its path, or one of several parameters that differ. */
export function mixtures(url: string, other: string): [what: string, url: string][] {
  const [own, foreign] = [new URL(url), new URL(other)]
  const found: [string, string][] = []
  if (own.pathname !== foreign.pathname || own.host !== foreign.host) {
    const mixed = new URL(other)
    mixed.search = own.search
    found.push(["the path", mixed.href])
  }
  const differing = [...foreign.searchParams].filter(([name, value]) => own.searchParams.get(name) !== value)
  for (const [name, value] of differing) {
    const mixed = new URL(url)
    mixed.searchParams.set(name, value)
    if (mixed.href !== foreign.href) found.push([`the ${name}`, mixed.href])
  }
  return found
}

/** The fields of a form with one that differs taken from another. */
export function mixedFields(
  own: Readonly<Record<string, string>>,
  other: Readonly<Record<string, string>>,
): [what: string, fields: Record<string, string>][] {
  const differing = Object.keys({ ...own, ...other }).filter((name) => own[name] !== other[name])
  if (differing.length < 2) return []
  return differing.map((name) => {
    const { [name]: _, ...rest } = own
    return [`the field ${name}`, name in other ? { ...rest, [name]: other[name] ?? "" } : rest]
  })
}
