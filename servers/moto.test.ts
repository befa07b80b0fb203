import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadBucketCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3"
import { beforeEach, describe, expect, it, onTestFinished } from "vitest"
import { findMoto, MOTO_MISSING, startMoto } from "./moto.ts"
import { canListen } from "./server-process.ts"

const object = { Bucket: "bucket", Key: "folder/key" }

describe("moto_server for tests", () => {
  beforeEach((context) => {
    if (findMoto() === undefined) context.skip(MOTO_MISSING)
  })

  it("answers the client of S3 with any secret, and loses everything over kill and restart", async () => {
    const { accessKeyId, endpoint, region, ...server } = await startMoto()
    onTestFinished(() => server.stop())
    const credentials = { accessKeyId, secretAccessKey: "another" }
    const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true, maxAttempts: 1 })
    onTestFinished(() => client.destroy())
    await client.send(new CreateBucketCommand({ Bucket: object.Bucket }))
    await client.send(new PutObjectCommand({ ...object, Body: "lost" }))
    const { Body } = await client.send(new GetObjectCommand(object))
    expect(await Body?.transformToString()).toBe("lost")
    await server.kill()
    await server.restart()
    const head = new HeadBucketCommand({ Bucket: object.Bucket })
    await expect(client.send(head)).rejects.toThrow(expect.objectContaining({ name: "NotFound" }))
    await server.stop()
    expect(await canListen(server.port)).toBe(true)
  })
})
