import { mutants } from "../mutant.ts"

export const puttingMutants = mutants({})
