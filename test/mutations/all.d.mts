/** One check that is taken away, and the test that has to notice. */
export interface Mutation {
  /** What is checked, in a few words; unique. */
  readonly check: string;
  /** From `SOURCES`. */
  readonly file: string;
  /** Occurs exactly once in the file. */
  readonly search: string;
  readonly replace: string;
  /** From the root of the repository. */
  readonly spec: string;
  /** A part of the full name of the test that fails. */
  readonly test: string;
}

export declare const SOURCES: string;
export declare const MUTATIONS: readonly Mutation[];
export declare function rowOf(mutation: Mutation): string;
export declare function occurrences(text: string, mutation: Pick<Mutation, 'search'>): number;
