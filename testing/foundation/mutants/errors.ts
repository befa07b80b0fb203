import { type ErrorCode, ServiceError } from "../../../contracts/foundation/errors.ts"
import type { Mutant } from "../../engine/mutant.ts"
import { type Breakable, mutants, onError, type ServiceClass } from "../mutant.ts"

const BAD_ARGUMENT: readonly ErrorCode[] = ["INVALID_ARGUMENT"]

export function errorMutants({ method, methods, seam }: Breakable): readonly Mutant<ServiceClass>[] {
  const { reads, refuses = reads, stores } = methods
  return mutants({
    "ERROR-01": {
      "type-error-escapes": method(
        refuses,
        "Callers that decide by code meet an error without one.",
        onError(BAD_ARGUMENT, (error, [first]) => (first === undefined ? new TypeError(error.message) : error)),
        "@objectstack/service-cache 17.4: methods of its Redis adapter reject a plain Error",
      ),
      "code-of-its-own": method(
        refuses,
        "A switch over the closed list falls through.",
        onError(BAD_ARGUMENT, (error, [first]) =>
          first === undefined ? new ServiceError("EKEYSTYPE" as ErrorCode, error.message) : error,
        ),
        "node-cache: an argument that is not an array of keys gives an error with the code EKEYSTYPE",
      ),
      "refusal-marked-retryable": seam.refuse("Retries repeat a call that can never succeed.", (_, code, message) => {
        throw Object.assign(new ServiceError(code, message), { retryable: true })
      }),
    },
    "ERROR-02": {
      "bad-keys-throw": method(
        refuses,
        "A caller that handles rejections does not see the error.",
        ({ next, self }, ...args) => {
          if (args[0] === undefined) self.refuse("INVALID_ARGUMENT", "The first argument is missing.")
          return next(...args)
        },
      ),
    },
    "ERROR-03": {
      "message-shows-value": method(
        stores,
        "Passwords end up in logs.",
        onError(
          BAD_ARGUMENT,
          ({ code, message }, [, value]) => new ServiceError(code, `${message} It was ${describe(value)}.`),
        ),
        "@objectstack/service-cache 17.4: an error message of its Redis adapter shows the URL with the password",
      ),
      "details-show-value": method(
        stores,
        "Error reports carry user data.",
        onError(
          BAD_ARGUMENT,
          ({ code, message }, [, value]) => new ServiceError(code, message, { details: { value: describe(value) } }),
        ),
      ),
      "refused-command-in-error": method(
        stores,
        "Values of users are in the logs of the servers.",
        onError(
          ["INVALID_ARGUMENT", "CLOSED"],
          ({ code, message }, args) => new ServiceError(code, message, { details: { command: [stores, ...args] } }),
        ),
        "ioredis: a ReplyError has the command with its arguments",
      ),
      "login-shown-once-closed": seam.checkOpen(
        "Each call that comes too late in a shutdown puts the password into the log.",
        ({ next, self }) => {
          if (self.closed) self.refuse("CLOSED", `${self.service}://user:${self.password}@store is closed.`)
          next()
        },
      ),
    },
  })
}

function describe(value: unknown): string {
  return typeof value === "object" && value !== null ? Object.entries(value).map(String).join(" ") : String(value)
}
