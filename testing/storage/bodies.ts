import type { Body } from "../../contracts/storage/storage.ts"
import { bufferOf } from "../families/values.ts"

/** The part of Node.js that makes streams; elsewhere there is none. */
interface NodeStreams {
  Readable: new (options: {
    read(this: NodeReadable): void
    destroy(error: Error | null, done: (error: Error | null) => void): void
  }) => NodeReadable
}

interface NodeReadable extends AsyncIterable<Uint8Array> {
  push(piece: unknown): boolean
  destroy(error?: Error): unknown
}

const { process } = globalThis as { process?: { getBuiltinModule?(name: string): unknown } }
const nodeStreams = process?.getBuiltinModule?.("node:stream") as NodeStreams | undefined

/** What a stream of a clause does next: it gives a piece, at once or later, fails, or gives nothing any more. */
export type Step = Uint8Array | Promise<Uint8Array> | Error | "idle"

/** A stream that tells what was done with it. */
export interface WatchedStream {
  readonly body: Body
  /** How often it was asked for a piece. */
  readonly pulls: number
  /** How often it was cancelled before its end. */
  readonly cancels: number
  /** Whether it was read to its end. */
  readonly ended: boolean
}

export type StreamKind = "a web stream" | "an async iterable" | "a Node.js stream"

/** The kinds of streams that there are here. */
export const STREAM_KINDS: readonly StreamKind[] =
  nodeStreams === undefined
    ? ["a web stream", "an async iterable"]
    : ["a web stream", "an async iterable", "a Node.js stream"]

/** A stream of a kind that does these steps, and then ends. */
export function watchedStream(kind: StreamKind, given: Iterable<Step>): WatchedStream {
  const steps = given[Symbol.iterator]()
  const state = { pulls: 0, cancels: 0, ended: false }
  /** The next piece; undefined at the end. */
  const next = async (): Promise<Uint8Array | undefined> => {
    state.pulls++
    const { done, value } = steps.next()
    if (done) state.ended = true
    if (value === "idle") return new Promise<never>(() => {})
    if (value instanceof Error) throw value
    return value
  }
  const cancelled = () => void state.cancels++
  const make = { "a web stream": webStream, "an async iterable": iterable, "a Node.js stream": nodeStream }
  return Object.defineProperties({ body: make[kind](next, cancelled) }, getters(state)) as unknown as WatchedStream
}

function getters<State extends object>(state: State): PropertyDescriptorMap {
  const names = Object.keys(state) as (keyof State & string)[]
  return Object.fromEntries(names.map((name) => [name, { get: () => state[name], enumerable: true }]))
}

type Next = () => Promise<Uint8Array | undefined>

function webStream(next: Next, cancelled: () => void): ReadableStream<Uint8Array> {
  const pull = async (controller: ReadableStreamDefaultController<Uint8Array>) => {
    const piece = await next()
    if (piece === undefined) controller.close()
    else controller.enqueue(piece)
  }
  return new ReadableStream({ pull, cancel: cancelled }, { highWaterMark: 0 })
}

function iterable(next: Next, cancelled: () => void): AsyncIterable<Uint8Array> {
  const iterator: AsyncIterator<Uint8Array> = {
    async next() {
      const value = await next()
      return value === undefined ? { done: true, value } : { done: false, value }
    },
    async return() {
      cancelled()
      return { done: true, value: undefined }
    },
  }
  return { [Symbol.asyncIterator]: () => iterator }
}

function nodeStream(next: Next, cancelled: () => void): AsyncIterable<Uint8Array> {
  if (nodeStreams === undefined) throw new Error("There are no Node.js streams here.")
  let over = false
  return new nodeStreams.Readable({
    read() {
      next().then(
        (piece) => {
          over ||= piece === undefined
          this.push(piece ?? null)
        },
        (error: Error) => {
          over = true
          this.destroy(error)
        },
      )
    },
    destroy(error, done) {
      if (!over) cancelled()
      over = true
      done(error)
    },
  })
}

/** Pieces of so many bytes. */
export function* piecesOf(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.slice(start, start + size)
}

/** Pieces of so many bytes, each in the memory of the one before. */
export function* refilledPieces(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  const memory = new Uint8Array(size)
  for (let start = 0; start < bytes.length; start += size) {
    const piece = bytes.subarray(start, start + size)
    memory.set(piece)
    yield memory.subarray(0, piece.length)
  }
}

/** The same bytes as a body of each kind. The first is the plainest. */
export function bodiesOf(bytes: Uint8Array): [kind: string, make: () => Body][] {
  const larger = new Uint8Array(bytes.length + 7)
  larger.set(bytes, 3)
  const stream = (kind: StreamKind, pieces: () => Iterable<Uint8Array>) => () => watchedStream(kind, pieces()).body
  const size = Math.max(1, Math.ceil(bytes.length / 3))
  const kinds: [string, () => Body][] = [
    ["bytes", () => bytes.slice()],
    ["a view into a larger buffer", () => larger.slice().subarray(3, 3 + bytes.length)],
    ["a Buffer", () => bufferOf(bytes.slice())],
    ["a Blob", () => new Blob([bytes.slice(0, size), bytes.slice(size)])],
    ...STREAM_KINDS.map((kind): [string, () => Body] => [kind, stream(kind, () => piecesOf(bytes, size))]),
    ["a byte stream", () => new Blob([bytes.slice()]).stream()],
    ["a stream with empty pieces", stream("a web stream", () => withEmptyPieces(piecesOf(bytes, size)))],
  ]
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes)
  const isText = new TextEncoder().encode(text).every((byte, index) => byte === bytes[index])
  return isText ? [...kinds, ["text", () => text]] : kinds
}

function* withEmptyPieces(pieces: Iterable<Uint8Array>): Generator<Uint8Array> {
  yield new Uint8Array(0)
  for (const piece of pieces) yield* [piece, new Uint8Array(0)]
}
