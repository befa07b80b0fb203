import { mutants } from "../mutant.ts"

export const clientsMutants = mutants({})
