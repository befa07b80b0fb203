import { mutants } from "../mutant.ts"

export const conditionsMutants = mutants({})
