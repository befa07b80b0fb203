import { ServiceError } from "../../contracts/foundation/errors.ts"
import type { IConnectable } from "../../contracts/foundation/lifecycle.ts"
import {
  type Body,
  type SendOptions,
  type StorageCapabilities,
  type StorageImplementation,
  storageMethods,
  type UploadSession,
} from "../../contracts/storage/storage.ts"
import { admitBody, type BodySource } from "./body-source.ts"
import { checkPart } from "./check-arguments.ts"
import { copyThrough, deleteEach } from "./emulate.ts"
import { aborted } from "./errors.ts"

type Store = StorageImplementation & Partial<IConnectable>
type Method = (...args: unknown[]) => unknown

const NAMES = [...Object.keys(storageMethods), "healthCheck", "getMetrics", "close", "connect"]

/**
 * What a portable storage calls: an implementation whose bodies are watched over, and which has copy and deleteMany
 * although the implementation may have none. Streams that are on their way when it closes are given up.
 */
export function guardStore(implementation: Store, capabilities: StorageCapabilities): Store {
  const methods = implementation as unknown as Readonly<Record<string, Method | undefined>>
  const forwarded = NAMES.filter((name) => methods[name] !== undefined).map((name) => {
    return [name, (...args: unknown[]) => methods[name]?.apply(implementation, args)]
  })
  const store: Store = Object.fromEntries(forwarded)
  const bodies = new Bodies(capabilities.maxObjectBytes)
  store.put = (bucket, key, body, options = {}) =>
    bodies.sending(body, options, (sent) => implementation.put(bucket, key, sent, options))
  const { copy = (from, to, options) => copyThrough(store, from, to, options) } = store
  store.get = (bucket, key, options) => unlessAborted(options, () => implementation.get(bucket, key, options))
  store.copy = (from, to, options) => unlessAborted(options, () => copy(from, to, options))
  store.deleteMany ??= (bucket, keys) => deleteEach(store, bucket, keys)
  const { close, createUpload, resumeUpload } = store
  const guarded = (session: UploadSession) => guardSession(session, bodies, capabilities)
  if (createUpload !== undefined) store.createUpload = async (...args) => guarded(await createUpload(...args))
  if (resumeUpload !== undefined) store.resumeUpload = async (token) => guarded(await resumeUpload(token))
  store.close = async () => {
    bodies.giveUp()
    await close?.()
  }
  return store
}

function guardSession(session: UploadSession, bodies: Bodies, capabilities: StorageCapabilities): UploadSession {
  const { bucket, key, token } = session
  return {
    bucket,
    key,
    token,
    async uploadPart(number: number, body: Body, given: SendOptions = {}) {
      const options = checkPart(number, body, given, capabilities)
      return bodies.sending(body, options, (sent) => session.uploadPart(number, sent, options))
    },
    parts: () => session.parts(),
    complete: () => session.complete(),
    abort: () => session.abort(),
  }
}

/** Bodies on their way to the store. */
class Bodies {
  readonly #maxBytes: number
  readonly #streams = new Set<BodySource>()

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** Sends a body; what nobody reads to its end is cancelled. */
  async sending<T>(body: Body, options: SendOptions, send: (body: Body) => Promise<T>): Promise<T> {
    const admitted = admitBody(body, options, this.#maxBytes)
    if (admitted instanceof Uint8Array) return send(admitted)
    this.#streams.add(admitted)
    try {
      return await send(admitted)
    } finally {
      this.#streams.delete(admitted)
      admitted.cancel()
    }
  }

  /** Nothing is stored of a stream that has not ended: one that gives nothing would be waited for without end. */
  giveUp(): void {
    for (const stream of this.#streams) stream.cancel(new ServiceError("CLOSED", "The storage was closed."))
  }
}

/** A call whose signal has aborted asks for nothing. */
function unlessAborted<T>(options: { signal?: AbortSignal | undefined } = {}, call: () => Promise<T>): Promise<T> {
  return options.signal?.aborted ? Promise.reject(aborted(options.signal)) : call()
}
