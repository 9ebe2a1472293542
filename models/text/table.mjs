/** Tables of the data sets: tab-separated, one header line. */
import { readFileSync } from 'node:fs';

/**
 * Rows of a tab-separated file with a header, as objects.
 * @param {string} path
 * @returns {Record<string, string>[]}
 */
export function readTable(path) {
  const lines = readFileSync(path, 'utf8').split('\n');
  const header = (lines[0] ?? '').split('\t'); // split gives one at least
  return lines
    .slice(1)
    .filter((line) => line !== '')
    .map((line) => {
      const cells = line.split('\t');
      // A short row: what lacks is empty.
      return Object.fromEntries(header.map((name, i) => [name, cells[i] ?? '']));
    });
}
