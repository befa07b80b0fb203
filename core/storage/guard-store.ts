import { ServiceError } from "../../contracts/foundation/errors.ts"
import type { IConnectable } from "../../contracts/foundation/lifecycle.ts"
import {
  type Body,
  type PutOptions,
  type SendOptions,
  type StorageCapabilities,
  type StorageImplementation,
  storageMethods,
  type UploadSession,
} from "../../contracts/storage/storage.ts"
import { admitBody, BodySource } from "./body-source.ts"
import { partRefusal } from "./check-arguments.ts"
import { copyThrough, deleteEach } from "./emulate.ts"
import { aborted } from "./errors.ts"

type Store = StorageImplementation & Partial<IConnectable>
type Method = (...args: unknown[]) => unknown

const NAMES = [...Object.keys(storageMethods), "healthCheck", "getMetrics", "close", "connect"]

/**
 * What a portable storage calls: an implementation whose bodies are watched over, and which has copy and deleteMany
 * although the implementation may have none.
 */
export function guardStore(implementation: Store, capabilities: StorageCapabilities): Store {
  const methods = implementation as unknown as Readonly<Record<string, Method | undefined>>
  const forwarded = NAMES.filter((name) => methods[name] !== undefined).map((name) => {
    return [name, (...args: unknown[]) => methods[name]?.apply(implementation, args)]
  })
  const store: Store = Object.fromEntries(forwarded)
  const { maxObjectBytes } = capabilities
  store.put = (bucket, key, body, options = {}) =>
    sending(body, options, maxObjectBytes, (sent) => implementation.put(bucket, key, sent, options))
  const { copy = (from, to, options) => copyThrough(store, from, to, options) } = store
  store.get = (bucket, key, options) => unlessAborted(options, () => implementation.get(bucket, key, options))
  store.copy = (from, to, options) => unlessAborted(options, () => copy(from, to, options))
  store.deleteMany ??= (bucket, keys) => deleteEach(store, bucket, keys)
  const { createUpload, resumeUpload } = store
  const guarded = (session: UploadSession) => guardSession(session, capabilities)
  if (createUpload !== undefined) store.createUpload = async (...args) => guarded(await createUpload(...args))
  if (resumeUpload !== undefined) store.resumeUpload = async (token) => guarded(await resumeUpload(token))
  return store
}

function guardSession(session: UploadSession, capabilities: StorageCapabilities): UploadSession {
  const { bucket, key, token } = session
  return {
    bucket,
    key,
    token,
    async uploadPart(number: number, body: Body, options: SendOptions = {}) {
      const refusal = partRefusal(number, body, options, capabilities)
      if (refusal !== undefined) {
        const { code, message } =
          typeof refusal === "string" ? { code: "INVALID_ARGUMENT" as const, message: refusal } : refusal
        throw new ServiceError(code, message)
      }
      return sending(body, options, capabilities.maxObjectBytes, (sent) => session.uploadPart(number, sent, options))
    },
    parts: () => session.parts(),
    complete: () => session.complete(),
    abort: () => session.abort(),
  }
}

/** A call whose signal has aborted asks for nothing. */
function unlessAborted<T>(options: { signal?: AbortSignal | undefined } = {}, call: () => Promise<T>): Promise<T> {
  return options.signal?.aborted ? Promise.reject(aborted(options.signal)) : call()
}

/** Sends a body; what nobody reads to its end is cancelled. */
async function sending<T>(
  body: Body,
  options: PutOptions,
  maxBytes: number,
  send: (body: Body) => Promise<T>,
): Promise<T> {
  const admitted = admitBody(body, options, maxBytes)
  try {
    return await send(admitted)
  } finally {
    if (admitted instanceof BodySource) admitted.cancel()
  }
}
