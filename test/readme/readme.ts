import { readFileSync } from 'node:fs';

import { ROOT } from '../support/source-files.js';

export const README = readFileSync(`${ROOT}README.md`, 'utf8');

/** A fenced block, without the indentation of the list it may stand in. */
export interface Block {
  readonly language: string;
  readonly text: string;
  /** The heading of the second level above it. */
  readonly section: string;
  readonly line: number;
}

/** A table: its rows without the head, each cell as it is written. */
export type Table = readonly (readonly string[])[];

/** Every fenced block of a page, in its order. */
export function blocksOf(page: string): Block[] {
  const blocks: Block[] = [];
  let section = '';
  let open: { language: string; indent: number; line: number; lines: string[] } | undefined;
  for (const [index, text] of page.split('\n').entries()) {
    const fence = /^( *)```(\w*)$/.exec(text);
    if (open === undefined) {
      section = /^## (.+)/.exec(text)?.[1] ?? section;
      if (fence !== null)
        open = { language: fence[2]!, indent: fence[1]!.length, line: index + 1, lines: [] };
    } else if (fence === null) {
      open.lines.push(text.slice(open.indent));
    } else {
      blocks.push({
        section,
        language: open.language,
        line: open.line,
        text: `${open.lines.join('\n')}\n`,
      });
      open = undefined;
    }
  }
  if (open !== undefined) throw new Error(`the block of line ${open.line} does not end`);
  return blocks;
}

/** The blocks of the README, of one language and one section. */
export function blocks(language: string, section?: string): Block[] {
  return blocksOf(README).filter(
    (block) => block.language === language && (section === undefined || block.section === section),
  );
}

/** The text of a section of the second or third level, down to the next heading of any level. */
export function sectionText(heading: string): string {
  const [, text] = README.split(new RegExp(`^#{2,3} ${heading}$`, 'm'));
  if (text === undefined) throw new Error(`there is no section ${heading}`);
  return text.split(/^#{2,3} /m)[0]!;
}

/** The one table below a heading. */
export function tableOf(heading: string): Table {
  const lines = sectionText(heading)
    .split('\n')
    .filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

/** What a cell says as code; undefined when it says it in words. */
export function codeIn(cell: string): string | undefined {
  return /^`([^`]+)`$/.exec(cell)?.[1];
}

/** Where a page links to within the repository. */
export function linksIn(page: string): string[] {
  const targets = [...page.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target!);
  return targets.filter((target) => !target.startsWith('https://'));
}

/** What the headings of a page are linked to by. */
export function anchorsIn(page: string): string[] {
  return [...page.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replaceAll(/[^\w\s-]/g, '')
      .replaceAll(' ', '-'),
  );
}
