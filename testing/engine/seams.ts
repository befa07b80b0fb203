import type { Variant } from "./mutant.ts"

/** The text of the changes that mutants were made of, by their class. */
const texts = new WeakMap<object, string>()

/** The text of what is wrong with a mutant: when it changes, the mutant does. */
export function textOf(implementation: unknown): string {
  return texts.get(implementation as object) ?? String(implementation)
}

/** The class of a reference implementation. */
export type ReferenceClass<Reference> = new (...args: never[]) => Reference

type InstanceOf<Class> = Class extends ReferenceClass<infer Reference> ? Reference : never
type AnyMethod = (...args: never[]) => unknown
type MethodOf<Reference, Name extends keyof Reference> = Extract<Reference[Name], AnyMethod>

/** What a changed method is given beside its arguments. */
export interface SeamCall<Reference, Name extends keyof Reference> {
  /** The method as the reference has it. */
  readonly next: (...args: Parameters<MethodOf<Reference, Name>>) => ReturnType<MethodOf<Reference, Name>>
  readonly self: Reference
}

type Change<Reference, Name extends keyof Reference> = (
  call: SeamCall<Reference, Name>,
  ...args: Parameters<MethodOf<Reference, Name>>
) => ReturnType<MethodOf<Reference, Name>>

/** A function for each method of a reference: it makes a mutant that has another one in its place. */
export type Seams<Class extends ReferenceClass<unknown>> = {
  readonly [Name in keyof InstanceOf<Class> as InstanceOf<Class>[Name] extends AnyMethod ? Name : never]: (
    why: string,
    change: Change<InstanceOf<Class>, Name>,
    source?: string,
  ) => Variant<Class>
}

/**
 * The seams of a reference: one call makes a mutant of one changed method.
 *
 * @example
 * const seam = seamsOf(ReferenceCache)
 * seam.encodeKey("Two base64 ids share one entry.", ({ next }, key) => next(key.toLowerCase()))
 */
export function seamsOf<Class extends ReferenceClass<object>>(Reference: Class): Seams<Class> {
  return new Proxy({} as Seams<Class>, {
    get: (_, name) => (why: string, change: MethodChange<object>, source?: string) =>
      subclass(why, withMethod(Reference, name, change), source),
  })
}

/** Methods in the place of those of a reference. */
export type Changes<Reference> = {
  readonly [Name in keyof Reference as Reference[Name] extends AnyMethod ? Name : never]?: Change<Reference, Name>
}

/** A mutant of several changed methods. */
export function changed<Class extends ReferenceClass<object>>(
  Reference: Class,
  why: string,
  changes: Changes<InstanceOf<Class>>,
  source?: string,
): Variant<Class> {
  return subclass(why, withMethods(Reference, changes as unknown as Record<string, MethodChange<object>>), source)
}

/** A mutant that needs a member of its own: a subclass of the reference. */
export function subclass<Class>(why: string, implementation: Class, source?: string): Variant<Class> {
  return { why, implementation, ...(source !== undefined && { source }) }
}

/** The methods that a mutant has changed. */
export function changedMethods({ implementation }: Variant<ReferenceClass<object>>): string[] {
  return Object.getOwnPropertyNames(implementation.prototype).filter((name) => name !== "constructor")
}

/**
 * A mutant whose changed methods act only while one public method runs, up to the first time that it waits. A reference
 * does its work before, so this is a mutant of that method. A generator cannot be one.
 */
export function onlyIn<Class extends ReferenceClass<object>>(
  Reference: Class,
  method: string,
  mutant: Variant<Class>,
): Variant<Class> {
  const running = new WeakSet<object>()
  const changes: Record<string, MethodChange<object>> = {
    [method]({ next, self }, ...args) {
      running.add(self)
      try {
        return next(...args)
      } finally {
        running.delete(self)
      }
    },
  }
  for (const name of changedMethods(mutant)) {
    const broken: (...args: unknown[]) => unknown = mutant.implementation.prototype[name]
    changes[name] = ({ next, self }, ...args) => (running.has(self) ? broken.apply(self, args) : next(...args))
  }
  const implementation = withMethods(Reference, changes)
  texts.set(implementation, `${textOf(implementation)}\n${textOf(mutant.implementation)}`)
  return { ...mutant, why: `Only in ${method}: ${mutant.why}`, implementation }
}

/** A mutant of one public method that begins its work when its caller has gone on. */
export function begunLate<Class extends ReferenceClass<object>>(
  Reference: Class,
  method: string,
  why: string,
): Variant<Class> {
  const late: MethodChange<object> = async ({ next }, ...args) => {
    await Promise.resolve()
    return next(...args)
  }
  return { why, implementation: withMethods(Reference, { [method]: late }) }
}

/** A change of a method whose name comes from a table, so that its arguments are not known. */
export type MethodChange<Reference> = (
  call: { readonly next: (...args: unknown[]) => unknown; readonly self: Reference },
  ...args: unknown[]
) => unknown

/** A subclass of a reference that has another method in the place of one. */
export function withMethod<Class extends ReferenceClass<object>>(
  Reference: Class,
  name: string | symbol,
  change: MethodChange<InstanceOf<Class>>,
): Class {
  return withMethods(Reference, { [name]: change })
}

/** A subclass of a reference that has other methods in the place of some. */
export function withMethods<Class extends ReferenceClass<object>>(
  Reference: Class,
  changes: Readonly<Record<string | symbol, MethodChange<InstanceOf<Class>>>>,
): Class {
  const Mutated = class extends (Reference as ReferenceClass<object>) {}
  for (const name of Reflect.ownKeys(changes)) {
    const original = Reference.prototype[name]
    const change = changes[name]
    if (typeof original !== "function" || change === undefined)
      throw new Error(`A seam must be a method; ${String(name)} is none.`)
    Object.defineProperty(Mutated.prototype, name, {
      configurable: true,
      writable: true,
      value(this: InstanceOf<Class>, ...args: unknown[]) {
        return change({ next: (...given) => Reflect.apply(original, this, given), self: this }, ...args)
      },
    })
  }
  const told = Reflect.ownKeys(changes).map((name) => `${String(name)}: ${String(changes[name])}`)
  texts.set(Mutated, [texts.get(Reference), ...told].join("\n"))
  return Mutated as unknown as Class
}
