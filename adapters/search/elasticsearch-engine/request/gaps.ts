/** An analyzer of indexes, for phrases of which some places have no word that counts. */
export const GAP_ANALYZER = "objectos_gaps"

/** Stands in those places, and is dropped. */
export const GAP_WORD = "objectosgap"

/** What the settings of an index say of it. */
export const gapAnalysis = {
  analyzer: { [GAP_ANALYZER]: { type: "custom", tokenizer: "standard", filter: ["objectos_gap"] } },
  filter: { objectos_gap: { type: "stop", stopwords: [GAP_WORD] } },
} as const
