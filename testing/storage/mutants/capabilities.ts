import { mutants } from "../mutant.ts"

export const storageCapabilitiesMutants = mutants({})
