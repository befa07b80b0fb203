import { mutants } from "../mutant.ts"

export const copyingMutants = mutants({})
