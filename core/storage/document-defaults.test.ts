import { describe, expect, it } from "vitest"
import * as z from "zod/mini"
import { createServices } from "../services.ts"
import { bucketConfigSchema } from "./bucket-config.ts"
import { documentAdapters, shortDocuments } from "./documents.fixture.ts"
import { type ObjectStorageConfig, objectStorageSchema } from "./storage-config.ts"

/** The keys of an object schema that have a default, with it. */
function defaultsOf(schema: z.ZodMiniObject): Record<string, unknown> {
  const entries = Object.entries(schema.shape)
  return Object.fromEntries(
    entries.flatMap(([key, field]) => (field instanceof z.ZodMiniDefault ? [[key, field.def.defaultValue]] : [])),
  )
}

/** Each default alone, and all together. */
function eachOf(defaults: Record<string, unknown>): object[] {
  return [...Object.entries(defaults).map(([key, value]) => ({ [key]: value })), defaults]
}

const { accessControl, encryption, lifecyclePolicy, multipartConfig } = bucketConfigSchema.shape
const access = accessControl.def.innerType
const parts = {
  encryption: defaultsOf(encryption.def.innerType),
  accessControl: {
    ...defaultsOf(access),
    publicAccess: defaultsOf(access.shape.publicAccess.def.innerType),
  },
  lifecyclePolicy: defaultsOf(lifecyclePolicy.def.innerType),
  multipartConfig: defaultsOf(multipartConfig.def.innerType),
}
const top = defaultsOf(objectStorageSchema)
const connection = defaultsOf(objectStorageSchema.shape.connection)
const bucket = defaultsOf(bucketConfigSchema)
const buckets = [
  ...eachOf(bucket),
  ...Object.entries(parts).flatMap(([part, values]) => eachOf(values).map((one) => ({ [part]: one }))),
  { ...bucket, ...parts },
]

async function open(storage: ObjectStorageConfig): Promise<void> {
  const { adapters } = documentAdapters()
  const { close } = await createServices({ services: ["storage"], adapters, env: {}, config: { storage } })
  await close()
}

describe("the defaults of the document", () => {
  it("are those of the requirement document", () => {
    expect({ ...top, connection, bucket, ...parts }).toEqual({
      scope: "global",
      buckets: [],
      enabled: true,
      connection: { useSSL: true },
      bucket: { pathStyle: false, versioning: false, enabled: true },
      encryption: { enabled: false, algorithm: "AES256" },
      accessControl: {
        acl: "private",
        corsEnabled: false,
        publicAccess: { allowPublicRead: false, allowPublicWrite: false, allowPublicList: false },
      },
      lifecyclePolicy: { enabled: false, rules: [] },
      multipartConfig: {
        enabled: true,
        partSize: 10_485_760,
        maxParts: 10_000,
        threshold: 104_857_600,
        maxConcurrent: 4,
      },
    })
  })

  describe.each(Object.entries(shortDocuments))("are accepted on %s", (_, document) => {
    const { provider } = document

    it.each([{}, ...eachOf(top)])("%j", async (defaults) => {
      await open({ ...document, ...defaults })
    })

    it("of the connection", async () => {
      await open({ ...document, connection: { ...document.connection, ...connection } })
    })

    it.each(buckets)("of a bucket %j", async (defaults) => {
      const given = { name: "uploads", label: "Uploads", bucketName: "my-uploads", provider, ...defaults }
      await open({ ...document, buckets: [given] })
    })
  })
})
