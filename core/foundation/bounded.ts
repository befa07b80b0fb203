import type { Clock } from "../../contracts/foundation/clock.ts"

/** What is asked for, or what `late` makes of its taking too long. */
export async function bounded<Asked, Late>(
  asked: Promise<Asked>,
  clock: Clock,
  ms: number,
  late: (message: string) => Late,
): Promise<Asked | Late> {
  let expire: () => void = () => {}
  const expired = new Promise<void>((resolve) => {
    expire = resolve
  })
  const timer = clock.setTimeout(expire, ms)
  try {
    return await Promise.race([asked, expired.then(() => late(`No answer within ${ms} ms.`))])
  } finally {
    timer.cancel()
  }
}
