/** The store does not keep what was tried. */
export class Unkept extends Error {}
