import type { S3Client } from "@aws-sdk/client-s3"
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import { Failure, isPage } from "./failures.ts"

/** What of a command is changed before it is sent. */
interface Command {
  readonly middlewareStack: Pick<S3Client["middlewareStack"], "add">
}

/** The answer to a command, beside what the SDK makes of it. */
export interface Answer {
  status: number
  headers: Readonly<Record<string, string>>
}

/** When the server gave it, by its own clock. */
export function dateOf({ headers }: Answer): Date {
  const date = new Date(headers["date"] ?? "")
  return Number.isNaN(date.getTime()) ? new Date() : date
}

interface HttpMessage {
  readonly statusCode?: number
  readonly headers: Record<string, string>
  readonly body?: unknown
}

export interface Preparation {
  /** Headers that the command has no member for, by what is sent. */
  readonly headers?: ((body: unknown) => Record<string, string>) | undefined
  /** A page may be what was stored. */
  readonly givesObject: boolean
  /** The SDK may find no endpoint of its own: nobody said what server it is. */
  readonly onlyAws: boolean
  readonly config: { readonly isCustomEndpoint?: boolean | undefined }
  onAnswer(answer: Answer): void
}

/**
 * Makes a command one request, whatever the client would do: no retry of the SDK, which knows nothing of conditions, and
 * no wait for "100 Continue", which proxies do not send.
 */
export function prepare(command: Command, { config, givesObject, headers, onAnswer, onlyAws }: Preparation): void {
  const { middlewareStack: stack } = command
  stack.add((next) => (args) => next(args), {
    name: "retryMiddleware",
    step: "finalizeRequest",
    priority: "high",
    override: true,
  })
  stack.add((next) => (args) => next(args), { name: "addExpectContinueMiddleware", step: "build", override: true })
  stack.add(
    (next) => (args) => {
      if (onlyAws && config.isCustomEndpoint === true) throw foundEndpoint()
      const request = args.request as HttpMessage
      Object.assign(request.headers, headers?.(request.body))
      return next(args)
    },
    { name: "objectosHeaders", step: "build", priority: "low" },
  )
  stack.add(
    (next) => async (args) => {
      const result = await next(args)
      const { headers, statusCode = 0 } = result.response as HttpMessage
      if (!givesObject && isPage(headers)) throw new Failure("foreign", { status: statusCode, headers })
      onAnswer({ status: statusCode, headers })
      return result
    },
    { name: "objectosAnswer", step: "deserialize", priority: "high" },
  )
}

function foundEndpoint(): ServiceError {
  return new ServiceError(
    "INVALID_CONFIG",
    "The environment or a profile names an endpoint, so the option preset must say what server that is.",
    { details: { issues: [{ path: "preset", message: "must say what server the endpoint is" }] } },
  )
}
