import { match, P } from "ts-pattern"
import { type ErrorCode, ServiceError } from "../../../contracts/foundation/errors.ts"
import { errorCode } from "./files.ts"

/** What the system refused, as ours. Its own message shows a path, so it stays with the cause. */
export function fileError(error: unknown): ServiceError {
  const make = (code: ErrorCode, message: string, reason?: string) =>
    new ServiceError(code, message, { cause: error, ...(reason !== undefined && { details: { reason } }) })
  return match(errorCode(error))
    .with(P.union("ENOSPC", "EDQUOT"), () =>
      make("UNAVAILABLE", "The disk is full; nothing was stored. Make room, then call again.", "full"),
    )
    .with(P.union("EMFILE", "ENFILE"), () =>
      make("UNAVAILABLE", "Too many files are open; call again, or raise the limit of the process.", "descriptors"),
    )
    .with(P.union("EACCES", "EPERM", "EROFS"), () =>
      make("PERMISSION_DENIED", "The system denies access to the directory of this storage; check its owner and mode."),
    )
    .with(P.union("EISDIR", "ENOTDIR", "ELOOP", "ENOTEMPTY", "EEXIST"), () => foreignEntry(error))
    .with("EXDEV", () => make("UNSUPPORTED", "All of the root must be on one volume; unmount what is below it."))
    .with("ENAMETOOLONG", () => make("LIMIT_EXCEEDED", "The file system takes no name as long as this key needs."))
    .with("EFBIG", () => make("LIMIT_EXCEEDED", "The file system takes no file as large as this object."))
    .with("ENOENT", () => make("UNAVAILABLE", "A part of the root is gone, or was just being removed; call again."))
    .with(P.union("EIO", "EBUSY", "ESTALE", "ETIMEDOUT", "ENODEV", "ENXIO", "ENOMEM", "EAGAIN"), (code) =>
      make("UNAVAILABLE", `The disk does not work: ${code}.`),
    )
    .otherwise(() => make("INTERNAL", "A file operation failed; see cause."))
}

/** A link, a file or a directory where this storage has made none. */
export function foreignEntry(cause?: unknown): ServiceError {
  return new ServiceError(
    "CORRUPT",
    "Something that this storage did not make stands in its root, such as a symbolic link, which is never followed.",
    { details: { reason: "foreign" }, cause },
  )
}

/** It was closed while a call was under way. */
export function storageClosed(): ServiceError {
  return new ServiceError("CLOSED", "The storage was closed.")
}

/** The end of a file is not that of an object. */
export function fileBroken(): ServiceError {
  return new ServiceError("CORRUPT", "The file of the object was cut or changed.", { details: { reason: "file" } })
}
