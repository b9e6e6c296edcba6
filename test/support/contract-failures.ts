import type { TestRunner } from '../../libs/auth/src/testing/store-contract.js';

/** The names of a contract's tests that a store does not pass. */
export async function failuresOf(contract: (runner: TestRunner) => void): Promise<string[]> {
  const tests: [string, () => Promise<void>][] = [];
  contract({
    describe: (_name, suite) => suite(),
    it: (name, test) => void tests.push([name, test]),
  });
  const failures: string[] = [];
  for (const [name, test] of tests) {
    try {
      await test();
    } catch {
      failures.push(name);
    }
  }
  return failures;
}
