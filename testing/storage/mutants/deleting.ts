import { mutants } from "../mutant.ts"

export const deletingMutants = mutants({})
