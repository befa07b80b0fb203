import { mutants } from "../mutant.ts"

export const rangesMutants = mutants({})
