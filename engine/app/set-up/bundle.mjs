/**
 * Joins what tsc wrote into dist/ to dist/earshot.js and its parts (dist/earshot-*.js): reading some seven hundred small files takes a start a third
 * of a second of CPU. Packages stay where they are; what is only needed for one command stays a part of its own.
 */
import { readdir, readFile, rm } from 'node:fs/promises';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const dist = fileURLToPath(new URL('../../../dist', import.meta.url));

/** A module that asks where it lies gets the answer that it gets unjoined, from wherever its part lies. @type {import('esbuild').Plugin} */
const places = {
  name: 'places',
  setup(joining) {
    // As compile-schemas.mjs made them, small: a file of their own.
    joining.onResolve({ filter: /^\.\/compiled-(?:config|data)\.js$/ }, ({ path }) => ({
      path: path.replace('./', './engine/adapters/formats/'),
      external: true,
    }));
    joining.onLoad({ filter: /\.m?js$/ }, async ({ path }) => {
      const within = relative(dist, path);
      if (within.startsWith('..')) return undefined;
      const source = await readFile(path, 'utf8');
      if (!source.includes('import.meta.url')) return undefined;
      const place = `new URL(${JSON.stringify(`./${within.replaceAll('\\', '/')}`)}, EARSHOT_DIST).href`;
      return { contents: source.replaceAll('import.meta.url', place), loader: 'js' };
    });
  },
};

for (const name of await readdir(dist)) if (/^earshot.*\.js$/.test(name)) await rm(`${dist}/${name}`);
await build({
  entryPoints: [
    { in: `${dist}/engine/app/cli.js`, out: 'earshot' },
    { in: `${dist}/engine/app/hooks/thread/hook-thread-entry.js`, out: 'earshot-hooks' },
    { in: `${dist}/engine/app/threads/partition-thread-entry.js`, out: 'earshot-partitions' },
  ],
  outdir: dist,
  // Beside the entry, so that each part finds dist/ as its own folder.
  chunkNames: 'earshot-[name]-[hash]',
  banner: { js: "const EARSHOT_DIST = new URL('.', import.meta.url);" },
  plugins: [places],
  packages: 'external',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  charset: 'utf8',
  logLevel: 'warning',
});
