import type { Mutant } from "../../engine/mutant.ts"
import { changed, onlyIn } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import { queueNameProbes } from "../probes.ts"
import { ReferenceQueue } from "../reference/reference-queue.ts"

const trimmed = seam.encodeName("A name with white space at its end means the queue without.", (_, name) => name.trim())
const emptyAccepted = seam.nameIssue("All callers with a missing variable share one queue.", ({ next }, name) =>
  name === "" ? undefined : next(name),
)

/** Whether a name matches one in which * stands for any text. */
function matches(name: string, glob: string): boolean {
  const parts = glob.split("*").map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&"))
  return new RegExp(`^${parts.join("[^]*")}$`).test(name)
}

const table = mutants({
  "QUEUE-NAME-01": {
    "names-lower-cased": seam.encodeName(
      "Two tenants whose names differ in case share a queue.",
      (_, name) => name.toLowerCase(),
      "MySQL, in its usual collations: names that differ in case are equal",
    ),
  },
  "QUEUE-NAME-02": {
    "names-trimmed": trimmed,
  },
  "QUEUE-NAME-03": {
    "names-normalised": seam.encodeName("Two names that a database tells apart are one queue.", (_, name) =>
      name.normalize("NFC"),
    ),
    "names-cut-to-latin": seam.encodeName("All queues of one length in a foreign script are one.", (_, name) =>
      name.replaceAll(/[^\0-\u00ff]/gu, "?"),
    ),
  },
  "QUEUE-NAME-04": {
    "colons-refused": seam.nameIssue(
      "A queue that works in memory is refused in production.",
      ({ next }, name) => (String(name).includes(":") ? "The name of a queue must not have a colon." : next(name)),
      "BullMQ: the name of a queue that has a colon is refused",
    ),
    "dots-become-hyphens": seam.encodeName(
      "mail.urgent and mail-urgent are one queue.",
      (_, name) => name.replaceAll(".", "-"),
      "Amazon SQS: names have no dots, so that adapters put another character there",
    ),
    "names-end-at-nul": seam.encodeName(
      "Names that go on after a NUL are one queue.",
      (_, name) => name.split("\0", 1)[0] ?? "",
    ),
  },
  "QUEUE-NAME-05": {
    "purge-takes-patterns": seam.purge(
      "The purge of a queue with a star in its name empties others.",
      async ({ next, self }, name) => {
        for (const [stored, held] of self.store.queues) {
          const other = stored.slice(self.prefix().length)
          if (other !== name && String(name).includes("*") && matches(other, name)) held.messages.clear()
        }
        return next(name)
      },
      "Redis: KEYS and SCAN take a name for a pattern",
    ),
    "stars-stand-for-the-first-that-fits": seam.encodeName(
      "What is published to a queue with a star in its name goes to another one.",
      ({ self }, name) => {
        const others = [...self.store.queues.keys()].map((stored) => stored.slice(self.prefix().length))
        return (name.includes("*") && others.find((other) => other !== "" && matches(other, name))) || name
      },
    ),
  },
  "QUEUE-NAME-06": {
    "names-percent-decoded": seam.encodeName("Two names that differ only in encoding are one queue.", (_, name) => {
      try {
        return decodeURIComponent(name)
      } catch {
        return name
      }
    }),
  },
  "QUEUE-NAME-07": {
    "names-of-members-refused": seam.nameIssue(
      "A queue that is called constructor cannot be used.",
      ({ next }, name) =>
        typeof name === "string" && name in {} ? "The name of a queue must not be that of a member." : next(name),
    ),
    "sizes-in-an-object": seam.getQueueSize(
      "A queue that is called constructor has a size that is no number.",
      async ({ next }, name) => {
        const size = await next(name)
        const sizes: Record<string, number> = size === 0 ? {} : { [name]: size }
        return sizes[name] ?? 0
      },
    ),
  },
  "QUEUE-NAME-08": {
    "names-cut-at-128": seam.encodeName(
      "Long names that differ only at their end are one queue.",
      (_, name) => name.slice(0, 128),
      "MySQL, not in strict mode: a text that is longer than its column is cut in silence",
    ),
    "middle-of-long-names-left-out": seam.encodeName("Long names that begin and end alike are one queue.", (_, name) =>
      name.length > 200 ? `${name.slice(0, 90)}${name.length}${name.slice(-90)}` : name,
    ),
  },
  "QUEUE-NAME-09": {
    "limit-counts-characters": seam.nameIssue(
      "A name that this queue takes is refused by the next one.",
      ({ next }, name) => {
        const fits = typeof name === "string" && name.length <= 256
        return next(fits ? name.replaceAll(/[^\0-\x7f\ud800-\udfff]/g, "?") : name)
      },
    ),
    "long-names-cut": changed(ReferenceQueue, "Names beyond the limit are one queue, in silence.", {
      nameIssue({ next }, name) {
        return next(typeof name === "string" ? name.slice(0, 256) : name)
      },
      encodeName(_, name) {
        return name.slice(0, 256)
      },
    }),
  },
  "QUEUE-NAME-10": { "empty-name-accepted": emptyAccepted },
  "QUEUE-NAME-11": {
    "names-turned-to-text": changed(ReferenceQueue, "undefined and null become queues that all callers share.", {
      nameIssue({ next }, name) {
        return next(String(name))
      },
      encodeName(_, name) {
        return String(name)
      },
    }),
    "numbers-are-names": changed(
      ReferenceQueue,
      "What is published to the queue 1 is not in the queue of the text 1.",
      {
        nameIssue({ next }, name) {
          return typeof name === "number" ? undefined : next(name)
        },
        encodeName(_, name) {
          return typeof name === "number" ? `number ${name}` : name
        },
      },
    ),
  },
  "QUEUE-NAME-12": {
    "lone-surrogates-replaced": changed(ReferenceQueue, "Different broken names become one queue.", {
      nameIssue({ next }, name) {
        return next(typeof name === "string" ? name.toWellFormed() : name)
      },
      encodeName(_, name) {
        return name.toWellFormed()
      },
    }),
  },
  "QUEUE-NAME-13": {
    "prefix-forgotten": seam.prefix(
      "The staging system handles the messages of production.",
      () => "",
      "BullMQ: queues of one name and prefix in one Redis are one queue, whatever application they are of",
    ),
    "purge-reaches-next-door": seam.purge(
      "One application's purge empties the queue of another.",
      async ({ next, self }, name) => {
        const others = [...self.store.queues].filter(([stored]) => !stored.startsWith(self.prefix()))
        for (const [stored, held] of others) if (stored.endsWith(`:${name}`)) held.messages.clear()
        return next(name)
      },
    ),
  },
})

const { finds = {}, reads, removes, stores } = queueNameProbes
const methods = [...new Set([stores, reads, finds, removes].flatMap((role) => Object.keys(role)))]

/** The proof that names are looked at in each method. */
const ofOneMethod: Mutant<typeof ReferenceQueue>[] = methods.flatMap((method) => [
  { ...onlyIn(ReferenceQueue, method, trimmed), id: `names-trimmed-in-${method}`, breaks: "QUEUE-NAME-02" },
  { ...onlyIn(ReferenceQueue, method, emptyAccepted), id: `empty-name-accepted-in-${method}`, breaks: "QUEUE-NAME-10" },
])

export const nameMutants: readonly Mutant<typeof ReferenceQueue>[] = [...table, ...ofOneMethod]
