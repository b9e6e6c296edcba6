/** A length of time: seconds as a number, or text such as `'30s'`, `'15m'`, `'12h'`, `'7d'`. */
export type Duration = number | string;

/** Seconds that a window of a rate limit may last. Node's timers overflow after 24.8 days: such a window would end at once. */
export const MAX_WINDOW = 24 * 86_400;

const SECONDS = { s: 1, m: 60, h: 3_600, d: 86_400 } as const;

/**
 * @param value seconds, or text such as `'30s'`, `'15m'`, `'12h'`, `'7d'`.
 * @returns seconds, or undefined when it is neither or not finite.
 */
export function parseDuration(value: Duration): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  const parts = /^(\d{1,9})([smhd])$/.exec(value);
  return parts === null ? undefined : Number(parts[1]) * SECONDS[parts[2] as keyof typeof SECONDS];
}
