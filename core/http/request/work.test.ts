import { expect, it } from "vitest"
import { createManualClock } from "../../../contracts/foundation/clock.ts"
import { Work } from "./work.ts"

it("an answer that comes after the time is over is cancelled", async () => {
  const clock = createManualClock()
  let answer: (response: Response) => void = () => {}
  const late = new Promise<Response>((resolve) => {
    answer = resolve
  })
  const ran = new Work(new Request("http://localhost"), {}, { clock, timeoutMs: 10 }).within(late)
  const failed = expect(ran).rejects.toMatchObject({ code: "TIMEOUT" })
  await clock.advance(10)
  await failed
  await new Promise<void>((cancel) => answer(new Response(new ReadableStream({ cancel: () => cancel() }))))
})
