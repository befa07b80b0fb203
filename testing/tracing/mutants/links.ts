import { mutants } from "../mutant.ts"

export const linksMutants: ReturnType<typeof mutants> = mutants({})
