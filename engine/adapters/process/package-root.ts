/** Finds the package's folder from wherever this file runs (sources or dist), so that data files lie in one place. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that holds package.json and, beside it, models/, dashboards/, bench/. */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error('no package.json above this file: the installation is incomplete');
    folder = parent;
  }
  return folder;
}
