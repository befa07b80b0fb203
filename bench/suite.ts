import type { Place } from "./places.ts"

/** What is measured in one child process. */
export type Target = Timed | Measured

/** The two targets of a row. */
export type TargetName = "ours" | "baseline"

/** `run` does `count` operations and checks each answer; what counts is how many it does in a second. */
export interface Timed {
  run(count: number): Promise<void>
  close?(): Promise<void>
}

/** A number, or one for each part of a row. */
export type Score = number | Readonly<Record<string, number>>

/** `measure` finds the number itself: bytes, a part of something. */
export interface Measured {
  measure(): Promise<Score>
  close?(): Promise<void>
}

/** Where a server is that speaks S3, and its keys. */
export interface S3Place {
  readonly endpoint: string
  readonly region: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

/** Servers that targets need, started by the parent. */
export interface Servers {
  readonly redisPort?: number
  readonly postgresUrl?: string
  readonly s3?: S3Place
  readonly elasticsearchEndpoint?: string
  /** The program that runs Lucene. */
  readonly lucene?: string
  /** The folder that `--data` names. */
  readonly data?: string
  /** Of servers of our own on the loopback interface: what they cost is not the row's. */
  readonly s3Double?: S3Place
  readonly gcsDouble?: { readonly endpoint: string; readonly projectId: string }
}

/** A server, as a row names what it needs. */
export type ServerName = "postgres" | "redis" | "s3" | "elasticsearch" | "lucene" | "s3Double" | "gcsDouble"

export interface Row {
  readonly name: string
  readonly ours: (servers: Servers) => Promise<Target>
  /** Without one, what ours measured is itself compared with the goal. */
  readonly baseline?: (servers: Servers) => Promise<Target>
  /** What the baseline is, for the table. */
  readonly baselineName?: string
  /** What the ratio to the baseline is to reach. */
  readonly goal?: number
  /** What keeps it from the goal, where that is known: shown while it is missed. */
  readonly limit?: string
  /** Default: higher. */
  readonly better?: "higher" | "lower"
  /** What a measured target gives, for the table. */
  readonly unit?: string
  /** Every round gives the same, so one is enough. */
  readonly exact?: boolean
  /** Operations in a second of this process's processor, not of the clock: steadier beside a server. */
  readonly cpu?: boolean
  readonly needs?: readonly ServerName[]
  /** Where its files are. */
  readonly place?: Place
  /** It reads the data that `--data` names. */
  readonly data?: true
  /** What its targets measure at once, each a row of the result with a goal of its own. */
  readonly parts?: Readonly<Record<string, Part>>
  /** The package of the peer that is the baseline: the row runs where it is installed. */
  readonly peer?: string
}

export interface Part {
  readonly goal?: number
  readonly unit?: string
}

export interface Suite {
  readonly name: string
  readonly rows: readonly Row[]
}

/** One line of the result, as in the JSON file. */
export interface RowResult {
  readonly suite: string
  readonly row: string
  /** Median over the rounds of ours divided by the baseline, where there is one. */
  readonly ratio?: number
  /** Median of what a measured target gave, and its unit. Speeds are not shown: they say more of the machine. */
  readonly ours?: number
  readonly unit?: string
  readonly goal?: number
  readonly better: "higher" | "lower"
  /** Whether the worst quartile of the rounds meets the goal. */
  readonly met?: boolean
  /** Interquartile range over median. */
  readonly spread: number
  readonly baseline?: string
  readonly limit?: string
}

/** Of one round. */
export type Scores = Partial<Record<TargetName, Score>>

export function summarise(suite: string, row: Row, rounds: readonly Scores[]): RowResult[] {
  if (row.parts === undefined) return [summary(suite, row, (target) => rounds.map((round) => numberOf(round[target])))]
  const { goal: _, unit: __, ...whole } = row
  return Object.entries(row.parts).map(([name, part]) => {
    const scores = (target: TargetName) => rounds.map((round) => numberOf(round[target], name))
    return summary(suite, { ...whole, ...part, name: `${row.name}, ${name}` }, scores)
  })
}

function numberOf(score: Score | undefined, part = ""): number {
  return (typeof score === "object" ? score[part] : score) ?? Number.NaN
}

function summary(suite: string, row: Row, scores: (target: TargetName) => number[]): RowResult {
  const { name, goal, better = "higher", unit, baselineName, limit } = row
  const ours = inOrder(scores("ours"))
  const baseline = row.baseline && scores("baseline")
  const compared = baseline ? inOrder(scores("ours").map((score, round) => score / (baseline[round] ?? 0))) : ours
  const [low, median, high] = [quantile(compared, 0.25), quantile(compared, 0.5), quantile(compared, 0.75)]
  const met = goal === undefined ? undefined : better === "higher" ? low >= goal : high <= goal
  return {
    suite,
    row: name,
    ...(baseline && { ratio: round(median) }),
    ...(unit !== undefined && { ours: round(quantile(ours, 0.5)), unit }),
    ...(goal !== undefined && met !== undefined && { goal, met }),
    better,
    spread: round((high - low) / median),
    ...(baselineName !== undefined && { baseline: baselineName }),
    ...(met === false && limit !== undefined && { limit }),
  }
}

function inOrder(numbers: readonly number[]): number[] {
  return [...numbers].sort((left, right) => left - right)
}

function quantile(sorted: readonly number[], part: number): number {
  const position = (sorted.length - 1) * part
  const [below = 0, above = 0] = [sorted[Math.floor(position)], sorted[Math.ceil(position)]]
  return below + (above - below) * (position - Math.floor(position))
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000
}
