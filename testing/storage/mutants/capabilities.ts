import type {
  Body,
  CopyOptions,
  GetOptions,
  ObjectInfo,
  ObjectRef,
  PresignedGrant,
  PresignedRequest,
  PutOptions,
  StoredObject,
  UploadOptions,
  UploadSession,
  WriteConditions,
} from "../../../contracts/storage/storage.ts"
import { subclass } from "../../engine/seams.ts"
import { mutants } from "../mutant.ts"
import type { ReferenceStorage } from "../reference/reference-storage.ts"
import { referenceThatDeclares, referenceWithout } from "../reference/without.ts"

type Condition = "conditionalGet" | "conditionalCreate" | "conditionalMatch" | "conditionalComplete" | "conditionalCopy"

/** The reference that declares no such condition, and does not see one that it is given. */
function blindTo(condition: Condition, which: keyof WriteConditions) {
  return class extends referenceThatDeclares({ [condition]: false }) {
    override checkConditionsOffered(
      ...[given, ...kinds]: Parameters<ReferenceStorage["checkConditionsOffered"]>
    ): void {
      super.checkConditionsOffered({ ...given, [which]: undefined }, ...kinds)
    }
  }
}

export const storageCapabilitiesMutants = mutants({
  "STORAGE-CAP-01": {
    "undeclared-presign-gives-a-path": subclass(
      "A link that nobody can open is sent to a customer.",
      class extends referenceThatDeclares({ presign: false }) {
        override async presign(bucket: string, key: string): Promise<PresignedRequest> {
          this.checkObject(bucket, key)
          return { url: `/${bucket}/${key}`, method: "GET", headers: {}, expiresAt: new Date() }
        }
      },
    ),
    "undeclared-presign-not-implemented": subclass(
      "Callers cannot tell a missing method from a fault.",
      class extends referenceWithout("presign") {
        override async presign(): Promise<PresignedRequest> {
          throw new Error("presign is not implemented")
        }
      },
      "flydrive 1.3: signed URLs of its fs driver throw a plain error without a builder",
    ),
  },
  "STORAGE-CAP-02": {
    "undeclared-upload-leaves-something": subclass(
      "An upload that was refused has made an object.",
      class extends referenceWithout("multipart") {
        override async createUpload(bucket: string, key: string): Promise<UploadSession> {
          this.checkObject(bucket, key)
          this.commit(bucket, key, new Uint8Array(0), {}, {})
          this.refuse("UNSUPPORTED", "There are no uploads in parts.")
        }
      },
    ),
    "undeclared-uploads-lose-their-parts": subclass(
      "A file that was sent in parts is empty.",
      class extends referenceThatDeclares({ multipart: false }) {
        override commitPart(...args: Parameters<ReferenceStorage["commitPart"]>) {
          const part = super.commitPart(...args)
          this.findUpload(args[0])?.parts.clear()
          return part
        }
      },
    ),
    "undeclared-upload-begins": subclass(
      "Parts are sent that nobody will ever put together.",
      class extends referenceWithout("multipart") {
        override async createUpload(bucket: string, key: string, options: UploadOptions = {}): Promise<UploadSession> {
          this.checkUpload(bucket, key, options)
          return super.createUpload(bucket, key, options)
        }
      },
    ),
  },
  "STORAGE-CAP-03": {
    "undeclared-verify-lets-all-pass": subclass(
      "A server that asks whether it may answer is told yes, for anything.",
      class extends referenceThatDeclares({ verifyPresigned: false }) {
        override async verifyPresigned() {
          this.checkOpen()
          const options = { method: "GET", expiresIn: 60 } as const
          return { bucket: "any", key: "any", options, expiresAt: new Date(0) }
        }
      },
    ),
    "undeclared-verifyPresigned-not-implemented": subclass(
      "A handler cannot tell a missing method from a bad signature.",
      class extends referenceWithout("verifyPresigned") {
        override async verifyPresigned(): Promise<PresignedGrant> {
          throw new Error("verifyPresigned is not implemented")
        }
      },
    ),
  },
  "STORAGE-CAP-06": {
    "condition-refused-where-it-does-not-hold": subclass(
      "Whether a condition is offered depends on what stands there.",
      class extends referenceThatDeclares({ conditionalGet: false }) {
        override async get(bucket: string, key: string, options: GetOptions = {}): Promise<StoredObject> {
          this.checkObject(bucket, key)
          const isKept = options.ifMatch !== undefined && options.ifMatch === this.find(bucket, key)?.etag
          return super.get(bucket, key, isKept ? { ...options, ifMatch: undefined } : options)
        }
      },
    ),
    "condition-of-get-dropped": subclass(
      "A reader gets a newer object than the one that it began with.",
      blindTo("conditionalGet", "ifMatch"),
      "s3rver 3.7.1: every condition is answered as if it held",
    ),
    "not-modified-dropped": subclass("A cache loads each time what it has.", blindTo("conditionalGet", "ifNoneMatch")),
  },
  "STORAGE-CAP-07": {
    "create-refused-where-something-stands": subclass(
      "A lock is refused only when it is taken, and the caller reads that as a lost race.",
      class extends referenceThatDeclares({ conditionalCreate: false }) {
        override async put(bucket: string, key: string, body: Body, options: PutOptions = {}): Promise<ObjectInfo> {
          const isFree = !this.closed && this.find(bucket, key) === undefined
          return super.put(bucket, key, body, isFree ? { ...options, ifNoneMatch: undefined } : options)
        }
      },
    ),
    "create-refused-after-it-was-stored": subclass(
      "A put that was refused has stored.",
      class extends referenceThatDeclares({ conditionalCreate: false }) {
        override async put(bucket: string, key: string, body: Body, options: PutOptions = {}): Promise<ObjectInfo> {
          const { ifNoneMatch, ...rest } = options
          const info = await super.put(bucket, key, body, rest)
          if (ifNoneMatch !== undefined) this.refuse("UNSUPPORTED", "There are no conditions.")
          return info
        }
      },
    ),
    "create-only-dropped": subclass(
      "Of two programs that both believe to be first, one overwrites the other.",
      blindTo("conditionalCreate", "ifNoneMatch"),
      "s3rver 3.7.1: If-None-Match is ignored",
    ),
  },
  "STORAGE-CAP-08": {
    "match-refused-after-the-body-was-read": subclass(
      "A large file is sent in vain.",
      class extends referenceThatDeclares({ conditionalMatch: false }) {
        override async put(bucket: string, key: string, body: Body, options: PutOptions = {}): Promise<ObjectInfo> {
          const { ifMatch, ...rest } = options
          if (ifMatch === undefined) return super.put(bucket, key, body, rest)
          return this.sending(body, async (reader) => {
            await this.readBody(reader, rest)
            this.refuse("UNSUPPORTED", "There are no conditions.")
          })
        }
      },
    ),
    "ifMatch-dropped": subclass(
      "Somebody's change is lost.",
      blindTo("conditionalMatch", "ifMatch"),
      "fauxqs 2.4: If-Match is ignored",
    ),
  },
  "STORAGE-CAP-09": {
    "upload-refused-for-its-condition-stays-open": subclass(
      "Parts that nobody can find are paid for.",
      class extends referenceThatDeclares({ conditionalComplete: false }) {
        override async createUpload(bucket: string, key: string, options: UploadOptions = {}): Promise<UploadSession> {
          const { ifMatch, ifNoneMatch, ...rest } = options
          const session = await super.createUpload(bucket, key, rest)
          if (ifMatch !== undefined || ifNoneMatch !== undefined) this.refuse("UNSUPPORTED", "There are no conditions.")
          return session
        }
      },
    ),
    "create-only-of-an-upload-dropped": subclass(
      "An upload of hours ends in the place of another.",
      blindTo("conditionalComplete", "ifNoneMatch"),
      "Ceph radosgw 16 and 18: complete ignores If-None-Match",
    ),
    "ifMatch-of-an-upload-dropped": subclass(
      "An upload of hours replaces a newer object.",
      blindTo("conditionalComplete", "ifMatch"),
    ),
  },
  "STORAGE-CAP-10": {
    "create-only-of-a-copy-dropped": subclass(
      "A copy takes the place of another object.",
      blindTo("conditionalCopy", "ifNoneMatch"),
      "versitygw 1.8.0 and moto 5.2: copy ignores If-None-Match",
    ),
    "refused-after-the-copy": subclass(
      "A copy that was refused stands there all the same.",
      class extends blindTo("conditionalCopy", "ifMatch") {
        override async copy(from: ObjectRef, to: ObjectRef, options: CopyOptions = {}): Promise<ObjectInfo> {
          const { ifMatch, ...rest } = options
          const info = await super.copy(from, to, rest)
          if (ifMatch !== undefined) this.refuse("UNSUPPORTED", "There is no conditionalCopy.")
          return info
        }
      },
    ),
  },
})
