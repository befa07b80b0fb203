import { mutants } from "../mutant.ts"

export const spansMutants: ReturnType<typeof mutants> = mutants({})
