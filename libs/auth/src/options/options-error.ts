/** Takes one problem: the option it is in, what is wrong with it, and what to do. Never the value. */
export type Report = (option: string, problem: string, remedy?: string) => void;

/** Thrown at boot when the options do not hold: names every problem at once, each with its remedy, and no value. */
export class AuthOptionsError extends Error {
  override readonly name = 'AuthOptionsError';
  readonly #problems: readonly string[];

  /** @param problems one line each. */
  constructor(problems: readonly string[]) {
    super(
      `Gatehouse cannot start. Its options have ${count(problems.length)}:\n${problems.map((line) => `  - ${line}`).join('\n')}`,
    );
    this.#problems = problems;
    // The frames are Nest's injector, whoever wrote the options; they would bury what there is to read.
    this.stack = `${this.name}: ${this.message}`;
  }

  /** One line each. No property of its own: the console would print it a second time below the message. */
  get problems(): readonly string[] {
    return this.#problems;
  }
}

function count(problems: number): string {
  return problems === 1 ? 'a problem' : `${problems} problems`;
}
