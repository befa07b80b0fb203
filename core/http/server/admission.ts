import type { ServicesOptions } from "../../services.ts"
import { type Gate, openGate } from "../gate.ts"

export interface AdmissionOptions {
  /** Default: nobody needs a token. */
  readonly gate?: Gate | undefined
  readonly env: NonNullable<ServicesOptions["env"]>
}

/** Who may come in. */
interface Admission {
  readonly gate: Gate
  /** Whether somebody chose who: an open server listens on loopback only, unless its host was chosen. */
  readonly isChosen: boolean
}

/** The one place that decides: tokens of the environment, and one that is made and shown, belong here. */
export async function admissionOf({ gate }: AdmissionOptions): Promise<Admission> {
  return { gate: gate ?? openGate, isChosen: gate !== undefined }
}
