/** How the faults of a world come about, for subjects of every service. */
import type { World } from "../../testing/engine/subject.ts"
import type { TcpProxy } from "../../testing/faults/tcp-proxy.ts"
import type { FaultPlan } from "../../testing/faults/with-faults.ts"

type Faults = NonNullable<World<unknown>["faults"]>

/** Calls fail, in the process. */
export function plannedFaults(plan: FaultPlan): Faults {
  return {
    unreachable: () => void plan.fail("*"),
    silent: () => void plan.hang("*"),
    loseAnswer: () => void plan.loseReply("*", 1),
    heal: () => void plan.heal(),
  }
}

/** The line to a server fails; absent for clauses that use no fault. */
export function lineFaults(proxy: TcpProxy | undefined): Faults {
  return {
    unreachable: () => void proxy?.down(),
    silent: () => void proxy?.blackHole(),
    loseAnswer: () => void proxy?.cutAfter(1),
    heal: () => void proxy?.heal(),
  }
}
