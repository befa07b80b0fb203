import type { PutObjectCommandInput } from "@aws-sdk/client-s3"
import type { Checksum, Checksums } from "../../../contracts/storage/object.ts"
import { checksumBroken, checksumRefused } from "../../../core/storage/for-adapters.ts"
import { summing } from "../../kit/checksums.ts"

const MEMBERS = {
  crc32: "ChecksumCRC32",
  crc32c: "ChecksumCRC32C",
  sha256: "ChecksumSHA256",
  crc64nvme: "ChecksumCRC64NVME",
} as const

type ToldMembers = { [Member in (typeof MEMBERS)[keyof typeof MEMBERS]]?: string | undefined } & {
  ChecksumType?: string | undefined
}

/** The checksum of a body as a put takes it. */
export function sumInput(checksum: Checksum | undefined): Partial<PutObjectCommandInput> {
  if (checksum === undefined) return {}
  const { algorithm, value } = checksum
  return algorithm === "md5" ? { ContentMD5: value } : { [MEMBERS[algorithm]]: value }
}

/** Checksums of the whole object; those of a list of parts are none. */
export function toldSums(told: ToldMembers, own: Checksum | undefined): Checksums {
  const sums: Checksums = own === undefined ? {} : { [own.algorithm]: own.value }
  if (told.ChecksumType === "COMPOSITE") return sums
  for (const algorithm of ["crc32", "crc32c", "crc64nvme", "sha256"] as const) {
    const value = told[MEMBERS[algorithm]]
    if (value !== undefined && !/-\d+$/.test(value)) sums[algorithm] = value
  }
  return sums
}

export function textOfSum({ algorithm, value }: Checksum): string {
  return `${algorithm}:${value}`
}

export function sumOfText(text: string | undefined): Checksum | undefined {
  const [, algorithm, value] = /^(crc32|crc32c|sha256|md5):([A-Za-z0-9+/]+=*)$/.exec(text ?? "") ?? []
  return value === undefined ? undefined : { algorithm: algorithm as Checksum["algorithm"], value }
}

/** Sees every piece, and at the end throws where they are not what they should be. */
export interface Verifying {
  update(piece: Uint8Array): void
  end(): void
}

/** What reads a whole object against a checksum of it, where it has one that can be computed here. */
export function verifyingRead(sums: Checksums): Verifying | undefined {
  const algorithm = (["crc32c", "crc32", "sha256"] as const).find((each) => sums[each] !== undefined)
  return algorithm && verifying({ algorithm, value: sums[algorithm] ?? "" }, checksumBroken)
}

/** What reads a body against the checksum that it was given with. */
export function verifyingBody(checksum: Checksum | undefined): Verifying | undefined {
  return checksum && verifying(checksum, checksumRefused)
}

function verifying({ algorithm, value }: Checksum, refusal: () => Error): Verifying {
  const sum = summing(algorithm)
  return {
    update: (piece) => sum.update(piece),
    end() {
      if (sum.digest() !== value) throw refusal()
    },
  }
}
