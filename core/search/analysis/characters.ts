/** What the tokenizer reads of a text. */
export type Characters = Pick<string, "length" | "charCodeAt" | "codePointAt">
