import { type FoundationClauseId, foundationSentences } from "../../../contracts/foundation/clauses.ts"
import type { ErrorIssue } from "../../../contracts/foundation/errors.ts"
import type { Checks } from "../../engine/checks.ts"
import { type Clause, clausesFor } from "../../engine/clause.ts"
import { openedSince, openResources } from "../../engine/resources.ts"
import type { Configuration } from "../../engine/subject.ts"
import { type SharedClient, shownBy } from "../clause.ts"

export function configurationClauses<Client extends SharedClient>(): Clause<Client, never>[] {
  const clause = clausesFor<Client, never, FoundationClauseId>(foundationSentences)
  return [
    clause("CONFIG-01", {
      why: "A misspelt option that is ignored is found in production.",
      fix: "Parse options with a strict schema, and put { path, message } into details.issues.",
      uses: ["configuration"],
      async check(t, _client, world) {
        const { configuration } = world
        const name = `unknown${world.random.word()}`
        t.equal(await refusedPaths(t, configuration, { ...configuration.valid, [name]: 1 }), [name], "paths at fault")
      },
    }),
    clause("CONFIG-02", {
      why: "One deployment for each mistake is too many.",
      fix: "Collect all issues before failing.",
      uses: ["configuration"],
      async check(t, _client, world) {
        const { configuration } = world
        const { invalid, valid } = configuration
        const names = Object.keys(invalid).sort()
        t.ok(names.length > 1, "the subject names at least two invalid options")
        t.equal(await refusedPaths(t, configuration, { ...valid, ...invalid }), names, "paths at fault, together")
        for (const name of names) {
          const paths = await refusedPaths(t, configuration, { ...valid, [name]: invalid[name] })
          t.equal(paths, [name], `paths at fault, ${name} alone`)
        }
      },
    }),
    clause("CONFIG-03", {
      why: "Options hold passwords, and start-up errors are logged.",
      fix: "Name the path and what is expected there, never what was given.",
      uses: ["configuration"],
      async check(t, _client, world) {
        const { configuration } = world
        const secret = `secret-${world.random.word(16)}`
        for (const name of [...Object.keys(configuration.invalid), "unknown"]) {
          for (const value of [{ secret }, secret]) {
            const create = async () => configuration.create({ ...configuration.valid, [name]: value })
            const { error } = await t.outcome(create, "create")
            t.ok(!shownBy(error).includes(secret), `the value of ${name} is shown`)
          }
        }
      },
    }),
    clause("CONFIG-04", {
      why: "A program builds its services before it knows which it needs.",
      fix: "Open sockets and timers when the first method is called.",
      uses: ["configuration"],
      async check(t, _client, world) {
        const { configuration } = world
        const before = openResources()
        const client = await configuration.create(configuration.valid)
        t.equal(openedSince(before), [], "what was opened")
        if (typeof client.close === "function") await t.settles(client.close(), "close of a client that was not used")
      },
    }),
    clause("CONFIG-05", {
      why: "A program starts when it likes, not when its stores allow.",
      fix: "Connect on the first call, and again on the next one when that failed.",
      uses: ["configuration", "faults"],
      async check(t, _client, world) {
        const { configuration } = world
        await world.faults.unreachable()
        const { error, value } = await t.outcome(async () => configuration.create(configuration.valid), "create")
        t.equal(error, undefined, "what making a client rejected with")
        await world.faults.heal()
        const client = value as Client
        if (typeof client.close === "function") await t.settles(client.close(), "close of a client that was not used")
      },
    }),
  ]
}

/** The paths of the issues with which options are refused, sorted. */
async function refusedPaths<Client>(
  t: Checks,
  configuration: Configuration<Client>,
  options: Readonly<Record<string, unknown>>,
): Promise<string[]> {
  const create = async () => configuration.create(options)
  const { error } = await t.outcome(create, "create")
  await t.rejects(() => (error === undefined ? Promise.resolve() : Promise.reject(error)), "INVALID_CONFIG", "create")
  const { issues } = ((error as { details?: unknown }).details ?? {}) as { issues?: readonly ErrorIssue[] }
  return [...new Set(Array.isArray(issues) ? issues.map(({ path }) => path) : [])].sort()
}
