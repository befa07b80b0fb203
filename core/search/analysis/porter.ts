type Rule = readonly [suffix: string, replacement: string]

/** Rules by the letter before the last of their suffix, so that few need a look. Of one word's rules the first counts. */
function rulesOf(rules: readonly Rule[]): ReadonlyMap<string, readonly Rule[]> {
  const byLetter = new Map<string, Rule[]>()
  for (const rule of rules) {
    const letter = rule[0].at(-2) ?? ""
    byLetter.set(letter, [...(byLetter.get(letter) ?? []), rule])
  }
  return byLetter
}

const ALLOWED_WITH_ION = /[st]$/

const doubleSuffixes = rulesOf([
  ["ational", "ate"],
  ["tional", "tion"],
  ["enci", "ence"],
  ["anci", "ance"],
  ["izer", "ize"],
  ["bli", "ble"],
  ["alli", "al"],
  ["entli", "ent"],
  ["eli", "e"],
  ["ousli", "ous"],
  ["ization", "ize"],
  ["ation", "ate"],
  ["ator", "ate"],
  ["alism", "al"],
  ["iveness", "ive"],
  ["fulness", "ful"],
  ["ousness", "ous"],
  ["aliti", "al"],
  ["iviti", "ive"],
  ["biliti", "ble"],
  ["logi", "log"],
])

const adjectiveSuffixes = rulesOf([
  ["icate", "ic"],
  ["ative", ""],
  ["alize", "al"],
  ["iciti", "ic"],
  ["ical", "ic"],
  ["ful", ""],
  ["ness", ""],
])

const endings = rulesOf(
  ["al", "ance", "ence", "er", "ic", "able", "ible", "ant", "ement", "ment", "ent", "ion", "ou"]
    .concat(["ism", "ate", "iti", "ous", "ive", "ize"])
    .map((suffix) => [suffix, ""]),
)

/**
 * Takes the endings off an English word, in lower case, by Porter's algorithm of 1980 with its author's two later rules (`bli`, `logi`).
 * This is the stemmer of Lucene's PorterStemFilter. A letter that is not English counts as a consonant.
 */
export function stem(word: string): string {
  if (word.length < 3) return word
  const verb = withoutVerbEnding(withoutPlural(word))
  const noun = verb.endsWith("y") && hasVowel(verb.slice(0, -1)) ? `${verb.slice(0, -1)}i` : verb
  return withoutFinalE(withoutEnding(replaced(replaced(noun, doubleSuffixes), adjectiveSuffixes)))
}

function withoutPlural(word: string): string {
  if (word.endsWith("sses") || word.endsWith("ies")) return word.slice(0, -2)
  return word.endsWith("s") && !word.endsWith("ss") ? word.slice(0, -1) : word
}

function withoutVerbEnding(word: string): string {
  if (word.endsWith("eed")) return measure(word.slice(0, -3)) > 0 ? word.slice(0, -1) : word
  const length = word.endsWith("ed") ? 2 : word.endsWith("ing") ? 3 : 0
  const rest = word.slice(0, word.length - length)
  if (length === 0 || !hasVowel(rest)) return word
  if (/(?:at|bl|iz)$/.test(rest)) return `${rest}e`
  if (endsInDoubleConsonant(rest)) return /[lsz]$/.test(rest) ? rest : rest.slice(0, -1)
  return measure(rest) === 1 && endsInShortSyllable(rest) ? `${rest}e` : rest
}

/** Replaces the suffix if enough of the word stands before it. */
function replaced(word: string, rules: ReadonlyMap<string, readonly Rule[]>): string {
  const rule = ruleFor(word, rules)
  if (rule === undefined) return word
  const rest = word.slice(0, -rule[0].length)
  return measure(rest) > 0 ? rest + rule[1] : word
}

function withoutEnding(word: string): string {
  const suffix = ruleFor(word, endings)?.[0]
  if (suffix === undefined) return word
  const rest = word.slice(0, -suffix.length)
  if (suffix === "ion" && !ALLOWED_WITH_ION.test(rest)) return word
  return measure(rest) > 1 ? rest : word
}

function withoutFinalE(word: string): string {
  const syllables = measure(word)
  const rest = word.slice(0, -1)
  const dropsE = word.endsWith("e") && (syllables > 1 || (syllables === 1 && !endsInShortSyllable(rest)))
  const short = dropsE ? rest : word
  return syllables > 1 && short.endsWith("ll") ? short.slice(0, -1) : short
}

function ruleFor(word: string, rules: ReadonlyMap<string, readonly Rule[]>): Rule | undefined {
  return rules.get(word.at(-2) ?? "")?.find(([suffix]) => word.endsWith(suffix))
}

/** How often consonants follow vowels in it. */
function measure(word: string): number {
  let count = 0
  let afterVowel = false
  for (let at = 0; at < word.length; at++) {
    const vowel = isVowel(word, at, afterVowel)
    if (afterVowel && !vowel) count++
    afterVowel = vowel
  }
  return count
}

function hasVowel(word: string): boolean {
  let afterVowel = false
  for (let at = 0; at < word.length && !afterVowel; at++) afterVowel = isVowel(word, at, afterVowel)
  return afterVowel
}

/** A `y` is a vowel after a consonant, but not at the beginning. */
function isVowel(word: string, at: number, afterVowel: boolean): boolean {
  switch (word[at]) {
    case "a":
    case "e":
    case "i":
    case "o":
    case "u":
      return true
    case "y":
      return at > 0 && !afterVowel
    default:
      return false
  }
}

function endsInDoubleConsonant(word: string): boolean {
  return word.length > 1 && word.at(-1) === word.at(-2) && !endsInVowel(word)
}

/** Consonant, vowel, consonant other than w, x and y. Where an `e` was taken off, it comes back after these. */
function endsInShortSyllable(word: string): boolean {
  if (word.length < 3 || /[wxy]$/.test(word)) return false
  return !endsInVowel(word) && endsInVowel(word.slice(0, -1)) && !endsInVowel(word.slice(0, -2))
}

function endsInVowel(word: string): boolean {
  let vowel = false
  for (let at = 0; at < word.length; at++) vowel = isVowel(word, at, vowel)
  return vowel
}
