import { AGAIN, AT_ONCE, clause, type Deliveries, gate, listen, publishNumbers } from "../clause.ts"
import { publishing } from "../probes.ts"

/** QUEUE-PUB: publishing, and what a handler is given. */
export const publishClauses = [
  clause("QUEUE-PUB-01", {
    why: "A handler has nothing but its message to work with.",
    fix: "Hand over what publish was given, with the id that it resolved.",
    async check(t, queue) {
      const seen = await listen(t, queue, "mail")
      const id = await queue.publish("mail", { to: "ada" }, { type: "welcome" })
      await seen.reach(1)
      const { attempts, data, id: given, queue: name, type } = seen.messages[0] ?? {}
      const wanted = { attempts: 1, data: { to: "ada" }, id, name: "mail", type: "welcome" }
      t.equal({ attempts, data, id: given, name, type }, wanted)
      await queue.publish("mail", 1)
      await seen.reach(2)
      t.equal(seen.messages[1]?.type, undefined, "the type of a message that has none")
    },
  }),
  clause("QUEUE-PUB-02", {
    why: "Two messages of one id are one message: the second is lost, or takes the place of the first.",
    fix: "Make ids of the time, a counter, and chance that tells clients and processes apart.",
    async check(t, queue, world) {
      const clients = [queue, await world.connect()]
      const ids: string[] = []
      for (const name of ["one", "other"]) {
        for (const [, publish] of publishing(world.capabilities)) {
          const published = clients.flatMap((client) => Array.from({ length: 20 }, () => publish(client, name, 1)))
          ids.push(...(await Promise.all(published)))
        }
      }
      t.equal(new Set(ids).size, ids.length, "different ids")
    },
  }),
  clause("QUEUE-PUB-03", {
    why: "Ids are stored in columns of their length, and lists of messages are sorted by them.",
    fix: "Begin an id with the time, and go on with a counter that never goes back, each filled up to its length.",
    async check(t, queue, world) {
      const ids: string[] = []
      for (let round = 0; round < 20; round++) {
        for (const [, publish] of publishing(world.capabilities)) ids.push(await publish(queue, "mail", round))
      }
      if (world.capabilities.management) {
        ids.push(
          ...(await queue.publishMany(
            "mail",
            Array.from({ length: 40 }, (_, data) => ({ data })),
          )),
        )
      }
      for (const id of ids) t.ok(/^[0-9A-Z]{26}$/.test(id), `${id} is not 26 characters of 0-9 and A-Z`)
      t.equal(ids.toSorted(), ids, "ids in the order of their publish")
    },
  }),
  clause("QUEUE-PUB-04", {
    why: "A publisher that waits for a handler is as slow, and fails as often, as the handler.",
    fix: "Store the message and resolve; start handlers in a turn of their own.",
    async check(t, queue) {
      const held = gate()
      let publishing = false
      const inline: boolean[] = []
      const seen = await listen(t, queue, "mail", () => {
        inline.push(publishing)
        return held.opened
      })
      try {
        publishing = true
        const published = queue.publish("mail", 1)
        publishing = false
        const { error } = await t.outcome(() => published, "publish while the handler runs")
        t.equal(error, undefined, "publish while the handler runs")
        t.equal(inline.filter(Boolean), [], "handlers that ran before publish returned")
        await seen.reach(1)
      } finally {
        held.open()
      }
    },
  }),
  clause("QUEUE-PUB-05", {
    why: "A web server publishes before its worker has started.",
    fix: "Keep messages whether or not anybody is subscribed.",
    async check(t, queue, world) {
      for (const [method, publish] of publishing(world.capabilities)) await publish(queue, "mail", method)
      const seen = await listen(t, queue, "mail")
      const methods = publishing(world.capabilities).map(([method]) => method)
      await seen.reach(methods.length, "the messages from before the subscribe")
      t.equal(seen.data.toSorted(), methods.toSorted())
    },
  }),
  clause("QUEUE-PUB-06", {
    why: "A message that reaches another handler is taken for something that it is not.",
    fix: "Keep the messages of each queue apart, and hand them to its own subscriptions alone.",
    async check(t, queue, world) {
      const names = ["mail", "mail.archive", "print"]
      const heard: Deliveries[] = []
      for (const name of names) heard.push(await listen(t, queue, name))
      for (const [method, publish] of publishing(world.capabilities)) {
        for (const name of names) await publish(queue, name, `${method} to ${name}`)
      }
      const methods = publishing(world.capabilities).map(([method]) => method)
      for (const seen of heard) await seen.reach(methods.length, "the messages of each queue")
      await t.never(() => heard.some(({ messages }) => messages.length > methods.length), "a message of another queue")
      for (const [index, name] of names.entries()) {
        t.equal(heard[index]?.data.toSorted(), methods.map((method) => `${method} to ${name}`).toSorted(), name)
      }
    },
  }),
  clause("QUEUE-PUB-07", {
    why: "How late work is, and whether it is still wanted, is told from when it was asked for.",
    fix: "Store the time of publish with the message.",
    waits: true,
    async check(t, queue, world) {
      const delay = world.step * 1000
      const again = { maxAttempts: 5, backoff: { type: "fixed", delayMs: 20 } } as const
      const seen = await listen(t, queue, "mail", ({ attempts }) => {
        if (attempts === 1) throw new Error("the first attempt")
      })
      const inTime = world.window(world.step)
      const before = Date.now()
      for (const [method, publish] of publishing(world.capabilities)) {
        await publish(queue, "mail", method, again)
        await publish(queue, "mail", `${method}, delayed`, { ...again, delay })
      }
      inTime.close()
      const count = publishing(world.capabilities).length * 2
      await seen.end(count / 2, "the first deliveries of what was not delayed")
      await world.pass(world.step)
      await seen.end(count * 1.5, "the first deliveries, and the second ones of what was not delayed")
      await world.pass(world.step)
      await seen.reach(count * 2, "the second deliveries")
      await queue.publish("mail", "later")
      await seen.reach(count * 2 + 1)
      const times = seen.messages.slice(0, -1).map(({ timestamp }) => timestamp)
      const later = seen.messages.at(-1)?.timestamp ?? 0
      const [first = 0] = times
      for (const time of times) {
        t.ok(Math.abs(time - first) < delay, `${time} is not within ${delay} ms of ${first}, the time of publish`)
      }
      t.ok(later - first > delay, `${later} is not later than ${first} by the time between the publishes`)
      if (world.manualTime) t.ok(first > 1e12, `${first} is not in epoch milliseconds`)
      else t.ok(Math.abs(first - before) < 60_000, `${first} is not the time of publish, ${before}`)
    },
  }),
  clause("QUEUE-PUB-08", {
    why: "A trace that loses its context at the first retry cannot be followed.",
    fix: "Store metadata with the message, names and values as they are.",
    async check(t, queue, world) {
      const metadata = {
        traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "X-Request-Id": " 7 ",
        empty: "",
        number: "7",
        json: '{"a":1}',
        ключ: "é\n🔑",
      }
      const seen = await listen(t, queue, "mail", ({ attempts }) => {
        if (attempts < 3) throw new Error("not yet")
      })
      const methods = publishing(world.capabilities)
      for (const [method, publish] of methods) await publish(queue, "mail", method, { metadata, ...AGAIN })
      await seen.reach(methods.length * 3, "three deliveries of each message")
      for (const { attempts, data, metadata: given } of seen.messages) {
        t.equal(given, metadata, `the metadata that ${data} was given, at attempt ${attempts}`)
      }
    },
  }),
  clause("QUEUE-PUB-09", {
    why: "Work is done in steps, each of which publishes the next one.",
    fix: "Hold no lock of the queue while a handler runs.",
    async check(t, queue) {
      const seen = await listen(t, queue, "steps", async ({ data }) => {
        if (data < 3) await queue.publish("steps", data + 1)
      })
      await publishNumbers(queue, "steps", 1, { backoff: AT_ONCE })
      await seen.reach(4, "the steps of a handler that publishes")
      t.equal(seen.data, [0, 1, 2, 3])
    },
  }),
  clause("QUEUE-PUB-10", {
    why: "Work that is lost, or done twice, under load is noticed by customers.",
    fix: "Let the store decide who gets a message, in one step.",
    async check(t, queue, world) {
      const seen = await listen(t, queue, "mail", undefined, { concurrency: 10 })
      const count = Math.min(world.many, 1000)
      await Promise.all(Array.from({ length: count }, (_, number) => queue.publish("mail", number)))
      await seen.reach(count, "every message")
      await seen.stay(count, "a message was delivered twice")
      t.equal(new Set(seen.data).size, count, "different messages")
    },
  }),
  clause("QUEUE-PUB-11", {
    why: "Work is handed from web servers to workers, which are other processes.",
    fix: "Keep messages in the store, and let every client with a subscription look there.",
    needs: ["shared"],
    async check(t, queue, world) {
      const worker = await world.connect()
      const methods = publishing(world.capabilities)
      for (const [method, publish] of methods) await publish(queue, "mail", `${method} before`)
      const seen = await listen(t, worker, "mail")
      await seen.reach(methods.length, "what another client had published")
      for (const [method, publish] of methods) await publish(queue, "mail", `${method} after`)
      await seen.reach(methods.length * 2, "what another client publishes")
      const wanted = methods.flatMap(([method]) => [`${method} before`, `${method} after`])
      t.equal(seen.data.toSorted(), wanted.toSorted())
    },
  }),
  clause("QUEUE-PUB-12", {
    why: "Two workers that both send the mail send it twice.",
    fix: "Let one client take a message from the store in one step.",
    needs: ["shared"],
    async check(t, queue, world) {
      const clients = [queue, await world.connect(), await world.connect()]
      const heard: Deliveries[] = []
      for (const client of clients) heard.push(await listen(t, client, "mail"))
      const all = () => heard.flatMap(({ data }) => data)
      const count = 30
      await Promise.all(Array.from({ length: count }, (_, number) => queue.publish("mail", number)))
      await t.eventually(() => all().length >= count, "every message is delivered")
      await t.never(() => all().length > count, "a message is delivered to two clients")
      t.equal(new Set(all()).size, count, "different messages")
    },
  }),
]
