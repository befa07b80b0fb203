import { mutants } from "../mutant.ts"

export const partsMutants = mutants({})
