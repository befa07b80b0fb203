import { PutBucketVersioningCommand, S3Client } from "@aws-sdk/client-s3"
import { afterAll, describe, expect, it, onTestFinished } from "vitest"
import { findVersitygw, VERSITYGW_MISSING } from "../../../servers/versitygw.ts"
import { openBucket, stopVersitygw, versitygw } from "./open-storage.fixture.ts"
import { answerXml, openDouble, refuse } from "./s3-double.fixture.ts"

afterAll(stopVersitygw)

describe("a bucket that is deleted with its objects", () => {
  it("is gone from versitygw, with all versions of its objects", async (context) => {
    if (findVersitygw() === undefined) context.skip(VERSITYGW_MISSING)
    const { bucket, storage } = await openBucket()
    const { accessKeyId, endpoint, region, secretAccessKey } = await versitygw()
    const client = new S3Client({
      endpoint,
      region,
      credentials: { accessKeyId, secretAccessKey },
      forcePathStyle: true,
    })
    onTestFinished(() => client.destroy())
    const VersioningConfiguration = { Status: "Enabled" } as const
    await client.send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration }))
    for (const text of ["one", "two"]) await storage.put(bucket, "a ü+", text)
    await storage.delete(bucket, "a ü+")
    await expect(storage.deleteBucket(bucket)).rejects.toMatchObject({ details: { reason: "bucket" } })
    await storage.deleteBucket(bucket, { force: true })
    expect((await storage.listBuckets()).map(({ name }) => name)).not.toContain(bucket)
  })

  it("is not listed for ever where the pages go round in circles", async () => {
    let pages = 0
    const { storage } = await openDouble((_, response) => {
      const token = `<NextContinuationToken>${++pages % 2}</NextContinuationToken>`
      if (pages > 20) refuse(response, 403, "AccessDenied")
      else answerXml(response, `<ListBucketResult><IsTruncated>true</IsTruncated>${token}</ListBucketResult>`)
    })
    const deleted = storage.deleteBucket("bucket", { force: true })
    await expect(deleted).rejects.toMatchObject({ code: "UNAVAILABLE", details: { reason: "protocol" } })
  })

  it("loses its versions and delete markers too", async () => {
    const listed: string[] = []
    let isEmpty = false
    const { double, storage } = await openDouble(({ body, method, url }, response) => {
      if (/[?&]versions/.test(url)) {
        const isNext = url.includes("key-marker=a")
        listed.push(url)
        answerXml(response, versionsOf(isNext))
      } else if (method === "GET") {
        answerXml(response, "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>")
      } else if (method === "POST") {
        isEmpty = body.includes("three")
        answerXml(response, "<DeleteResult><Deleted><Key>a</Key></Deleted></DeleteResult>")
      } else if (isEmpty) response.writeHead(204).end()
      else refuse(response, 409, "BucketNotEmpty")
    })
    await storage.deleteBucket("bucket", { force: true })
    expect(listed).toHaveLength(2)
    const sent = double.requests.filter(({ method }) => method === "POST").map(({ body }) => body.toString())
    expect(sent.map((text) => [...text.matchAll(/<VersionId>(.*?)</g)].map(([, id]) => id))).toEqual([
      ["one", "two"],
      ["three"],
    ])
  })

  it.each(["NotImplemented", "AccessDenied"])("stays where its versions are %s", async (code) => {
    const { storage } = await openDouble(({ method, url }, response) => {
      if (/[?&]versions/.test(url)) refuse(response, code === "AccessDenied" ? 403 : 501, code)
      else if (method === "GET")
        answerXml(response, "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>")
      else refuse(response, 409, "BucketNotEmpty")
    })
    const error = code === "AccessDenied" ? { code: "PERMISSION_DENIED" } : { code: "UNSUPPORTED" }
    await expect(storage.deleteBucket("bucket", { force: true })).rejects.toMatchObject(error)
  })
})

function versionsOf(isNext: boolean): string {
  if (isNext) {
    const last = "<Version><Key>b</Key><VersionId>three</VersionId></Version>"
    return `<ListVersionsResult><IsTruncated>false</IsTruncated>${last}</ListVersionsResult>`
  }
  const markers = "<NextKeyMarker>a</NextKeyMarker><NextVersionIdMarker>two</NextVersionIdMarker>"
  const version = "<Version><Key>a%20b</Key><VersionId>one</VersionId></Version>"
  const marker = "<DeleteMarker><Key>a%20b</Key><VersionId>two</VersionId></DeleteMarker>"
  return `<ListVersionsResult><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated>${markers}${version}${marker}</ListVersionsResult>`
}
