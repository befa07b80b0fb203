import { describe, it } from "vitest"
import { memoryTracingSubject } from "../../subjects/tracing.ts"
import { bindContract } from "../../testing/bind.ts"
import { tracingContract } from "../../testing/tracing/contract.ts"

bindContract({ describe, it }, tracingContract, memoryTracingSubject)
