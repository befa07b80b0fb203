import { expect, it } from "vitest"
import { foldWidth } from "./width.ts"

it.each([
  ["plain カタカナ 東", "plain カタカナ 東"],
  ["Ａｂ１＇", "Ab1'"],
  ["ｱｲｳ･ｰ", "アイウ・ー"],
  ["ｶﾞｳﾞﾜﾞﾊﾟ", "ガヴヷパ"],
  ["カﾞ", "ガ"],
  ["ｱﾞｶﾟ", "ア\u3099カ\u309a"],
  ["かﾞ", "か\u3099"],
  ["ﾞ", "\u3099"],
])("makes of %j %j", (term, folded) => {
  expect(foldWidth(term)).toBe(folded)
})
