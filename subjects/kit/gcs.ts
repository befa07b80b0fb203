/** Clients of Google Cloud Storage, at whatever server speaks its APIs. */
import { createHash } from "node:crypto"
import { createGcsStorage, type GcsStorageOptions } from "../../adapters/storage/gcs.ts"
import type { Storage } from "../../contracts/storage/storage.ts"
import { makeServiceAccount, startGcsDouble } from "../../servers/gcs-double.ts"
import type { ForkedClient, OpenOptions } from "../../testing/engine/subject.ts"
import { forkClient } from "../../testing/faults/fork-client.ts"
import { startTcpProxy } from "../../testing/faults/tcp-proxy.ts"
import { lineFaults } from "./faults.ts"
import type { GcsAccount, GcsServerOptions } from "./gcs-account.ts"
import { deadline } from "./servers.ts"

/** How clients are made, here and in another process. */
interface Maker {
  make(options: GcsServerOptions): Storage
  readonly fork: Omit<Parameters<typeof forkClient>[0], "args"> & {
    args(options: GcsServerOptions): readonly unknown[]
  }
}

const plain: Maker = {
  make: createGcsStorage,
  fork: {
    module: new URL("../../adapters/storage/gcs.ts", import.meta.url),
    make: "createGcsStorage",
    args: (options) => [options],
  },
}

/** A world at a server that is there, which fails by way of a proxy. */
export async function openGcsWorld(
  { namespace, timeScale, uses }: OpenOptions,
  port: number,
  given: GcsStorageOptions,
  { fork, make }: Maker = plain,
) {
  const proxy = uses.includes("faults") ? await startTcpProxy({ port }) : undefined
  const prefix = `t${createHash("sha256").update(namespace).digest("hex").slice(0, 16)}`
  const options: GcsServerOptions = {
    endpoint: `http://127.0.0.1:${proxy?.port ?? port}`,
    projectId: "test-project",
    bucketPrefix: `${prefix}-`,
    timeoutMs: deadline(proxy === undefined ? 10_000 : 1500, timeScale),
    idleTimeoutMs: deadline(proxy === undefined ? 10_000 : 1500, timeScale),
    ...given,
  }
  const opened: Storage[] = []
  const forks: ForkedClient<Storage>[] = []
  const connect = (more: GcsStorageOptions = {}) => {
    const storage = make({ ...options, ...more })
    opened.push(storage)
    return storage
  }
  return {
    connect: () => connect(),
    neighbour: () => connect({ bucketPrefix: `${prefix}n-` }),
    faults: lineFaults(proxy),
    async fork() {
      const forked = await forkClient<Storage>({ ...fork, args: fork.args(options) })
      forks.push(forked)
      return forked
    },
    configuration: {
      create: connect,
      valid: { partBytes: 262_144 },
      invalid: { timeoutMs: 0, partBytes: 1 },
    },
    /** The name of a bucket on the server. */
    nameOf: (bucket: string) => `${prefix}-${bucket}`,
    async destroy() {
      proxy?.heal()
      await Promise.all(forks.map(({ kill }) => kill()))
      await Promise.all(opened.map((storage) => storage.close()))
      await proxy?.close()
    },
  }
}

const signer = makeServiceAccount()
const account: GcsAccount = { ...signer, token: "token-of-the-conformance-run" }

/** Clients by a module that has `createGcsStorageAs`, over its own version of the library. */
async function authorizedBy(module: URL): Promise<Maker> {
  const { createGcsStorageAs }: typeof import("./gcs-account.ts") = await import(module.href)
  return {
    make: (options) => createGcsStorageAs(account, options),
    fork: { module, make: "createGcsStorageAs", args: (options) => [account, options] },
  }
}

const ACCOUNTS = {
  7: new URL("./gcs-account.ts", import.meta.url),
  8: new URL("./gcs-account-8.ts", import.meta.url),
}

/** A world at a double of its own, which lets nobody in without a token or a signature. */
export async function openGcsDoubleWorld(opened: OpenOptions, given: GcsStorageOptions, library: 7 | 8 = 7) {
  const double = await startGcsDouble({ signer, token: account.token })
  const world = await openGcsWorld(opened, double.port, given, await authorizedBy(ACCOUNTS[library]))
  return {
    ...world,
    corrupt: (key: string) => double.spoil(world.nameOf("files"), key),
    secrets: [account.privateKey, account.token],
    async destroy() {
      await world.destroy()
      await double.stop()
    },
  }
}
