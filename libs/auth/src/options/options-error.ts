/** Takes one problem: the option it is in, what is wrong with it, and what to do. Never the value. */
export type Report = (option: string, problem: string, remedy?: string) => void;

/** Thrown at boot when the options do not hold: names every problem at once, each with its remedy, and no value. */
export class AuthOptionsError extends Error {
  override readonly name = 'AuthOptionsError';

  /** @param problems one line each. */
  constructor(readonly problems: readonly string[]) {
    super(
      `Gatehouse cannot start. Its options have ${count(problems.length)}:\n${problems.map((line) => `  - ${line}`).join('\n')}`,
    );
  }
}

function count(problems: number): string {
  return problems === 1 ? 'a problem' : `${problems} problems`;
}
