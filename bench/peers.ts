/** Other caches, set up as their documentation says, behind the calls that are measured. */
import { existsSync } from "node:fs"

/** Why rows beside a peer do not run. */
export const PEERS_MISSING = "npm run bench:peers installs the peers, in bench/ only"

export interface PeerCache {
  get(key: string): Promise<unknown>
  set(key: string, value: object | string | number): Promise<unknown>
  getOrSet?(key: string, factory: () => number): Promise<unknown>
  close?(): Promise<unknown>
}

export interface Peer {
  readonly package: string
  /** What a value is shared with, if it is: the caller that set it, or everybody that gets it. */
  readonly aliased?: "on set" | "always"
  readonly hasGetOrSet?: true
  memory(): Promise<PeerCache>
  redis?(port: number): Promise<PeerCache>
}

export function isInstalled(name: string): boolean {
  return existsSync(new URL(`./node_modules/${name}/package.json`, import.meta.url))
}

export const peers: readonly Peer[] = [
  {
    package: "bentocache",
    hasGetOrSet: true,
    async memory() {
      const { memoryDriver } = await import("bentocache/drivers/memory")
      return bento((store) => store.useL1Layer(memoryDriver({ maxItems: 10_000 })))
    },
    async redis(port) {
      const { redisDriver } = await import("bentocache/drivers/redis")
      return bento((store) => store.useL2Layer(redisDriver({ connection: { host: "127.0.0.1", port } })))
    },
  },
  {
    package: "keyv",
    async memory() {
      const { Keyv } = await import("keyv")
      return new Keyv()
    },
    async redis(port) {
      const keyv = await keyvOverRedis(port)
      return {
        get: (key) => keyv.get(key),
        set: (key, value) => keyv.set(key, value),
        close: () => keyv.disconnect(),
      }
    },
  },
  {
    package: "cache-manager",
    aliased: "always",
    hasGetOrSet: true,
    async memory() {
      const { createCache } = await import("cache-manager")
      return manager(createCache())
    },
    async redis(port) {
      const { createCache } = await import("cache-manager")
      return manager(createCache({ stores: [await keyvOverRedis(port)] }))
    },
  },
  {
    package: "cacheable",
    aliased: "on set",
    hasGetOrSet: true,
    async memory() {
      const { Cacheable } = await import("cacheable")
      return new Cacheable()
    },
  },
  {
    package: "unstorage",
    async memory() {
      const { createStorage } = await import("unstorage")
      return storage(createStorage())
    },
    async redis(port) {
      const { createStorage } = await import("unstorage")
      const { default: driver } = await import("unstorage/drivers/redis")
      return storage(createStorage({ driver: driver({ host: "127.0.0.1", port, base: "unstorage" }) }))
    },
  },
  {
    package: "@objectstack/service-cache",
    aliased: "always",
    async memory() {
      const { MemoryCacheAdapter } = await import("@objectstack/service-cache")
      return new MemoryCacheAdapter()
    },
  },
]

interface BentoStore {
  useL1Layer(driver: unknown): BentoStore
  useL2Layer(driver: unknown): BentoStore
}

async function bento(layer: (store: BentoStore) => BentoStore): Promise<PeerCache> {
  const { BentoCache, bentostore } = await import("bentocache")
  const cache = new BentoCache({ default: "only", stores: { only: layer(bentostore()) } })
  return {
    get: (key) => cache.get({ key }),
    set: (key, value) => cache.set({ key, value, ttl: null }),
    getOrSet: (key, factory) => cache.getOrSet({ key, factory, ttl: null }),
    close: () => cache.disconnectAll(),
  }
}

async function keyvOverRedis(port: number) {
  const { Keyv } = await import("keyv")
  const { default: KeyvRedis } = await import("@keyv/redis")
  return new Keyv(new KeyvRedis(`redis://127.0.0.1:${port}`))
}

interface Manager extends PeerCache {
  wrap(key: string, factory: () => number): Promise<unknown>
  disconnect(): Promise<unknown>
}

function manager(cache: Manager): PeerCache {
  return {
    get: (key) => cache.get(key),
    set: (key, value) => cache.set(key, value),
    getOrSet: (key, factory) => cache.wrap(key, factory),
    close: () => cache.disconnect(),
  }
}

interface UnstorageStorage {
  getItem(key: string): Promise<unknown>
  setItem(key: string, value: unknown): Promise<unknown>
  dispose(): Promise<unknown>
}

function storage(cache: UnstorageStorage): PeerCache {
  return {
    get: (key) => cache.getItem(key),
    set: (key, value) => cache.setItem(key, value),
    close: () => cache.dispose(),
  }
}
