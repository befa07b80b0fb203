import type { Checks } from "../../engine/checks.ts"
import { LARGEST_TRIED_BYTES } from "../../families/values.ts"
import { AGAIN, clause, type Deliveries, listen, type QueueClient, type QueueWorld } from "../clause.ts"
import { publishing } from "../probes.ts"

/** Each value arrives as it should, whichever method published it. */
async function arrive(
  t: Checks,
  queue: QueueClient,
  { capabilities }: QueueWorld,
  values: readonly (readonly [given: unknown, wanted: unknown])[],
): Promise<void> {
  const seen = await listen(t, queue, "data", undefined, { concurrency: 10 })
  for (const [method, publish] of publishing(capabilities)) {
    const before = seen.messages.length
    const ids = await Promise.all(values.map(([given]) => publish(queue, "data", given)))
    await seen.reach(before + values.length, `what ${method} published`)
    for (const [index, [, wanted]] of values.entries()) t.equal(dataOf(seen, ids[index]), wanted, method)
  }
}

function dataOf({ messages }: Deliveries, id: string | undefined): unknown {
  return messages.find((message) => message.id === id)?.data
}

const same = (values: readonly unknown[]) => values.map((value) => [value, value] as const)

/** Nothing is delivered but what is published now. */
async function isAlone(t: Checks, seen: Deliveries, queue: QueueClient): Promise<void> {
  await queue.publish("data", "accepted")
  await seen.reach(1, "a message that is right")
  await seen.stay(1, "what was refused is delivered")
  t.equal(seen.data, ["accepted"], "what is delivered")
}

/** QUEUE-DATA: payloads. */
export const payloadClauses = [
  clause("QUEUE-DATA-01", {
    why: "A handler that is given something else does something else.",
    fix: "Store the JSON of a payload, and nothing that is made of it.",
    async check(t, queue, world) {
      const long = "long".repeat(Math.min(25_000, Math.floor((world.capabilities.maxPayloadBytes - 2) / 4)))
      let deep: unknown = "bottom"
      for (let level = 0; level < 100; level++) deep = level % 2 === 0 ? [deep] : { deep }
      const plain = [
        null,
        false,
        true,
        0,
        -1.5,
        1e21,
        2 ** 53 - 1,
        "",
        "text",
        [],
        {},
        [null, [], {}],
        { a: null, b: 0 },
      ]
      await arrive(t, queue, world, same([...plain, long, deep]))
    },
  }),
  clause("QUEUE-DATA-02", {
    why: "Messages without a payload are common, and so are members that are not set.",
    fix: "Take null for undefined, and leave members out that are undefined, as JSON does.",
    async check(t, queue, world) {
      const values = [
        [undefined, null],
        [{ a: undefined, b: 1 }, { b: 1 }],
        [{ list: [{ a: undefined }] }, { list: [{}] }],
      ] as const
      await arrive(t, queue, world, values)
    },
  }),
  clause("QUEUE-DATA-03", {
    why: "A payload that loses members on its way is wrong without an error.",
    fix: "Check payloads before anything is stored, as the checks of arguments in @objectos/sdk/contracts do.",
    async check(t, queue) {
      class Point {
        x = 1
      }
      const circle: { self?: unknown } = {}
      circle.self = circle
      const list: unknown[] = []
      list.push({ list })
      const bad = [
        () => 1,
        Symbol("text"),
        1n,
        Number.NaN,
        Number.POSITIVE_INFINITY,
        Number.NEGATIVE_INFINITY,
        new Date(0),
        new Map([["a", 1]]),
        new Set([1]),
        new Uint8Array(2),
        new Point(),
        new Error("no data"),
        circle,
        list,
      ]
      const seen = await listen(t, queue, "data")
      for (const value of bad) {
        for (const data of [value, { member: value }, [value]]) {
          await t.rejects(() => queue.publish("data", data), "INVALID_ARGUMENT", "publish of what is not JSON data")
        }
      }
      await isAlone(t, seen, queue)
    },
  }),
  clause("QUEUE-DATA-04", {
    why: "One huge message makes a store slow for everybody, or is refused by it in words of its own.",
    fix: "Count the UTF-8 bytes of the JSON before it is sent.",
    async check(t, queue, { capabilities: { maxPayloadBytes } }) {
      if (maxPayloadBytes > LARGEST_TRIED_BYTES) {
        await queue.publish("data", 1)
        t.ok(true, "no limit below 16 MiB is declared")
        return
      }
      // Two bytes are for the quotes.
      const largest = "x".repeat(maxPayloadBytes - 2)
      const bad = [
        `${largest}x`,
        { text: largest },
        "é".repeat(Math.floor(maxPayloadBytes / 2)),
        "\n".repeat(Math.floor(maxPayloadBytes / 2)),
      ]
      const seen = await listen(t, queue, "data")
      for (const data of bad) {
        await t.rejects(() => queue.publish("data", data), "LIMIT_EXCEEDED", "publish of a payload over the limit")
      }
      await queue.publish("data", largest)
      await seen.reach(1, "a payload that is as large as may be")
      await seen.stay(1, "what was refused is delivered")
      t.ok(seen.data[0] === largest, "a payload that is as large as may be arrives changed")
    },
  }),
  clause("QUEUE-DATA-05", {
    why: "The next request, which uses the object again, would change the message of the one before.",
    fix: "Make the JSON of a payload, and copy the options, before the first await.",
    async check(t, queue, { capabilities }) {
      const make = () => ({ data: { name: "before", list: [1] }, options: { metadata: { trace: "before" } } })
      const change = ({ data, options }: ReturnType<typeof make>) => {
        data.name += " changed"
        data.list.push(2)
        options.metadata.trace += " changed"
      }
      const changing = async (item: ReturnType<typeof make>, call: () => Promise<unknown>) => {
        const published = call()
        change(item)
        await published
        change(item)
      }
      const one = make()
      await changing(one, () => queue.publish("data", one.data, one.options))
      if (capabilities.management) {
        const [first, second] = [make(), make()]
        const items = [first, second]
        await changing(first, () => queue.publishMany("data", items))
        change(second)
      }
      const count = capabilities.management ? 3 : 1
      const seen = await listen(t, queue, "data")
      await seen.reach(count)
      for (const { data, metadata } of seen.messages) {
        t.equal(data, make().data, "the payload")
        t.ok(metadata?.["trace"]?.includes("changed") !== true, "the metadata is changed")
      }
    },
  }),
  clause("QUEUE-DATA-06", {
    why: "A handler that prepares its data in place, and then fails, would find it prepared already.",
    fix: "Decode the stored message anew for each delivery.",
    async check(t, queue) {
      const make = () => ({ name: "before", list: [{ number: 1 }], gone: true })
      const seen = await listen(t, queue, "data", (message) => {
        const data = message.data as { name: string; list: unknown[]; gone?: boolean }
        data.name = "changed"
        data.list.push("changed")
        delete data.gone
        message.type = "changed"
        if (message.metadata !== undefined) message.metadata["trace"] = "changed"
        if (message.attempts < 3) throw new Error("not yet")
      })
      await queue.publish("data", make(), { ...AGAIN, type: "before", metadata: { trace: "before" } })
      await seen.reach(3, "three deliveries")
      for (const { attempts, data, metadata, type } of seen.messages) {
        t.equal(data, make(), `the payload at attempt ${attempts}`)
        t.ok(metadata?.["trace"] !== "changed", `the metadata is changed at attempt ${attempts}`)
        t.ok(type !== "changed", `the type is changed at attempt ${attempts}`)
      }
    },
  }),
  clause("QUEUE-DATA-07", {
    why: "A name or a token that comes back as another one is corrupted data.",
    fix: "Store JSON as UTF-8, and never guess from what a text looks like.",
    async check(t, queue, world) {
      const exact = [
        " ",
        " at both ends ",
        "\0",
        "a\0b",
        'say "quoted"',
        "\\",
        "back\\nslash",
        "line\nline\r\n",
        "\u2028\u2029",
        "\u0001\u007f",
        "\ufeffmark",
        "émoji 🔑 鍵",
        "e\u0301",
        "\ud800 lone",
        "%20 + %2f",
        "<name> {{name}} #{name}",
      ]
      const lookAlikes = [
        "null",
        "true",
        "0",
        "012",
        "-1",
        "1e3",
        "NaN",
        "undefined",
        "{}",
        "[1,2]",
        '{"a":1}',
        '"text"',
        "2026-01-01T00:00:00.000Z",
        "[object Object]",
        "base64:AAEC",
      ]
      const texts = [...exact, ...lookAlikes]
      const asMembers = Object.fromEntries(texts.map((text) => [text, text]))
      await arrive(t, queue, world, same([...texts, { member: texts }, asMembers]))
    },
  }),
  clause("QUEUE-DATA-08", {
    why: "A payload of a stranger would change every object of the worker, or cannot be handled.",
    fix: "Use JSON.parse and no copy of its result by assignment.",
    async check(t, queue, world) {
      const payloads = [
        '{"__proto__":{"polluted":true},"name":1}',
        '{"deep":[{"__proto__":{"polluted":true}}]}',
        '{"constructor":{"prototype":{"polluted":true}},"name":1}',
        '{"toString":1,"hasOwnProperty":2,"valueOf":3}',
      ]
      const parsed = payloads.map((text) => JSON.parse(text) as unknown)
      await arrive(t, queue, world, same(parsed))
      t.equal(({} as { polluted?: unknown }).polluted, undefined, "Object.prototype")
    },
  }),
]
