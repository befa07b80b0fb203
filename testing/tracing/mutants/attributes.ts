import { mutants } from "../mutant.ts"

export const attributesMutants: ReturnType<typeof mutants> = mutants({})
