import { execFile, spawn, spawnSync, type ChildProcess } from 'node:child_process';

/** How a process ended. */
export interface End {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A Node process of a test, with what it has written so far. */
export interface Child {
  readonly ended: Promise<End>;
  stdout(): string;
  stderr(): string;
  /** Waits until its output matches. */
  until(pattern: RegExp): Promise<RegExpExecArray>;
  kill(signal: NodeJS.Signals): void;
}

const running = new Set<ChildProcess>();

/**
 * Starts a script with a clean environment: nothing of the test's own, no colours.
 *
 * @param options for Node itself, before the script.
 */
export function startNode(
  script: string,
  env: Readonly<Record<string, string>> = {},
  options: readonly string[] = [],
): Child {
  const child = spawn(process.execPath, [...options, script], {
    env: { PATH: process.env.PATH, NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = new Promise<End>((resolve) => {
    child.on('close', (code, signal) => {
      running.delete(child);
      resolve({ code, signal });
    });
  });
  return {
    ended,
    stdout: () => stdout,
    stderr: () => stderr,
    until: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const match = pattern.exec(stdout + stderr);
          if (match !== null) resolve(match);
        };
        child.stdout.on('data', look);
        child.stderr.on('data', look);
        child.on('close', () => reject(new Error(`ended without ${String(pattern)}:\n${stdout}${stderr}`)));
        look();
      }),
    kill: (signal) => void child.kill(signal),
  };
}

/** For `afterEach` or `afterAll`: ends every process that {@link startNode} started. */
export async function killChildren(): Promise<void> {
  await Promise.all(
    [...running].map(
      (child) =>
        new Promise((resolve) => {
          child.on('close', resolve);
          child.kill('SIGKILL');
        }),
    ),
  );
}

/** Not every machine that runs the tests has curl; those that show its commands are skipped there. */
export const HAS_CURL = spawnSync('curl', ['--version']).status === 0;

/** A curl command and the status that the comment above it announces. */
export interface AnnouncedCommand {
  readonly announced: number;
  readonly command: string;
}

/** Reads `# 200: why` lines and the command below each of them; a command goes on behind a backslash. */
export function announcedCommands(text: string): readonly AnnouncedCommand[] {
  return [...text.matchAll(/^# (\d{3}): .*\n((?:.*\\\n)*.*)/gm)].map(([, announced, command]) => ({
    announced: Number(announced),
    command: command!,
  }));
}

/** The announced commands and the comments between them, as one would copy them together. */
export function announcedBlock(text: string): string {
  return announcedCommands(text)
    .map(({ announced, command }) => `# ${announced}: as announced\n${command}\n`)
    .join('');
}

/** Gives a script to the shell, as somebody who pastes it, and returns the statuses of the answers that it shows. */
export async function statusesOf(
  script: string,
  env: Readonly<Record<string, string>> = {},
): Promise<number[]> {
  const output = await new Promise<string>((resolve, reject) => {
    const options = { env: { PATH: process.env.PATH, ...env }, timeout: 20_000 };
    execFile('sh', ['-c', script], options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`${error.message}\n${stderr}`));
    });
  });
  // A body ends without a line break, so the next answer may begin in the middle of a line.
  return [...output.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
}
