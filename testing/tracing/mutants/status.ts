import { mutants } from "../mutant.ts"

export const statusMutants: ReturnType<typeof mutants> = mutants({})
