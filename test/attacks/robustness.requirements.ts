import type { Requirement } from './requirement.js';

const FEED = 'libs/auth/src/revocation/revocation-feed.spec.ts';
const STALENESS = 'libs/auth/src/revocation/revocation-feed.staleness.spec.ts';
const REFUSALS = 'libs/auth/src/options/resolve-options.refusals.spec.ts';

/**
 * What is demanded when something else fails: stores, clocks, processes, options.
 */
export const OF_ROBUSTNESS: Readonly<Record<string, Requirement>> = {
  G1: {
    says: 'a store that is down, slow or half open is 503 with Retry-After, and over without a restart',
    shownBy: [
      ['test/faults/outage.spec.ts', 'is away (%s) says 503, never 401 nor 200, and goes on'],
      ['test/gate/outages.spec.ts', '%s: 503, and nothing of it shows'],
      ['test/gate/outages.spec.ts', 'is over without a restart'],
    ],
  },
  G2: {
    says: 'while the log cannot be read nobody is let in, unless an option says so',
    shownBy: [
      [STALENESS, 'answers by what it knows for as long as it may, then refuses, and recovers'],
      [STALENESS, 'lets pass what it knows nothing of, where it is told to'],
    ],
  },
  G3: {
    says: 'a flood of made-up credentials leaves nothing behind',
    shownBy: [['test/faults/floods.spec.ts', 'leaves nothing behind: %s']],
  },
  G4: {
    says: 'a clock that is set brings back nothing that is revoked; ages go by one that nobody sets',
    shownBy: [
      ['test/gate/clock.spec.ts', 'by %i hours neither brings back what is revoked nor stops what is good'],
      ['test/gate/clock.spec.ts', 'back shows a token from the future'],
      ['test/stores/pruning.spec.ts', 'are sessions that ended for everybody'],
    ],
  },
  G5: {
    says: 'migrations: several at once, killed in the middle, two versions side by side',
    shownBy: [
      ['test/stores/migrate.spec.ts', 'brings up every instance of several that start at once'],
      ['test/stores/migrate.spec.ts', 'has done nothing when it is killed in the middle'],
      ['test/stores/migrate.spec.ts', 'keeps what is there, and leaves the schema of a later version alone'],
    ],
  },
  G6: {
    says: 'killed at any write there is the old state or the new one',
    shownBy: [['test/faults/kill.spec.ts', 'loses nothing and leaves nothing half-made']],
  },
  G7: {
    says: 'the boot stops over wrong options and missing stores, says why, and shows no secret',
    shownBy: [
      [REFUSALS, 'unknown options at every level, by their name'],
      [REFUSALS, 'everything at once'],
      [REFUSALS, 'values of the environment, without showing them'],
      [FEED, 'does not boot without its log'],
      ['test/demo/process.spec.ts', 'in production without a secret ends with code 1'],
    ],
  },
};
