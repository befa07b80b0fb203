import { ServiceError } from "../../contracts/foundation/errors.ts"
import { intercept, type MethodInfo } from "../../contracts/foundation/methods.ts"
import type { Walk } from "./walk.ts"

/** The door of a service, as what its calls resolved sees it. */
export interface HandleDoor {
  readonly isClosed: () => boolean
  /** What the steps of a stream have in common, where layers see them. */
  readonly walk: () => Walk | undefined
  /** Runs a method, or a step of a stream, through the layers. */
  readonly call: (
    method: string,
    info: MethodInfo,
    args: readonly unknown[],
    last: (args: readonly unknown[]) => Promise<unknown>,
    walk?: Walk,
  ) => Promise<unknown>
  /** The promise, with foreign errors mapped. */
  readonly mapRejection: (method: string, outcome: Promise<void>) => Promise<void>
}

/**
 * What a call resolved, with the door before each method that the table describes: `get.bytes` of what `get` gave.
 *
 * Members that the table does not name are read through.
 */
export function followHandle(
  handle: unknown,
  owner: string,
  table: Readonly<Record<string, MethodInfo>>,
  door: HandleDoor,
): unknown {
  if (typeof handle !== "object" || handle === null) return handle
  return intercept(handle, ({ method, args }, proceed) => {
    const info = Object.hasOwn(table, method) ? table[method] : undefined
    if (info === undefined) return proceed()
    const name = `${owner}.${method}`
    if (info.kind === "stream") return followStream(() => proceed(), name, info, args, door)
    const outcome = door.call(name, info, args, (now) => proceed(now) as Promise<unknown>)
    if (info.kind !== "handle") return outcome
    return outcome.then((inner) => followHandle(inner, name, info.returns, door))
  })
}

/** A stream with the door before each step. One that cannot be opened fails where it is read. */
function followStream(
  open: () => unknown,
  name: string,
  info: MethodInfo,
  args: readonly unknown[],
  door: HandleDoor,
): AsyncIterable<unknown> | ReadableStream<unknown> {
  const walk = door.walk()
  const step = async (run: () => Promise<unknown>) => {
    try {
      const result = await door.call(name, info, args, run, walk)
      if (typeof result !== "object" || result === null) {
        throw new ServiceError("INTERNAL", "A layer gave no step of the stream.", { operation: name })
      }
      if ((result as { done?: boolean }).done) walk?.end()
      return result
    } catch (error) {
      walk?.end(error)
      throw error
    }
  }
  const onLeave = () => walk?.end()
  const failing = (error: unknown) =>
    new ReadableStream({ pull: async () => void (await step(() => Promise.reject(error))) }, { highWaterMark: 0 })
  if (door.isClosed()) return failing(undefined)
  try {
    const stream = open()
    return stream instanceof ReadableStream
      ? followReadable(stream, step, (outcome) => door.mapRejection(name, outcome), onLeave)
      : followIterable(stream as AsyncIterable<unknown>, step, onLeave)
  } catch (error) {
    return failing(error)
  }
}

type Step = (run: () => Promise<unknown>) => Promise<unknown>

/** @param onLeave Called when nobody reads on. */
function followIterable(stream: AsyncIterable<unknown>, step: Step, onLeave: () => void): AsyncIterable<unknown> {
  return {
    [Symbol.asyncIterator]() {
      const iterator = stream[Symbol.asyncIterator]()
      return {
        next: () =>
          step(() => iterator.next()).catch((error: unknown) => {
            // Nobody reads on, and the source may wait for this.
            iterator.return?.().catch(() => {})
            throw error
          }) as Promise<IteratorResult<unknown>>,
        return: async (value) => {
          onLeave()
          return (await iterator.return?.(value)) ?? { done: true, value }
        },
      }
    },
  }
}

/** A byte stream stays one. */
function followReadable(
  stream: ReadableStream<unknown>,
  step: Step,
  mapRejection: (outcome: Promise<void>) => Promise<void>,
  onLeave: () => void,
): ReadableStream<unknown> {
  const isOfBytes = isByteStream(stream)
  const reader = stream.getReader()
  const source = {
    async pull(controller: ReadableStreamDefaultController<unknown> | ReadableByteStreamController): Promise<void> {
      try {
        const { done, value } = (await step(() => reader.read())) as ReadableStreamReadResult<unknown>
        if (done) return close(controller)
        // A byte stream takes the memory of its chunks away, and this one may be a part of a larger piece.
        controller.enqueue((isOfBytes ? new Uint8Array(value as Uint8Array) : value) as never)
      } catch (error) {
        // The source is not read on, and may hold a connection.
        reader.cancel(error).catch(() => {})
        throw error
      }
    },
    cancel(reason: unknown): Promise<void> {
      onLeave()
      return mapRejection(reader.cancel(reason))
    },
  }
  return isOfBytes
    ? new ReadableStream({ ...source, type: "bytes" })
    : new ReadableStream<unknown>(source, { highWaterMark: 0 })
}

function close(controller: ReadableStreamDefaultController<unknown> | ReadableByteStreamController): void {
  controller.close()
  if ("byobRequest" in controller) controller.byobRequest?.respond(0)
}

function isByteStream(stream: ReadableStream<unknown>): boolean {
  try {
    stream.getReader({ mode: "byob" }).releaseLock()
    return true
  } catch {
    return false
  }
}
