import { missingPeer } from "../../../../core/foundation/missing-peer.ts"
import { type RedisTarget, reconnectDelay } from "./client.ts"
import { type IoredisLike, sendOver } from "./ioredis.ts"
import type { LibraryClient } from "./own-client.ts"

/** Loads the client library; it is not loaded before this is called. */
export async function loadIoredis() {
  try {
    return await import("ioredis")
  } catch (error) {
    throw missingPeer("ioredis", error)
  }
}

/** @param reconnects Whether it connects again by itself after its connection was lost. */
export async function openIoredis(target: RedisTarget, reconnects = true): Promise<LibraryClient> {
  const { Redis } = await loadIoredis()
  const { host, port } = target.addresses[0]
  return asLibraryClient(
    new Redis({
      host,
      port,
      db: target.database,
      ...(target.username !== undefined && { username: target.username }),
      ...(target.password !== undefined && { password: target.password }),
      ...(target.tls !== false && { tls: target.tls }),
      connectTimeout: target.timeoutMs,
      // How long an end waits for the server's end; a silent server gives none.
      disconnectTimeout: 0,
      lazyConnect: true,
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      // What was under way when the connection is lost is rejected then.
      maxRetriesPerRequest: 0,
      retryStrategy: reconnects ? reconnectDelay : () => null,
    }),
  )
}

/** One more connection of the kind that the application has made, which does not connect again. */
export function duplicateIoredis(client: IoredisLike): LibraryClient {
  const { duplicate } = client as IoredisLike & { duplicate(overrides: object): OwnIoredis }
  return asLibraryClient(
    duplicate.call(client, {
      lazyConnect: true,
      disconnectTimeout: 0,
      commandTimeout: undefined,
      retryStrategy: () => null,
    }),
  )
}

interface OwnIoredis extends IoredisLike {
  disconnect(): void
}

function asLibraryClient(client: OwnIoredis): LibraryClient {
  let ended = false
  return {
    get isReady() {
      return client.status === "ready"
    },
    get isOpen() {
      return client.status !== "end"
    },
    on: (event, listener) => client.on(event, listener),
    connect: () => client.connect(),
    send: (args) => sendOver(client, args),
    // Each call would add a listener to the socket.
    end: () => {
      if (ended) return
      ended = true
      client.disconnect()
    },
  }
}
