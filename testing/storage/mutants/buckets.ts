import { mutants } from "../mutant.ts"

export const bucketsMutants = mutants({})
