/** Who conformance clients of a double of GCS are: Google, which gives out tokens, is not asked. */
import { Storage as GoogleStorage } from "@google-cloud/storage"
import { createGcsStorage, type GcsStorageOptions } from "../../adapters/storage/gcs.ts"
import type { Storage } from "../../contracts/storage/storage.ts"

export interface GcsAccount {
  readonly clientEmail: string
  readonly privateKey: string
  readonly token: string
}

/** A client of the library that signs with the key of the account and has its token. */
export function createGcsStorageAs(
  { clientEmail, privateKey, token }: GcsAccount,
  { endpoint, ...options }: GcsStorageOptions & { readonly endpoint: string },
): Storage {
  const { authClient } = new GoogleStorage({ credentials: { client_email: clientEmail, private_key: privateKey } })
  const client = {
    apiEndpoint: endpoint,
    customEndpoint: true,
    useAuthWithCustomEndpoint: true,
    authClient: {
      getRequestHeaders: async () => ({ authorization: `Bearer ${token}` }),
      getCredentials: () => authClient.getCredentials(),
      sign: (text: string) => authClient.sign(text),
    },
    getProjectId: async () => "test-project",
  }
  return createGcsStorage({ ...options, client })
}
