import { mutants } from "../mutant.ts"

export const listingMutants = mutants({})
