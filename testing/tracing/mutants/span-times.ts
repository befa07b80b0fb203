import { mutants } from "../mutant.ts"

export const spanTimesMutants: ReturnType<typeof mutants> = mutants({})
