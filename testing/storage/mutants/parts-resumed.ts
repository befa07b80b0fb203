import { changed, subclass } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import { ReferenceStorage } from "../reference/reference-storage.ts"
import type { UploadRef } from "../reference/uploads.ts"

/** A reference that takes a text for a token of an upload that there is not. */
function takesToken(why: string, isTaken: (token: string) => boolean, source?: string) {
  return seam.readToken(
    why,
    ({ next }, token) => (isTaken(token) ? { bucket: "files", key: "file", id: token } : next(token)),
    source,
  )
}

export const partsResumedMutants = mutants({
  "STORAGE-PART-08": {
    "token-is-good-in-its-client": subclass(
      "An upload of hours ends with its process.",
      class extends ReferenceStorage {
        readonly #own = new Set<string>()
        override tokenOf(ref: UploadRef): string {
          const token = super.tokenOf(ref)
          this.#own.add(token)
          return token
        }
        override readToken(token: string): UploadRef {
          const ref = super.readToken(token)
          if (!this.#own.has(token)) this.refuseUpload()
          return ref
        }
      },
    ),
    "resumed-uploads-begin-anew": seam.resumeUpload("Hours of sending are lost.", async ({ next, self }, token) => {
      const session = await next(token)
      self.findUpload(self.readToken(token))?.parts.clear()
      return session
    }),
    "resumed-uploads-lose-their-headers": seam.resumeUpload(
      "A film that was sent in two sittings is downloaded, not shown.",
      async ({ next, self }, token) => {
        const session = await next(token)
        const ref = self.readToken(token)
        const upload = self.findUpload(ref)
        if (upload) self.store.uploads.set(self.storedName(ref.id), { ...upload, options: {} })
        return session
      },
    ),
    "resumed-uploads-have-another-token": seam.resumeUpload(
      "A program that keeps the token keeps one that is of no use.",
      async ({ next }, token) => {
        const session = await next(token)
        return { ...session, token: `${session.token}-2` }
      },
    ),
    "token-in-an-alphabet-of-8-bits": changed(
      ReferenceStorage,
      "A file whose name is in another language cannot be resumed.",
      {
        tokenOf: ({ next }, ref) => next({ ...ref, key: ref.key.replaceAll(/[^ -~]/gu, "?") }),
        sessionOf: ({ next, self }, ref) => {
          const { key = ref.key } = self.findUpload(ref) ?? {}
          return { ...next({ ...ref, key }), key: ref.key }
        },
      },
    ),
  },
  "STORAGE-PART-09": {
    "any-text-is-a-token": seam.readToken(
      "A token that was cut looks like an upload that is gone.",
      ({ next }, token) => {
        try {
          return next(token)
        } catch {
          return { bucket: "files", key: "file", id: "none" }
        }
      },
    ),
    "empty-text-is-a-token": changed(
      ReferenceStorage,
      "A field that was left empty looks like an upload that is gone.",
      {
        checkToken: ({ next, self }, token) => (token === "" ? self.checkOpen() : next(token)),
        readToken: ({ next }, token) => (token === "" ? { bucket: "files", key: "file", id: "none" } : next(token)),
      },
    ),
    "cursor-is-a-token": takesToken("A page of a list goes on with an upload.", (token) => token.startsWith("WyI")),
    "name-of-a-bucket-is-a-token": takesToken("A mistake in a program is found out when parts are sent.", (token) =>
      /^[a-z]{3,63}$/.test(token),
    ),
    "no-token-is-not-found": seam.readToken(
      "A program takes a mistake of its own for an upload that is gone.",
      ({ next, self }, token) => {
        try {
          return next(token)
        } catch {
          return self.refuseUpload()
        }
      },
    ),
  },
  "STORAGE-PART-18": {
    "cut-part-is-taken": seam.readPieces(
      "A film has half a scene.",
      async ({ next, self }, reader, taken, options) => {
        try {
          return await next(reader, taken, options)
        } catch (error) {
          if (reader.over && (error as { details?: { reason?: unknown } }).details?.reason === "body")
            return self.join(taken.pieces)
          throw error
        }
      },
      "aws-sdk-js #3106: of a stream that failed what had come was stored",
    ),
    "checksum-of-a-part-is-not-looked-at": seam.uploadPart(
      "A damaged part makes a damaged film.",
      async ({ next, self }, ref, number, body, options) => {
        self.checkPart(number, body, options)
        return next(ref, number, body, { ...options, checksum: undefined })
      },
      "versitygw #1345: the checksum header of a part was mistaken for one that names its algorithm",
    ),
    "checksum-of-a-part-compared-when-stored": seam.uploadPart(
      "A damaged part is refused, and is part of the film.",
      async ({ next, self }, ref, number, body, options = {}) => {
        self.checkPart(number, body, options)
        const part = await next(ref, number, body, { ...options, checksum: undefined })
        const bytes = self.openUpload(ref).parts.get(number)?.bytes ?? new Uint8Array(0)
        if (options.checksum) await self.checkSum(bytes, options.checksum)
        return part
      },
    ),
    "earlier-part-is-dropped-first": seam.uploadPart(
      "A part that could not be replaced is gone.",
      async ({ next, self }, ref, number, body, options) => {
        self.checkPart(number, body, options)
        self.openUpload(ref).parts.delete(number)
        return next(ref, number, body, options)
      },
    ),
    "size-of-a-part-is-not-looked-at": seam.uploadPart(
      "A part that was cut is taken.",
      async ({ next }, ref, number, body, options) => next(ref, number, body, { ...options, size: undefined }),
    ),
  },
  "STORAGE-PART-19": {
    "uploads-in-memory": seam.findUpload("An upload of hours ends with the server.", ({ next, self }, ref) =>
      self.store.restarts > 0 && next(ref)?.completed === undefined ? undefined : next(ref),
    ),
    "parts-in-memory": seam.openUpload("An upload goes on, and has lost what was sent.", ({ next, self }, ref) => {
      const upload = next(ref)
      if (self.store.restarts > 0 && upload.parts.size > 1) upload.parts.clear()
      return upload
    }),
    "headers-of-an-upload-in-memory": seam.assemble(
      "A film is downloaded, not shown, since the server was started again.",
      ({ next, self }, ref, upload) => next(ref, self.store.restarts > 0 ? { ...upload, options: {} } : upload),
    ),
    "ids-of-uploads-begin-anew": seam.readToken(
      "Tokens from before a restart are good for nothing.",
      ({ next, self }, token) => {
        const ref = next(token)
        return self.store.restarts > 0 ? { ...ref, id: `${ref.id}-before` } : ref
      },
    ),
  },
})
