import { SEARCH_MAX_FIELDS } from "../../contracts/search/arguments.ts"
import type { IndexDefinition } from "../../contracts/search/search.ts"
import { preconditionFailed, tooManyFields } from "./errors.ts"
import { type Field, type Fields, fieldsOf, isBesides } from "./fields.ts"

export interface DefinitionChange {
  /** Those that are new, and those with another boost. */
  readonly changed: readonly Field[]
  readonly synonyms: NonNullable<IndexDefinition["synonyms"]>
}

/**
 * What a definition changes of an index that is there.
 *
 * @throws ServiceError PRECONDITION_FAILED where a field has another type, analyzer or use; INVALID_ARGUMENT for too many
 * fields.
 */
export function changeOf(fields: Fields, definition: IndexDefinition): DefinitionChange {
  const changed: Field[] = []
  let added = 0
  for (const [path, field] of fieldsOf(definition)) {
    const before = fields.get(path)
    if (before === undefined) {
      if (!isBesides(path, fields.keys())) throw preconditionFailed("definition")
      added++
    } else if (!areSame(before, { ...field, boost: before.boost })) throw preconditionFailed("definition")
    if (before === undefined || before.boost !== field.boost) changed.push(field)
  }
  if (fields.size + added > SEARCH_MAX_FIELDS) throw tooManyFields(SEARCH_MAX_FIELDS)
  return { changed, synonyms: definition.synonyms ?? [] }
}

function areSame(one: Field, other: Field): boolean {
  return (Object.keys(one) as (keyof Field)[]).every((key) => one[key] === other[key])
}
