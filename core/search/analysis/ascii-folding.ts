/** Ranges in which a character is folded to its letters without marks, by Unicode's decompositions. */
const DECOMPOSED: readonly (readonly [number, number])[] = [
  [0xe0, 0x24f],
  [0x1d62, 0x1d65],
  [0x1e00, 0x1eff],
  [0x2039, 0x2094],
  [0x24d0, 0x24e9],
  [0x2c7c, 0x2c7c],
  [0xfb00, 0xfb04],
  [0xfb06, 0xfb06],
  [0xff01, 0xff5e],
]

/** What folds to a text though decompositions do not say so, or say otherwise. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  "'": "‘’",
  "/": "⁄",
  A: "ᴀ",
  AE: "ᴁ",
  B: "ʙᴃ",
  C: "ʗᴄ",
  D: "ᴅᴆ",
  E: "ᴇⱻ",
  F: "ꜰꟻ",
  G: "ǥǧɢʛ",
  H: "ʜ",
  I: "ɪᵻꟾ",
  J: "ᴊ",
  K: "ᴋ",
  L: "ʟᴌ",
  M: "ᴍꟽꟿ",
  N: "ɴᴎ",
  O: "ᴏᴐ",
  OE: "ɶ",
  OU: "ᴕ",
  P: "ᴘ",
  R: "ʀʁᴙᴚ",
  S: "ꜱꞅ",
  T: "ᴛ",
  U: "ᴜᵾ",
  V: "ᴠ",
  W: "ᴡ",
  Y: "ʏ",
  Z: "ᴢ",
  a: "ɐəɚᶏᶕẚₔⱥ",
  aa: "ꜳ",
  ae: "æǣǽᴂ",
  ao: "ꜵ",
  au: "ꜷ",
  av: "ꜹꜻ",
  ay: "ꜽ",
  b: "ƀƃɓᵬᶀ",
  c: "ƈȼɕↄꜿ",
  d: "ðđƌȡɖɗᵭᶁᶑꝺ",
  db: "ȸ",
  dz: "ʣʥ",
  e: "ǝɇɘɛɜɝɞʚᴈᶒᶓᶔⱸ",
  f: "ƒᵮᶂẛꝼ",
  g: "ɠɡᵷᵹᶃꝿ",
  h: "ħɥɦʮʯⱨⱶ",
  hv: "ƕ",
  i: "ıɨᴉᵼᶖ",
  j: "ȷɉɟʄʝ",
  k: "ƙʞᶄⱪꝁꝃꝅ",
  l: "ŀłƚȴɫɬɭᶅⱡꝇꝉꞁ",
  ll: "ỻ",
  ls: "ʪ",
  lz: "ʫ",
  m: "ɯɰɱᵯᶆ",
  n: "ŉŋƞȵɲɳᵰᶇ",
  o: "øǿɔɵᴖᴗᶗⱺꝋꝍ",
  oe: "œᴔ",
  oo: "ꝏ",
  ou: "ȣ",
  p: "ƥᵱᵽᶈꝑꝓꝕꟼ",
  q: "ĸɋʠꝗꝙ",
  qp: "ȹ",
  r: "ɍɼɽɾɿᵲᵳᶉꝛꞃ",
  s: "ȿʂᵴᶊẜẝ",
  ss: "ß",
  t: "ŧƫƭȶʇʈᵵⱦ",
  tc: "ʨ",
  th: "þᵺꝧ",
  ts: "ʦ",
  tz: "ꜩ",
  u: "ʉᶙ",
  ue: "ᵫ",
  v: "ʋʌᶌⱱⱴꝟ",
  vy: "ꝡ",
  w: "ƿʍⱳ",
  x: "ᶍ",
  y: "ƴɏʎỿ",
  z: "ƶȝȥɀʐʑᵶᶎⱬꝣ",
}

let table: ReadonlyMap<number, string> | undefined

/**
 * Replaces characters of a lower-case term by the ASCII characters that they are variants of, as Lucene's ASCIIFoldingFilter does.
 * It knows what can stand in a token of the tokenizer.
 */
export function foldToAscii(term: string): string {
  table ??= new Map([...decomposed(), ...exceptions()])
  let folded = ""
  let done = 0
  for (let at = 0; at < term.length; at++) {
    const code = term.charCodeAt(at)
    const letters = code > 127 ? table.get(code) : undefined
    if (letters === undefined) continue
    folded += term.slice(done, at) + letters
    done = at + 1
  }
  return folded + term.slice(done)
}

function* decomposed(): Generator<[number, string]> {
  for (const [first, last] of DECOMPOSED) {
    for (let code = first; code <= last; code++) {
      const character = String.fromCharCode(code)
      const letters = character.normalize("NFKD").replace(/\p{M}/gu, "")
      if (/^[\0-\x7f]+$/.test(letters)) yield [code, letters]
    }
  }
}

function* exceptions(): Generator<[number, string]> {
  for (const [letters, characters] of Object.entries(EXCEPTIONS)) {
    for (const character of characters) yield [character.charCodeAt(0), letters]
  }
}
