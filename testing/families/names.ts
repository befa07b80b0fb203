import type { nameFamily } from "../../contracts/foundation/families.ts"
import type { Checks } from "../engine/checks.ts"
import type { Clause, ClauseWorld } from "../engine/clause.ts"
import { type FamilyOptions, familyClausesFor } from "./clause.ts"
import { areRefused, eachHoldsItsOwn } from "./name-checks.ts"
import { callsOf, plainRead, plainStore, readsOf, remove, removesOf, storesOf } from "./roles.ts"

/** Names are exact, by every method that stores, reads, finds or removes. */
export function nameClauses<Client, Capabilities>(
  options: FamilyOptions<keyof typeof nameFamily, Client, Capabilities>,
): Clause<Client, Capabilities>[] {
  const clause = familyClausesFor(options)
  const { probes } = options
  const distinct = (
    t: Checks,
    client: Client,
    { capabilities }: ClauseWorld<Client, Capabilities>,
    texts: readonly string[],
  ) => {
    const names = texts.filter((text) => probes.isName?.(text, capabilities) ?? true)
    return eachHoldsItsOwn(t, client, probes, names)
  }
  const refused = (t: Checks, client: Client, names: readonly unknown[]) => areRefused(t, client, probes, names)
  return [
    clause("01", {
      why: "Identifiers such as base64 ids differ only in case.",
      fix: "Do not lower-case names.",
      async check(t, client, world) {
        const word = world.random.word()
        await distinct(t, client, world, [
          word,
          word.toUpperCase(),
          `${word}A`,
          `${word}a`,
          "Straße",
          "STRASSE",
          "É",
          "é",
          "Ж",
          "ж",
        ])
      },
    }),
    clause("02", {
      why: "A trimmed name answers for another one.",
      fix: "Do not trim or fold white space.",
      async check(t, client, world) {
        const word = world.random.word()
        const names = [
          word,
          ` ${word}`,
          `${word} `,
          `${word}  `,
          `a ${word}`,
          `a  ${word}`,
          "\t",
          " ",
          "  ",
          "\n",
          ...["\u00a0", "\n", "\r\n", "\u2028", "\u0085", "\ufeff"].flatMap((mark) => [
            `${word}${mark}`,
            `${mark}${word}`,
          ]),
        ]
        await distinct(t, client, world, names)
      },
    }),
    clause("03", {
      why: "Folding or normalising makes two users share one entry.",
      fix: "Encode names as UTF-8 without normalising.",
      async check(t, client, world) {
        const names = [
          "caf\u00e9",
          "cafe\u0301",
          "cafe",
          "ключ",
          "ключи",
          "鍵",
          "鍵鍵",
          "مفتاح",
          "🔑",
          "🔑🔑",
          "👩‍👩‍👧",
          "👩👩👧",
          "👩",
          "♥\ufe0f",
          "♥",
          "ﬁ",
          "fi",
          "Ł",
          "A",
        ]
        await distinct(t, client, world, names)
      },
    }),
    clause("04", {
      why: "Names are built from user input.",
      fix: "Send names in a form that needs no escaping, or escape without loss.",
      async check(t, client, world) {
        const marks = [
          ":",
          "/",
          "\\",
          ".",
          "..",
          "../",
          "-",
          "//",
          "'",
          "''",
          '"',
          "`",
          ",",
          "?",
          "%",
          "<",
          "~",
          "^",
          "!",
          ";",
          "|",
          "&",
          "@",
          "#",
          "$",
          "=",
          "+",
          "{}",
          "()",
        ]
        const controls = ["\0", "\0\0", "\u0001", "\u001b[0m", "\u007f"]
        const word = world.random.word()
        const names = [...marks, ...controls].flatMap((mark) => [
          mark,
          `${word}${mark}`,
          `${mark}${word}`,
          `${word}${mark}x`,
        ])
        await distinct(t, client, world, [
          word,
          ...names,
          `${word}\nx`,
          `${word}\r\nx`,
          `${word}\rx`,
          `${word}::x`,
          "a:b:c:d",
          "a:b:c:e",
          `${word}:x`,
          "0",
          "00",
          "01",
          "1",
          "-1",
          "1.0",
        ])
      },
    }),
    clause("05", {
      why: "A name of user input must not delete or read other names.",
      fix: "Escape the characters of glob and LIKE wherever a name or prefix becomes part of a pattern.",
      async check(t, client, world) {
        const word = world.random.word()
        const plain = [`${word}a`, `${word}b`, `${word}ab`]
        const patterns = ["*", "?", "[ab]", "[a-b]", "\\a", "{a,b}", "_", "%"].map((pattern) => word + pattern)
        const finds = callsOf(client, probes.finds)
        const [reads, removes] = [await readsOf(client, probes), await removesOf(client, probes)]
        const stores = await storesOf(client, probes)
        const [keep, see] = [plainStore(client, probes), plainRead(client, probes)]
        for (const [number, name] of plain.entries()) await keep(client, name, probes.sample(number))
        const areStored = async (when: string) => {
          for (const [number, name] of plain.entries()) {
            t.equal(await see(client, name), probes.sample(number), `${name} ${when}`)
          }
        }
        for (const name of [...patterns, "*", "?"]) {
          for (const [method, read] of reads) t.equal(await read(client, name), undefined, `${method} of ${name}`)
          for (const [method, find] of finds) t.equal(await find(client, name), false, `${method} of ${name}`)
          for (const [method, take] of removes) {
            await take(client, name)
            await areStored(`after ${method} of ${name}`)
            await keep(client, name, probes.sample(9))
            t.ok(Boolean(await take(client, name)), `${method} of ${name} that is stored found nothing`)
          }
          for (const [method, store] of stores) {
            await store(client, name, probes.sample(9))
            t.equal(await see(client, name), probes.sample(9), `${name} that ${method} stored`)
            await remove(client, probes, name)
          }
        }
        await areStored("afterwards")
      },
    }),
    clause("06", {
      why: "URLs are common names, and two of them differ only in encoding.",
      fix: "Never decode a name that was not encoded by the adapter itself.",
      async check(t, client, world) {
        const word = world.random.word()
        // Of marks and white space at the ends other clauses tell.
        const encoded = ["%2f", "%3f", "%252f", "%20x", " x", "+x", "%61", "a", "%"]
        await distinct(t, client, world, [...encoded.map((end) => word + end), "&amp;", "&"])
      },
    }),
    clause("07", {
      why: "A store on a plain object answers them with its prototype, or is poisoned by them.",
      fix: "Use a Map, or an object without prototype and defineProperty.",
      async check(t, client, world) {
        const names = [
          "__proto__",
          "constructor",
          "prototype",
          "toString",
          "hasOwnProperty",
          "valueOf",
          "__defineGetter__",
          "length",
        ]
        const reads = await readsOf(client, probes)
        for (const name of names) {
          for (const [method, read] of reads) {
            t.equal(await read(client, name), undefined, `${method} of ${name} before it is stored`)
          }
          for (const [method, find] of callsOf(client, probes.finds)) {
            t.equal(await find(client, name), false, `${method} of ${name} before it is stored`)
          }
        }
        await distinct(t, client, world, names)
        t.equal(({} as { polluted?: unknown }).polluted, undefined, "Object.prototype")
      },
    }),
    clause("08", {
      why: "Cut names make strangers share an entry.",
      fix: "Do not cut or hash names to fewer bits than a collision-free digest has.",
      async check(t, client, world) {
        const mostBytes = probes.maxNameBytes(world.capabilities)
        const stem = "k".repeat(mostBytes - 1)
        const wide = "é".repeat(Math.floor(mostBytes / 2) - 1)
        const half = "k".repeat(Math.floor(mostBytes / 2) - 1)
        const middles = [`${half}a${half}`, `${half}b${half}`]
        await distinct(t, client, world, [`${stem}a`, `${stem}b`, stem, `${wide}a`, `${wide}b`, `${wide}é`, ...middles])
      },
    }),
    clause("09", {
      why: "Each store has another limit; only a common one is portable.",
      fix: "Count UTF-8 bytes, not characters, and refuse what is over the limit, as the checks of arguments in @objectos/sdk/contracts do.",
      async check(t, client, world) {
        const mostBytes = probes.maxNameBytes(world.capabilities)
        await refused(t, client, [
          "k".repeat(mostBytes + 1),
          "é".repeat(Math.floor(mostBytes / 2) + 1),
          "🔑".repeat(mostBytes),
        ])
      },
    }),
    clause("10", {
      why: "An empty name is nearly always a missing variable.",
      fix: "Refuse the empty string in every method that takes a name, as the checks of arguments in @objectos/sdk/contracts do.",
      async check(t, client) {
        await refused(t, client, [""])
      },
    }),
    clause("11", {
      why: "undefined and null turn into names that all callers share.",
      fix: "Check its type before anything else, as the checks of arguments in @objectos/sdk/contracts do.",
      async check(t, client) {
        const wrong = [
          undefined,
          null,
          1,
          1n,
          true,
          {},
          ["key"],
          Symbol("key"),
          new String("key"),
        ] as unknown as string[]
        await refused(t, client, wrong)
        for (const text of ["undefined", "null", "1", "true", "[object Object]", "key"]) {
          t.equal(await plainRead(client, probes)(client, text), undefined, `${text} afterwards`)
        }
      },
    }),
    clause("12", {
      why: "UTF-8 has no form for it, so different names would become one.",
      fix: "Refuse names for which isWellFormed() is false, as the checks of arguments in @objectos/sdk/contracts do.",
      async check(t, client, world) {
        await refused(t, client, ["\ud800", "a\udc00", "\udc00\ud800", `${world.random.word()}\ud83d`])
      },
    }),
    clause("13", {
      why: "Two applications that both keep user:1 would serve each other's users.",
      fix: "Put this service's own prefix before the name in every command, in those that remove and in batches too.",
      needs: ["shared"],
      async check(t, client, world) {
        const neighbour = await world.neighbour()
        const [mine, theirs] = [probes.sample(1), probes.sample(2)]
        const ofTheirs = () => plainRead(neighbour, probes)(neighbour, "name")
        const keep = plainStore(neighbour, probes)
        await keep(neighbour, "name", theirs)
        for (const [method, read] of await readsOf(client, probes)) {
          t.equal(await read(client, "name"), undefined, `${method} of a name that only the other service has`)
        }
        for (const [method, find] of callsOf(client, probes.finds)) {
          t.equal(await find(client, "name"), false, `${method} of a name that only the other service has`)
        }
        for (const [method, list] of callsOf(client, probes.lists)) {
          const has = (await list(client)).includes("name")
          t.ok(!has, `${method} has a name that only the other service has`)
        }
        for (const [method, take] of await removesOf(client, probes)) {
          await take(client, "name")
          t.equal(await ofTheirs(), theirs, `theirs after my ${method}`)
        }
        for (const [method, store] of await storesOf(client, probes)) {
          await store(client, "name", mine)
          t.equal(await plainRead(client, probes)(client, "name"), mine, `mine after my ${method}`)
          t.equal(await ofTheirs(), theirs, `theirs after my ${method}`)
          await remove(client, probes, "name")
        }
      },
    }),
  ]
}
