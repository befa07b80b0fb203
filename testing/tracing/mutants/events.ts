import { mutants } from "../mutant.ts"

export const eventsMutants: ReturnType<typeof mutants> = mutants({})
