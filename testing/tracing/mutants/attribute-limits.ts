import { mutants } from "../mutant.ts"

export const attributeLimitsMutants: ReturnType<typeof mutants> = mutants({})
