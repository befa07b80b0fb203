import type { Logger } from "../../../contracts/adapter.ts"
import type { Tracing } from "../../../contracts/tracing/tracing.ts"
import { portableInfo } from "../../foundation/base.ts"
import { withTraceId } from "./trace-logger.ts"
import { withTracing } from "./with-tracing.ts"

/** What a tracing among the services puts around the others. */
export const tracingSurrounding = {
  instance: (own: Tracing, other: object): object =>
    portableInfo(other) === undefined ? other : withTracing(other, own),
  logger: (own: Tracing, logger: Logger): Logger => withTraceId(logger, own),
}
