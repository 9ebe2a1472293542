/** The real texts of the workload (see README.md beside this file for sources and licences). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Review {
  readonly id: string;
  /** 1–5, as its author gave it. */
  readonly star: number;
  readonly text: string;
}
export interface Question {
  readonly id: string;
  readonly intent: string;
  readonly text: string;
}
export interface Texts {
  readonly reviews: readonly Review[];
  readonly questions: readonly Question[];
}

function rows(file: string): readonly (readonly [string, string, string])[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .slice(1)
    .filter((line) => line !== '')
    .map((line) => {
      const [id = '', label = '', text = ''] = line.split('\t');
      // Line breaks are written out there, once or twice escaped.
      return [id, label, text.replaceAll(/(?:\s*\\+n\s*)+/g, ' ')] as const;
    });
}

/** `root`: the folder of the package. */
export function loadTexts(root: string): Texts {
  const folder = join(root, 'engine', 'app', 'demo');
  return {
    reviews: rows(join(folder, 'texts-zh.tsv')).map(([id, star, text]) => ({ id, star: Number(star), text })),
    questions: rows(join(folder, 'texts-en.tsv')).map(([id, intent, text]) => ({ id, intent, text })),
  };
}
