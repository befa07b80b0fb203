import { mutants } from "../mutant.ts"

export const namesMutants = mutants({})
