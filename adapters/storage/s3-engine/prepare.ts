import type { S3Client } from "@aws-sdk/client-s3"
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import { Failure, isForeign } from "./failures.ts"

/** What of a command is changed before it is sent. */
interface Command {
  readonly middlewareStack: Pick<S3Client["middlewareStack"], "add">
}

/** The answer to a command, beside what the SDK makes of it. */
export interface Answer {
  status: number
  headers: Readonly<Record<string, string>>
}

/** How far a request has come. */
export interface Course {
  isSent: boolean
  /** Of the answer, as it came: the SDK makes 503 of a 200 that holds an error. */
  status: number
}

/** When the server gave it, by its own clock. */
export function dateOf({ headers }: Answer): Date {
  const date = new Date(headers["date"] ?? "")
  return Number.isNaN(date.getTime()) ? new Date() : date
}

interface HttpRequest {
  readonly hostname: string
  readonly headers: Record<string, string>
  readonly body?: unknown
}

interface HttpResponse {
  readonly statusCode?: number
  readonly headers: Record<string, string>
}

export interface Preparation {
  /** Headers that the command has no member for, by what is sent. */
  readonly headers?: ((body: unknown) => Record<string, string>) | undefined
  /** A page may be what was stored. */
  readonly givesObject: boolean
  /** Nobody said that the server is any other. */
  readonly onlyAws: boolean
  /** Is kept up to date. */
  readonly course: Course
  onAnswer(answer: Answer): void
}

/**
 * Makes a command one request, whatever the client would do: no retry of the SDK, which knows nothing of conditions, and
 * no wait for "100 Continue", which proxies do not send.
 */
export function prepare(command: Command, { course, givesObject, headers, onAnswer, onlyAws }: Preparation): void {
  const { middlewareStack: stack } = command
  stack.add((next) => (args) => next(args), {
    name: "retryMiddleware",
    step: "finalizeRequest",
    priority: "high",
    override: true,
  })
  stack.add((next) => (args) => next(args), { name: "addExpectContinueMiddleware", step: "build", override: true })
  if (onlyAws || headers !== undefined) {
    stack.add(
      (next) => (args) => {
        const request = args.request as HttpRequest
        if (onlyAws) refuseStranger(request.hostname)
        Object.assign(request.headers, headers?.(request.body))
        return next(args)
      },
      { name: "objectosHeaders", step: "build", priority: "low" },
    )
  }
  // Behind the SDK's own: it sees the answer as it came.
  stack.add(
    (next) => async (args) => {
      course.isSent = true
      const result = await next(args)
      const { headers, statusCode = 0 } = result.response as HttpResponse
      course.status = statusCode
      if (!givesObject && isForeign(statusCode, headers)) throw new Failure("foreign", { status: statusCode, headers })
      onAnswer({ status: statusCode, headers })
      return result
    },
    { name: "objectosAnswer", step: "deserialize", priority: "low" },
  )
}

/** Names of AWS in all of its partitions. */
const AWS_HOST = /\.(?:amazonaws\.[a-z.]+|ic\.gov|sgov\.gov|adc-e\.uk)$/

/**
 * The SDK reads endpoints from the environment and from profiles too, and AWS keeps more than other servers do.
 *
 * @throws ServiceError INVALID_CONFIG for a host that is not of AWS.
 */
export function refuseStranger(hostname: string): void {
  if (AWS_HOST.test(hostname)) return
  throw new ServiceError(
    "INVALID_CONFIG",
    "The environment or a profile names an endpoint, so the option preset must say what server that is.",
    { details: { issues: [{ path: "preset", message: "must say what server the endpoint is" }] } },
  )
}
