import type { RecordedSpan, SpanHandle } from "../../../contracts/tracing/tracing.ts"
import type { Checks } from "../../engine/checks.ts"
import { show } from "../../engine/show.ts"
import { clause, receivedOf, receivedSpan } from "../clause.ts"
import { making, nothing } from "../ways.ts"

/** Small ones may be taken for times of the process, and large ones for nanoseconds. */
const TIMES: readonly [start: number, end: number][] = [
  [1500, 2500],
  [0, 0],
  [0, 1],
  [1, 86_400_001],
  [999_999_999, 1_000_000_000],
  [1_700_000_000_123, 1_700_000_000_124],
  [4_102_444_800_000, 4_102_444_800_999],
  [Date.UTC(2199, 11, 31), Date.UTC(2199, 11, 31, 23, 59, 59, 999)],
]

const NO_TIMES: readonly unknown[] = [
  Number.NaN,
  -1,
  -5000,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  Date.UTC(2200, 0),
  1e300,
  null,
  "1500",
  new Date(1500),
  [1, 500_000_000],
  1500n,
  {},
]

/** What can be told of a span from outside: its times lie between two looks at the same clock. */
interface Look {
  readonly from: number
  readonly to: number
}

/** Milliseconds that clocks may differ by, since the one of a span has less digits. */
const ROUNDING_MS = 2

function isNow(t: Checks, time: number, { from, to }: Look, what: string): void {
  t.ok(time >= from - ROUNDING_MS && time <= to + ROUNDING_MS, `${what} is ${time}, want ${from} to ${to}`)
}

/** All but its context and what was dropped. */
function told({ attributes, endTime, events, links, name, status }: RecordedSpan): unknown {
  return { attributes, endTime, events, links, name, status }
}

/** TRACING-SPAN: times and ends. */
export const spanTimesClauses = [
  clause("TRACING-SPAN-08", {
    why: "Work that is reported afterwards stands in the trace hours away from where it happened.",
    fix: "Hand times to a library as seconds and nanoseconds, never as a number that it may take for a time of the process.",
    async check(t, tracing, world) {
      for (const [way, make] of making) {
        for (const [startTime, endTime] of TIMES) {
          const name = `${way} ${startTime} ${endTime}`
          await make(tracing, name, { startTime }, (span) => span.end(endTime))
          const received = await receivedSpan(tracing, world, name)
          t.equal([received.startTime, received.endTime], [startTime, endTime], `${way}: start and end`)
        }
      }
    },
  }),
  clause("TRACING-SPAN-09", {
    why: "A trace is read for how long things took.",
    fix: "Ask the clock when a span is started, and again when it ends.",
    waits: true,
    async check(t, tracing, world) {
      for (const [way, make] of making) {
        const look = async (name: string): Promise<RecordedSpan> => {
          await make(tracing, name, {}, nothing)
          return receivedSpan(tracing, world, name)
        }
        const before = await look(`${way}, before`)
        const start = performance.now()
        await make(tracing, way, {}, () => world.pass(world.step))
        const took = performance.now() - start
        const after = await look(`${way}, after`)
        const { endTime, startTime } = await receivedSpan(tracing, world, way)
        const ms = world.step * 1000
        isNow(t, startTime, { from: before.endTime, to: after.startTime - ms }, `${way}: the start`)
        isNow(t, endTime, { from: startTime + ms, to: after.startTime }, `${way}: the end`)
        const most = world.manualTime ? ms : took
        isNow(t, endTime - startTime, { from: ms, to: most }, `${way}: the duration`)
      }
    },
  }),
  clause("TRACING-SPAN-10", {
    why: "A time that is none puts a span into the year 1754, or costs the whole batch.",
    fix: "Check that a time is a number from 0 to the year 2199, and take the clock where it is not.",
    async check(t, tracing, world) {
      for (const [way, make] of making) {
        for (const [index, bad] of NO_TIMES.entries()) {
          const time = bad as number
          const name = (what: string) => `${way} ${index} ${what}`
          await make(tracing, name("before"), {}, nothing)
          await make(tracing, name("start"), { startTime: time }, nothing)
          await make(tracing, name("end"), {}, (span) => span.end(time))
          await make(tracing, name("after"), {}, nothing)
          const look = {
            from: (await receivedSpan(tracing, world, name("before"))).startTime,
            to: (await receivedSpan(tracing, world, name("after"))).endTime,
          }
          const { startTime } = await receivedSpan(tracing, world, name("start"))
          isNow(t, startTime, look, `${way}: the start that was given as ${show(bad)}`)
          const { endTime } = await receivedSpan(tracing, world, name("end"))
          isNow(t, endTime, look, `${way}: the end that was given as ${show(bad)}`)
        }
      }
    },
  }),
  clause("TRACING-SPAN-11", {
    why: "Receivers refuse a span that took less than no time, or show it for years.",
    fix: "Take the later one of start and end.",
    async check(t, tracing, world) {
      const future = Date.UTC(2199, 0)
      for (const [way, make] of making) {
        const times = async (name: string, startTime: number, end: (span: SpanHandle) => void) => {
          await make(tracing, name, { startTime }, end)
          const received = await receivedSpan(tracing, world, name)
          return [received.startTime, received.endTime]
        }
        t.equal(
          await times(`${way} given`, 2500, (span) => span.end(1500)),
          [2500, 2500],
          `${way}: an end before the start`,
        )
        t.equal(await times(`${way} zero`, 2500, (span) => span.end(0)), [2500, 2500], `${way}: an end at 0`)
        t.equal(
          await times(`${way} now`, future, (span) => span.end()),
          [future, future],
          `${way}: a start in the future`,
        )
      }
    },
  }),
  clause("TRACING-SPAN-12", {
    why: "Code that outlives its span would write into what was sent, or about to be.",
    fix: "Do nothing in each method once the span has ended.",
    async check(t, tracing, world) {
      const late: readonly [method: string, call: (span: SpanHandle) => unknown][] = [
        ["setAttribute of another", (span) => span.setAttribute("late", 1)],
        ["setAttribute of the same", (span) => span.setAttribute("key", "late")],
        ["setAttributes", (span) => span.setAttributes({ key: "late", late: 1 })],
        ["addEvent", (span) => span.addEvent("late")],
        ["recordException", (span) => span.recordException(new Error("late"))],
        ["setStatus of ok", (span) => span.setStatus("ok")],
        ["setStatus of error", (span) => span.setStatus("error", "late")],
        ["updateName", (span) => span.updateName("late")],
        ["end with a time", (span) => span.end(9500)],
        ["end", (span) => span.end()],
      ]
      for (const [way, make] of making) {
        for (const [method, call] of late) {
          const name = `${way} ${method}`
          const span = await make(tracing, name, { startTime: 1500, attributes: { key: "kept" } }, (open) => {
            open.addEvent("kept").setStatus("error", "kept").end(2500)
          })
          call(span)
          const received = (await receivedOf(tracing, world)).find(
            ({ context }) => context.spanId === span.context.spanId,
          )
          t.ok(received !== undefined, `${way}: the span was not received after ${method}`)
          if (received === undefined) continue
          const { attributes, endTime, events, status } = received
          t.equal(received.name, name, `${way}: the name after ${method}`)
          t.equal(attributes, { key: "kept" }, `${way}: attributes after ${method}`)
          t.equal([endTime, events.length, status], [2500, 1, { code: "error", message: "kept" }], `${way}: ${method}`)
          call(span)
          t.equal(told(await receivedSpan(tracing, world, name)), told(received), `${way}: ${method} after a flush`)
        }
      }
    },
  }),
  clause("TRACING-SPAN-13", {
    why: "A span that is there twice doubles what is counted by it.",
    fix: "Remember that it has ended, and leave the counts and the queue alone from then on.",
    async check(t, tracing, world) {
      for (const [way, make] of making) {
        const before = tracing.stats()
        const span = await make(tracing, way, {}, (open) => {
          open.end()
          open.end(9500)
        })
        span.end()
        const { ended, started } = tracing.stats()
        t.equal([started - before.started, ended - before.ended], [1, 1], `${way}: spans that started and ended`)
        const spans = (await receivedOf(tracing, world)).filter(({ name }) => name === way)
        t.equal(spans.length, 1, `${way}: spans that were received`)
        span.end()
        t.equal(
          (await receivedOf(tracing, world)).filter(({ name }) => name === way).length,
          1,
          `${way}: after a flush`,
        )
        t.equal(tracing.stats().ended - before.ended, 1, `${way}: spans that ended, after a flush`)
      }
    },
  }),
]
