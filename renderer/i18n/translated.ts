/** A table with the same keys and other words. What is missing, or too much, does not compile. */
export type Translated<T> = {
  readonly [K in keyof T]: T[K] extends string
    ? string
    : T[K] extends readonly string[]
      ? Strings<T[K]>
      : Translated<T[K]>;
};

type Strings<A extends readonly string[]> = { readonly [I in keyof A]: string };
