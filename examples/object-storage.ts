/** Use 5: keep files. `STORAGE_URL` chooses another store, such as `file:///var/lib/shop` or `s3://shop?region=eu-west-1`. */
import { createReadStream } from "node:fs"
import { createServices, ServiceError } from "@objectos/sdk"
import { listAll, serveSignedUrls } from "@objectos/sdk/storage"

// Memory and files sign URLs themselves: with a secret, for the address at which the program answers.
const signing = { secret: "of this example alone, 32 characters", baseUrl: "https://shop.example.org/files" }
const { storage, close } = await createServices({
  services: ["storage"],
  config: { storage: { url: process.env["STORAGE_URL"] ?? `memory://?${new URLSearchParams(signing)}` } },
})
await storage.createBucket("shop")

// A stream is all stored or not at all.
const source = createReadStream(new URL(import.meta.url))
const { size } = await storage.put("shop", "sources/example.ts", source, { metadata: { origin: "this file" } })
const object = await storage.get("shop", "sources/example.ts")
console.log(`${size} bytes, metadata ${JSON.stringify(object.info.metadata)}: ${(await object.text()).slice(0, 20)}…`)

// Who changes what he has read, and nobody else meanwhile: the ETag guards it.
const { etag } = await storage.put("shop", "stock.json", '{"lamps":3}')
await storage.put("shop", "stock.json", '{"lamps":2}', { ifMatch: etag })
const late = await storage.put("shop", "stock.json", '{"lamps":1}', { ifMatch: etag }).catch((error: unknown) => error)
if (ServiceError.is(late)) console.log(`refused: ${late.code} ${late.message}`)

// A browser sends and reads files itself, by URLs that hold for ten minutes.
if (storage.capabilities.verifyPresigned) {
  const answer = serveSignedUrls(storage)
  const wanted = { method: "PUT", expiresIn: 600, contentType: "text/plain" } as const
  const upload = await storage.presign("shop", "photos/1.txt", wanted)
  const stored = await answer(new Request(upload.url, { method: "PUT", headers: upload.headers, body: "a photo" }))
  const download = await storage.presign("shop", "photos/1.txt", { method: "GET", expiresIn: 600 })
  const got = await answer(new Request(download.url, { headers: { range: "bytes=2-" } }))
  console.log(`upload: ${stored.status}, download: ${got.status} ${await got.text()}`)
}

// The token is kept beside the job: another process goes on with the parts that are there.
if (storage.capabilities.multipart) {
  const { minPartBytes } = storage.capabilities
  const begun = await storage.createUpload("shop", "films/1.mp4")
  await begun.uploadPart(1, new Uint8Array(Math.max(minPartBytes, 1000)))
  const resumed = await storage.resumeUpload(begun.token)
  const done = (await resumed.parts()).map(({ number }) => number)
  await resumed.uploadPart(2, new Uint8Array(500))
  console.log(`part ${done} was there; the film has ${(await resumed.complete()).size} bytes`)
}

for await (const { key, size } of listAll(storage, "shop")) console.log(key, size)
await storage.deleteBucket("shop", { force: true })
await close()
