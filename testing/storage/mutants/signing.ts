import { mutants } from "../mutant.ts"

export const signingMutants = mutants({})
