import { mutants } from "../mutant.ts"

export const keysMutants = mutants({})
