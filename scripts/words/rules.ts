/** The rules that every message keeps, as predicates. */

/** Marks each text that is passed in as a value: no message may show it. */
export const SECRET = "hunter2"

/** A message that was provoked, or one of the issues that came with it. */
export interface Said {
  /** What provoked it. */
  readonly by: string
  readonly text: string
  readonly kind: "error" | "issue" | "line"
  /** The code of a ServiceError. */
  readonly code?: string
  /** All that a log would show of it. */
  readonly shown: string
}

export interface Rule {
  readonly name: string
  readonly holds: (said: Said) => boolean
}

const MAX_WORDS = 30

const NOT_AT_THE_BEGINNING = /^(What|Whatever|Whoever|Which|This is|These are|It is|That)\b/
const WORDS_OF_OTHERS =
  /\b(invalid|illegal|bad|wrong|please|failed to|unable|oops|sorry|expected|received|too (small|big|long|short)|should|input)\b/i

/** What is no rule about one value, but says at once what is there to choose from, or what happened. */
const NO_RULE = [
  /^The (configuration|configuration of a worker|options of [\w ]+|task|batch) cannot be used\. /,
  /^([\w.[\]]+: )?[Uu]nknown (option$|(option|adapter|service|command) ?\S*; )/,
  /^There is no (file|clause|contract) /,
  /^Option .* argument missing/,
  /^The file \S+ cannot be loaded\. /,
  /see cause\.?$/,
]

/** Rules that no value shows: what must not be, what must be there or left out, and how a text is to look. */
const WITHOUT_A_VALUE = [
  ...NO_RULE,
  /must not /,
  /must be (left out|given|named|set|said|installed)\b/,
  /must (come with|begin with|export|leave) /,
  /must be (a name of its own|the name of a selected service|false, since|manual, since|host:port|a certificate|a URL)/,
  /must be 1 to 64 letters|must have cert and key|must have (3 to 63|at least one of)/,
  /must (be one that list gave|name fields of its index|have at most 400 fields)/,
  /must have \w+ beside it, which its adapter needs|must need \w+ to use it|must be given a /,
  /must be run, list or explain/,
  /must have (another name|(disableOfflineQueue|enableOfflineQueue|autoResend)\w*: )/,
]

export const RULES: readonly Rule[] = [
  {
    name: "begins with a capital, or with the name of a setting",
    holds: ({ kind, text }) =>
      kind === "issue"
        ? /^(must |unknown (option|adapter|service)\b|[A-Z])/.test(text)
        : /^([A-Z]|--[a-z]|[a-z]\w*(\[\d+\])?(\.\S*)?(:| must ))/.test(text),
  },
  {
    name: "ends with a full stop, an issue without",
    holds: ({ kind, text }) => (kind === "issue" ? /[^.;:,\s]$|:$/.test(text) : /[^.]\.$/.test(text)),
  },
  { name: "is of a code that says who is to act", holds: ({ code }) => code !== "INTERNAL" },
  { name: "is one line", holds: ({ text }) => !text.includes("\n") },
  {
    name: "has no sentence that begins with a riddle",
    holds: ({ text }) => sentencesOf(text).every((sentence) => !NOT_AT_THE_BEGINNING.test(sentence)),
  },
  {
    name: `has at most ${MAX_WORDS} words a sentence; a list is one word`,
    holds: ({ text }) => sentencesOf(text).every((sentence) => wordsOf(sentence).length <= MAX_WORDS),
  },
  { name: "blames nobody, in words of our own", holds: ({ text }) => !WORDS_OF_OTHERS.test(text) },
  {
    name: "says must, where it states a rule",
    holds: (said) => !isRefusal(said) || hasForm(said, NO_RULE) || /\bmust\b/.test(said.text),
  },
  {
    name: "says what it got, where a rule is about a value",
    holds: (said) => !isRefusal(said) || hasForm(said, WITHOUT_A_VALUE) || saysWhatItGot(said.text),
  },
  {
    name: "shows no value of users",
    holds: ({ shown, text }) => !shown.includes(SECRET) && !NUMBER_OF_USERS.test(text),
  },
]

/** A number in the place of something else is a value as any other. */
const NUMBER_OF_USERS =
  /must (be|come) (as )?(a string|an array|an object|a function|text|true|a plain|one of|["'])[^;]*; got -?\d/

/** What breaks a rule, each once. */
export function offenders(rule: Rule, said: readonly Said[]): string[] {
  return [...new Set(said.filter((one) => !rule.holds(one)).map(({ by, text }) => `${by}: ${text}`))]
}

function isRefusal({ code }: Said): boolean {
  return code === undefined || code === "INVALID_ARGUMENT" || code === "INVALID_CONFIG"
}

function hasForm({ text }: Said, forms: readonly RegExp[]): boolean {
  return forms.some((form) => form.test(text))
}

/** `; got a string`, or which part of a value is at fault: `; value.user.save is a function`. */
function saysWhatItGot(text: string): boolean {
  return /; got \S/.test(text) || /; (value|data|doc|items)\S* (is|has) /.test(text)
}

/** Lists, such as of options or words to choose from, are one word. */
function wordsOf(sentence: string): string[] {
  return sentence
    .replaceAll(/[^\s,;]+(, [^\s,;]+)+/g, "list")
    .split(/[\s]+/)
    .filter((word) => word !== "")
}

/** Issues stand in the message of their error as well, where each is a sentence of its own. */
function sentencesOf(text: string): string[] {
  return text.split(/(?<=\.) (?=[A-Z])|; (?=[\w?.]+: )/)
}
