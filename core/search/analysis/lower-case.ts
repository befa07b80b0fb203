/**
 * Makes each character of a text lower case, whatever stands beside it: İ becomes i, and each Σ σ.
 * The length stays, so that a part of the text has the same place in both.
 */
export function lowerCase(text: string): string {
  return text.replaceAll("İ", "i").replaceAll("Σ", "σ").toLowerCase()
}
