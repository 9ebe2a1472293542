/** The wall-board's files: read once at the start, held in memory, so that no request names a file of the disk. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { errorAnswer } from '../http/responses.ts';
import type { HttpAnswer } from './http-message.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
  '.mp3': 'audio/mpeg',
};
const MAX_BYTES = 32 << 20;

interface StaticFile {
  readonly body: Uint8Array;
  readonly type: string;
  readonly etag: string;
}

export class StaticFiles {
  readonly #files = new Map<string, StaticFile>();

  /** @param folder undefined or absent: there are no files. Throws when it holds more than 32 MiB. */
  constructor(folder: string | null) {
    if (folder === null || !existsSync(folder)) return;
    let total = 0;
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      const file = join(entry.parentPath, entry.name);
      const type = TYPES[extname(entry.name)];
      if (!entry.isFile() || type === undefined || entry.name.startsWith('.')) continue;
      total += statSync(file).size;
      if (total > MAX_BYTES) throw new Error(`the files of the wall-board are larger than ${MAX_BYTES} bytes`);
      const body = readFileSync(file);
      const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"`;
      this.#files.set(`/${relative(folder, file).split(sep).join('/')}`, { body, type, etag });
    }
  }

  get size(): number {
    return this.#files.size;
  }

  /** Whether a folder with a page of its own has this name: its address ends in a slash. */
  isFolder(path: string): boolean {
    return this.#files.has(`${path}/index.html`);
  }

  /** Undefined: no such file. */
  answer(method: string, path: string, ifNoneMatch: string | undefined): HttpAnswer | undefined {
    const file = this.#files.get(path.endsWith('/') ? `${path}index.html` : path);
    if (file === undefined) return undefined;
    if (method !== 'GET' && method !== 'HEAD') {
      return errorAnswer('method_not_allowed', 'this takes GET, HEAD', {}, { allow: 'GET, HEAD' });
    }
    // Always asked again, answered 304 in most cases: a new version is on every screen with the next load.
    const headers = { etag: file.etag, 'cache-control': 'no-cache' };
    const known = ifNoneMatch?.split(',').some((tag) => tag.trim().replace(/^W\//, '') === file.etag) === true;
    if (known || ifNoneMatch?.trim() === '*') return { status: 304, headers, body: '' };
    return { status: 200, headers: { ...headers, 'content-type': file.type }, body: file.body };
  }
}
