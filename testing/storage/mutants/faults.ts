import { mutants } from "../mutant.ts"

export const faultsMutants = mutants({})
