/** What adapters share. `asSearch` needs little of it, so programs load the rest with an adapter alone. */
export { analyzerOf } from "./analysis/analyzers.ts"
export { tokensOf } from "./analyzed-text.ts"
export { copied } from "./copied.ts"
export { cursorOf, FIRST_CURSOR, placeOf, type WalkPlace } from "./cursor.ts"
export { changeOf } from "./definition.ts"
export { addedFields, readDocument } from "./document-fields.ts"
export * from "./errors.ts"
export {
  type Field,
  type Fields,
  fieldOf,
  fieldsOf,
  MAX_KEYWORD_LENGTH,
  plainAnalyzerOf,
  visitValues,
} from "./fields.ts"
export { noFacets } from "./no-facets.ts"
export * from "./plan.ts"
export { fieldOfAll, planQuery, type QueriedIndex } from "./plan-query.ts"
export { documentsShown, shownDocument } from "./shown-document.ts"
