/** A test, or a group of tests: its file, and how its title begins. Tests of a contract run on every store: `test/stores`. */
export type Shown = readonly [spec: string, title: string];

/** What is demanded, and what shows it. */
export interface Requirement {
  readonly says: string;
  readonly shownBy: readonly [Shown, ...Shown[]];
}
