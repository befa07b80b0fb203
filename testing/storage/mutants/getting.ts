import { mutants } from "../mutant.ts"

export const gettingMutants = mutants({})
