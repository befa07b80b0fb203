import { mutants } from "../mutant.ts"

export const metadataMutants = mutants({})
