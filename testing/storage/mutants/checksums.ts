import { mutants } from "../mutant.ts"

export const checksumsMutants = mutants({})
