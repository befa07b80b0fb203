/** Who conformance clients of a double of GCS are: Google, which gives out tokens, is not asked. */
import { Storage as GoogleStorage } from "@google-cloud/storage"
import { createGcsStorage, type GcsStorageOptions } from "../../adapters/storage/gcs.ts"
import type { Storage } from "../../contracts/storage/storage.ts"

export interface GcsAccount {
  readonly clientEmail: string
  readonly privateKey: string
  readonly token: string
}

/** Options of a server that asks who we are. */
export type GcsServerOptions = GcsStorageOptions & { readonly endpoint: string }

export function createGcsStorageAs(account: GcsAccount, options: GcsServerOptions): Storage {
  return createGcsStorageWith(GoogleStorage, account, options)
}

/** What is used of the library here, of whatever version. */
type Library = new (options: {
  credentials: { client_email: string; private_key: string }
}) => {
  readonly authClient: {
    getCredentials(): Promise<{ client_email?: string | undefined }>
    sign(text: string): Promise<string>
  }
}

/** A client of a library that signs with the key of the account and has its token. */
export function createGcsStorageWith(
  Library: Library,
  { clientEmail, privateKey, token }: GcsAccount,
  { endpoint, ...options }: GcsServerOptions,
): Storage {
  const { authClient } = new Library({ credentials: { client_email: clientEmail, private_key: privateKey } })
  const client = {
    apiEndpoint: endpoint,
    customEndpoint: true,
    useAuthWithCustomEndpoint: true,
    authClient: {
      getRequestHeaders: async () => new Headers({ authorization: `Bearer ${token}` }),
      getCredentials: () => authClient.getCredentials(),
      sign: (text: string) => authClient.sign(text),
    },
    getProjectId: async () => "test-project",
  }
  return createGcsStorage({ ...options, client })
}
