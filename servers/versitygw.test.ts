import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3"
import { beforeEach, describe, expect, it, onTestFinished } from "vitest"
import { canListen } from "./server-process.ts"
import { findVersitygw, type S3Server, startVersitygw, VERSITYGW_MISSING, type VersitygwOptions } from "./versitygw.ts"

const object = { Bucket: "bucket", Key: "folder/key" }

async function open(options?: VersitygwOptions): Promise<S3Server> {
  const server = await startVersitygw(options)
  onTestFinished(() => server.stop())
  return server
}

function connect({ accessKeyId, endpoint, region, secretAccessKey }: S3Server): S3Client {
  const credentials = { accessKeyId, secretAccessKey }
  const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true, maxAttempts: 1 })
  onTestFinished(() => client.destroy())
  return client
}

async function read(client: S3Client): Promise<string | undefined> {
  const { Body } = await client.send(new GetObjectCommand(object))
  return await Body?.transformToString()
}

describe("versitygw for tests", () => {
  beforeEach((context) => {
    if (findVersitygw() === undefined) context.skip(VERSITYGW_MISSING)
  })

  it("keeps what was acknowledged over kill and restart", async () => {
    const server = await open()
    const client = connect(server)
    await client.send(new CreateBucketCommand({ Bucket: object.Bucket }))
    await client.send(new PutObjectCommand({ ...object, Body: "kept" }))
    await server.kill()
    await expect(read(client)).rejects.toThrow()
    await server.restart()
    expect(await read(client)).toBe("kept")
  })

  it("starts on a port of its own, with data of its own", async () => {
    const [one, other] = await Promise.all([open(), open()])
    const client = connect(one)
    await client.send(new CreateBucketCommand({ Bucket: object.Bucket }))
    await client.send(new PutObjectCommand({ ...object, Body: "one" }))
    await expect(read(connect(other))).rejects.toThrow(expect.objectContaining({ name: "NoSuchBucket" }))
  })

  it("checks the key and the secret that it was given", async () => {
    const server = await open({ accessKeyId: "key", secretAccessKey: "secret" })
    const create = new CreateBucketCommand({ Bucket: object.Bucket })
    const stranger = connect({ ...server, secretAccessKey: "another" })
    await expect(stranger.send(create)).rejects.toThrow(expect.objectContaining({ name: "SignatureDoesNotMatch" }))
    await connect(server).send(create)
  })

  it("lets one of two writers create an object", async () => {
    const client = connect(await open())
    await client.send(new CreateBucketCommand({ Bucket: object.Bucket }))
    const put = (Body: string) => client.send(new PutObjectCommand({ ...object, Body, IfNoneMatch: "*" }))
    const replies = await Promise.allSettled([put("one"), put("other")])
    expect(replies.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"])
  })

  it("is silent while paused, and can be resumed or stopped", async () => {
    const server = await open()
    server.pause()
    const answer = fetch(`${server.endpoint}/health`).then(({ status }) => status)
    expect(await Promise.race([answer, new Promise((resolve) => setTimeout(resolve, 100, "silence"))])).toBe("silence")
    server.resume()
    expect(await answer).toBe(200)
    server.pause()
    await server.stop()
    expect(await canListen(server.port)).toBe(true)
    await server.gone()
  })
})
