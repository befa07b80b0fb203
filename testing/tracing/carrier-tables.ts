/** Headers that come from elsewhere, and what is to be made of them. */
import { REMOTE, traceparentOf } from "./contexts.ts"

const { spanId, traceId } = REMOTE

export const malformedTraceparents: readonly (readonly [what: string, traceparent: string])[] = [
  ["nothing", ""],
  ["blanks", "   "],
  ["garbage", "garbage"],
  ["a trace id of zeros", `00-${"0".repeat(32)}-${spanId}-01`],
  ["a span id of zeros", `00-${traceId}-${"0".repeat(16)}-01`],
  ["version ff", `ff-${traceId}-${spanId}-01`],
  ["a version of one digit", `0-${traceId}-${spanId}-01`],
  ["a version of three digits", `000-${traceId}-${spanId}-01`],
  ["a version that is no number", `0x-${traceId}-${spanId}-01`],
  ["a version in upper case", `0A-${traceId}-${spanId}-01`],
  ["a trace id in upper case", `00-${traceId.toUpperCase()}-${spanId}-01`],
  ["a span id in upper case", `00-${traceId}-${spanId.toUpperCase()}-01`],
  ["flags in upper case", `00-${traceId}-${spanId}-0A`],
  ["a trace id that is no number", `00-${traceId.slice(1)}g-${spanId}-01`],
  ["a span id that is no number", `00-${traceId}-${spanId.slice(1)}.-01`],
  ["a trace id that is too short", `00-${traceId.slice(1)}-${spanId}-01`],
  ["a trace id that is too long", `00-${traceId}a-${spanId}-01`],
  ["a span id that is too short", `00-${traceId}-${spanId.slice(1)}-01`],
  ["a span id that is too long", `00-${traceId}-${spanId}a-01`],
  ["no flags", `00-${traceId}-${spanId}`],
  ["empty flags", `00-${traceId}-${spanId}-`],
  ["flags of one digit", `00-${traceId}-${spanId}-1`],
  ["flags of three digits", `00-${traceId}-${spanId}-011`],
  ["flags that are no number", `00-${traceId}-${spanId}-.0`],
  ["no trace id", `00-${spanId}-01`],
  ["more after version 00", `00-${traceId}-${spanId}-01-what-is-next`],
  ["a hyphen after version 00", `00-${traceId}-${spanId}-01-`],
  ["more right after the flags of version 01", `01-${traceId}-${spanId}-01.what`],
  ["blanks between the parts", `00 - ${traceId} - ${spanId} - 01`],
  ["other separators", `00_${traceId}_${spanId}_01`],
  ["something before it", `x00-${traceId}-${spanId}-01`],
  ["something before it on a line of its own", `x\n00-${traceId}-${spanId}-01`],
  ["something after it on a line of its own", `00-${traceId}-${spanId}-01\nx`],
  ["a quoted text", `"00-${traceId}-${spanId}-01"`],
  ["a megabyte", `00-${traceId}-${spanId}-01${"1".repeat(1_048_576)}`],
]

export const laterTraceparents: readonly (readonly [what: string, traceparent: string])[] = [
  ["version 01", `01-${traceId}-${spanId}-01`],
  ["version 01 that says more", `01-${traceId}-${spanId}-01-what-is-next`],
  ["version 01 that ends with a hyphen", `01-${traceId}-${spanId}-01-`],
  ["version cc that says more", `cc-${traceId}-${spanId}-01-a.b/c=d`],
  ["version fe", `fe-${traceId}-${spanId}-01`],
]

/** The last bit of the flags alone says that a trace is sampled. */
export const flagsOfTraceparents: readonly (readonly [flags: string, sampled: boolean])[] = [
  ["00", false],
  ["01", true],
  ["02", false],
  ["03", true],
  ["08", false],
  ["fe", false],
  ["ff", true],
]

const traceparent = traceparentOf(REMOTE)
const other = `00-${traceId}-${"b".repeat(16)}-01`

/** Headers of the name `traceparent`, and whether they are one. */
export const severalTraceparents: readonly (readonly [
  what: string,
  carrier: Readonly<Record<string, string | readonly string[]>>,
  isOne: boolean,
])[] = [
  ["a list of one", { traceparent: [traceparent] }, true],
  ["a list of two that are equal", { traceparent: [traceparent, traceparent] }, true],
  ["a list of two that differ", { traceparent: [traceparent, other] }, false],
  ["a list of two, the first malformed", { traceparent: ["garbage", traceparent] }, false],
  ["a list of two, the last malformed", { traceparent: [traceparent, "garbage"] }, false],
  ["an empty list", { traceparent: [] }, false],
  ["two that are equal, joined", { traceparent: `${traceparent},${traceparent}` }, true],
  ["two that are equal, joined with a blank", { traceparent: `${traceparent}, ${traceparent}` }, true],
  ["two that differ, joined", { traceparent: `${traceparent},${other}` }, false],
  ["two that differ in their flags, joined", { traceparent: `${traceparent},${traceparent.slice(0, -1)}0` }, false],
  ["names of two cases, with equal values", { traceparent, Traceparent: traceparent }, true],
  ["names of two cases, with other values", { traceparent, Traceparent: other }, false],
]

/** A `tracestate` with members that are malformed, and what is left of it. */
export const malformedTracestates: readonly (readonly [what: string, given: string, left: string | undefined])[] = [
  ["no member", "", undefined],
  ["commas alone", ",,", undefined],
  ["an empty member", "a=1,,b=2", "a=1,b=2"],
  ["blanks around members", " a=1 ,\tb=2\t", "a=1,b=2"],
  ["a name in upper case", "a=1,B=2,c=3", "a=1,c=3"],
  ["no name", "a=1,=2,c=3", "a=1,c=3"],
  ["no equals sign", "a=1,b,c=3", "a=1,c=3"],
  ["no value", "a=1,b=,c=3", "a=1,c=3"],
  ["a second equals sign", "a=1,b=2=2,c=3", "a=1,c=3"],
  ["a name with a blank", "a=1,b b=2,c=3", "a=1,c=3"],
  ["a name with a dot", "a=1,b.b=2,c=3", "a=1,c=3"],
  ["a value with a control character", "a=1,b=2\u0007,c=3", "a=1,c=3"],
  ["a value outside ASCII", "a=1,b=\u00e9,c=3", "a=1,c=3"],
  ["a name of 257 characters", `a=1,${"b".repeat(257)}=2,c=3`, "a=1,c=3"],
  ["a name of 256 characters", `${"b".repeat(256)}=2,c=3`, `${"b".repeat(256)}=2,c=3`],
  ["a value of 257 characters", `a=1,b=${"2".repeat(257)},c=3`, "a=1,c=3"],
  ["a value of 256 characters", `b=${"2".repeat(256)},c=3`, `b=${"2".repeat(256)},c=3`],
  ["a name of two tenants", "a@b@c=1,d=2", "d=2"],
  ["nothing but malformed ones", "A=1,=2,b", undefined],
  ["a name of a tenant", "tenant@vendor=1,a_b-c*d/e=2", "tenant@vendor=1,a_b-c*d/e=2"],
  [
    "values with all sorts of characters",
    "a=!\"#$%&'()*+-./:;<>?@[]^_`{|}~,b=x y",
    "a=!\"#$%&'()*+-./:;<>?@[]^_`{|}~,b=x y",
  ],
  ["names of object members", "constructor=1,__proto__=2", "constructor=1"],
]

const many = Array.from({ length: 40 }, (_, index) => `m${index}=${index}`)
const long = Array.from({ length: 9 }, (_, index) => `m${index}=${"x".repeat(60)}`)

/** A `tracestate` that is too long or says a name twice, and what is left of it. */
export const longTracestates: readonly (readonly [what: string, given: string, left: string])[] = [
  ["40 members", many.join(","), many.slice(0, 32).join(",")],
  ["32 members", many.slice(0, 32).join(","), many.slice(0, 32).join(",")],
  ["members of 575 characters", long.join(","), long.slice(0, 8).join(",")],
  [
    "members of 512 characters",
    `a=${"x".repeat(253)},b=${"y".repeat(254)}`,
    `a=${"x".repeat(253)},b=${"y".repeat(254)}`,
  ],
  ["members of 513 characters", `a=${"x".repeat(254)},b=${"y".repeat(254)}`, `a=${"x".repeat(254)}`],
  [
    "a member that fits after one that does not",
    `a=${"x".repeat(250)},b=${"y".repeat(250)},c=${"z".repeat(50)},d=1`,
    `a=${"x".repeat(250)},b=${"y".repeat(250)}`,
  ],
  ["a name that comes twice", "a=1,b=2,a=3", "a=3,b=2"],
  ["a name that comes twice, the second time at the end", "a=1,b=2,c=3,b=4", "b=4,a=1,c=3"],
  ["a name that comes three times", "a=1,b=2,a=3,a=4", "a=4,b=2"],
  ["a name that comes twice in a row", "a=1,a=2,b=3", "a=2,b=3"],
]

/** A `baggage` header, and what is read of it. */
export const baggages: readonly (readonly [
  what: string,
  given: string | readonly string[],
  left: Readonly<Record<string, string>> | undefined,
])[] = [
  ["pairs", "tenant=acme,user=7", { tenant: "acme", user: "7" }],
  ["blanks around all", " tenant = acme ,\tuser=7 ", { tenant: "acme", user: "7" }],
  ["percent-encoded text", "name=Zo%C3%AB%20%2C%3B%3D%25,more=a%2Bb+c", { name: "Zo\u00eb ,;=%", more: "a+b+c" }],
  ["text that is encoded twice", "a=%2541", { a: "%41" }],
  ["a malformed percent", "a=1,b=%zz,c=%,d=%4,e=5", { a: "1", e: "5" }],
  ["bytes that are no UTF-8", "a=1,b=%ff,c=%C3,d=4", { a: "1", d: "4" }],
  ["an empty value", "a=1,b=,c=3", { a: "1", b: "", c: "3" }],
  ["no name", "a=1,=2,c=3", { a: "1", c: "3" }],
  ["no equals sign", "a=1,b,c=3", { a: "1", c: "3" }],
  ["an empty member", "a=1,,c=3,", { a: "1", c: "3" }],
  ["an equals sign in a value", "a=b=c", { a: "b=c" }],
  ["properties", "a=1;ttl=3;secret,b=2", { a: "1", b: "2" }],
  ["a name with a blank", "a=1,b b=2,c=3", { a: "1", c: "3" }],
  ["names of object members", "__proto__=1,constructor=2,toString=3", protoPairs()],
  ["nothing but malformed pairs", "=1,b,c=%", undefined],
  ["nothing", "", undefined],
  ["a list", ["a=1,b=2", "c=3"], { a: "1", b: "2", c: "3" }],
]

function protoPairs(): Record<string, string> {
  return Object.fromEntries([
    ["__proto__", "1"],
    ["constructor", "2"],
    ["toString", "3"],
  ])
}
