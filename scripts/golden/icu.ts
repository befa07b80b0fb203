import type { SeededRandom } from "../../testing/engine/random.ts"
import { pick } from "./pick.ts"

const LOCALES = (
  "af am ar as az be bg bn bo bs ca ceb chr ckb cs cy da de dz el en es et eu fa fi fil fr ga gl gu ha haw he hi hr " +
  "hu hy id ig is it ja ka kk km kn ko kok ks ku ky lo lt lv mai mg mi mk ml mn mni mr ms mt my ne nl nb om or pa " +
  "pa-Arab pl ps pt qu ro ru sa sat sd si sk sl so sq sr sr-Latn sv sw ta te tg th ti tk to tr tt ug uk ur uz " +
  "uz-Cyrl vai vi wo xh yi yo yue zgh zh zh-Hant zu"
).split(" ")

const REGIONS = "AD AT BR CI CN DE EG FR GB GR IN JP KR LA MX NZ RU SA TH TR UA US VN ZA".split(" ")
const LANGUAGES = "ar de el en es fr he hi ja ka km ko lo my ru sr-Latn ta th tr vi zh-Hant".split(" ")
const CURRENCIES = "BRL CHF CNY EGP EUR GBP INR JPY KRW THB TRY USD".split(" ")
const UNITS = ["day", "hour", "month", "quarter", "week", "year"] as const
const DAY_MS = 86_400_000

/** Names, dates and lists as ICU writes them in many languages, without end. */
export function* icuTexts(random: SeededRandom): Generator<string, never, undefined> {
  for (;;) {
    for (const locale of LOCALES) yield pick(WRITERS, random)(locale, random)
  }
}

const WRITERS: readonly ((locale: string, random: SeededRandom) => string)[] = [
  (locale, random) => {
    const names = new Intl.DisplayNames(locale, { type: "region" })
    return listed(
      locale,
      some(REGIONS, random, (code) => names.of(code) ?? code),
    )
  },
  (locale, random) => {
    const names = new Intl.DisplayNames(locale, { type: "language" })
    return listed(
      locale,
      some(LANGUAGES, random, (code) => names.of(code) ?? code),
    )
  },
  (locale, random) => {
    const currency = pick(CURRENCIES, random)
    const amount = random.integer(10_000_000) / 100
    return new Intl.NumberFormat(locale, { style: "currency", currency, currencyDisplay: "name" }).format(amount)
  },
  (locale, random) => {
    const date = new Date(random.integer(30_000) * DAY_MS + random.integer(DAY_MS))
    return new Intl.DateTimeFormat(locale, { dateStyle: "full", timeStyle: "medium", timeZone: "UTC" }).format(date)
  },
  (locale, random) => {
    const format = new Intl.RelativeTimeFormat(locale, { numeric: "auto" })
    return listed(
      locale,
      some(UNITS, random, (unit) => format.format(random.integer(9) - 4, unit)),
    )
  },
]

function some<Item>(items: readonly Item[], random: SeededRandom, write: (item: Item) => string): string[] {
  return Array.from({ length: 1 + random.integer(3) }, () => write(pick(items, random)))
}

function listed(locale: string, texts: readonly string[]): string {
  return new Intl.ListFormat(locale).format(texts)
}
