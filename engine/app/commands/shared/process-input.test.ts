import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { checkConfig } from '../../../adapters/config/config-file.ts';
import { compileExpression } from '../../../adapters/expressions/cel.ts';
import type { RawMessage } from '../../../core/types.ts';
import { configForm, type Config } from '../../config/config.ts';
import { processInput } from './process-input.ts';

const folder = mkdtempSync(join(tmpdir(), 'earshot-process-input-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const checked = checkConfig<Config>(
  `
scoring: {sentiment: null, issues: null}
sources:
  - id: desk
    kind: csv
    map:
      - when: row["kind"] != "test"
        type: cx.case.opened
        id: row["id"]
        time: row["opened"]
        data:
          channel: '"web"'
          case: row["id"]
          region: row["area"]
`,
  configForm(compileExpression),
  {},
);
if ('faults' in checked) throw new Error(JSON.stringify(checked.faults));
const { config } = checked;

const ROWS = 1_000;
const at = (i: number): string =>
  `2026-03-02 ${String(9 + (Math.floor(i / 60) % 12)).padStart(2, '0')}:${String(i % 60).padStart(2, '0')}`;
function tableOf(header: string, kind: string): string {
  const file = join(folder, 'desk.csv');
  writeFileSync(file, `${header}\n${Array.from({ length: ROWS }, (_, i) => `${i},${kind},${at(i)},east\n`).join('')}`);
  return file;
}

interface Read {
  readonly batches: number;
  /** What was said before the first batch came, and after. */
  readonly sorting: readonly number[];
  readonly reading: readonly number[];
  readonly said: string;
}

async function read(
  file: string,
  {
    map,
    isSorted = false,
    signal = new AbortController().signal,
  }: { map?: string; isSorted?: boolean; signal?: AbortSignal },
): Promise<Read> {
  const [sorting, reading]: [number[], number[]] = [[], []];
  const onRead = (count: number, isSorting: boolean): void => void (isSorting ? sorting : reading).push(count);
  const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  try {
    const batches: (readonly RawMessage[])[] = [];
    for await (const batch of processInput(config, { file, map, isSorted, onRead, signal })) batches.push(batch);
    const said = stderr.mock.calls.map(([text]) => String(text)).join('');
    return { batches: batches.length, sorting, reading, said };
  } finally {
    stderr.mockRestore();
  }
}

describe('rows under a map', () => {
  it('say how far they are while they are read and sorted, not only once they are', async () => {
    const { batches, sorting, reading, said } = await read(tableOf('id,kind,opened,area', 'real'), { map: 'desk' });
    expect([sorting.length, sorting.at(-1)]).toEqual([ROWS, ROWS]);
    expect([batches, reading]).toEqual([4, [256, 512, 768, ROWS]]);
    expect(said).toBe('');
  });

  it('can be stopped before the first of them has gone on', async () => {
    const stop = new AbortController();
    stop.abort(new Error('stopped by hand'));
    await expect(read(tableOf('id,kind,opened,area', 'real'), { map: 'desk', signal: stop.signal })).rejects.toThrow(
      'stopped by hand',
    );
  });

  it('of which none becomes an event are no empty result, but a fault', async () => {
    await expect(read(tableOf('id,kind,opened,area', 'test'), { map: 'desk' })).rejects.toMatchObject({
      code: 'FILE_UNUSABLE',
      message: expect.stringContaining('none of its rows became an event') as string,
    });
  });

  it('whose columns are not those of the map are refused before they are read', async () => {
    await expect(read(tableOf('number,kind,time opened,area', 'real'), { map: 'desk' })).rejects.toMatchObject({
      code: 'FILE_UNUSABLE',
      message: expect.stringMatching(
        /map\[0\]\.id: row has no field "id".*it has number, kind, time opened, area/,
      ) as string,
    });
  });

  it('lack a column that the map reads: it is named, and the others go on', async () => {
    const { batches, said } = await read(tableOf('id,kind,opened,region', 'real'), { map: 'desk' });
    expect(batches).toBe(4);
    expect(said).toBe(
      `${join(folder, 'desk.csv')}:1: warning: sources[desk].map[0].data.region: row has no field "area": it has id, kind, opened, region\n`,
    );
  });
});

it('events that are sorted say how far they are while they are read', async () => {
  const file = join(folder, 'events.ndjson');
  const event = (i: number): string =>
    JSON.stringify({
      specversion: '1.0',
      id: String(i),
      source: '/x',
      type: 'cx.case.opened',
      time: '2026-03-02T01:00:00Z',
      data: {},
    });
  writeFileSync(file, Array.from({ length: ROWS }, (_, i) => `${event(i)}\n`).join(''));
  const { sorting, reading } = await read(file, { isSorted: true });
  expect(sorting).toEqual([256, 512, 768, ROWS]);
  expect(reading).toEqual([256, 512, 768, ROWS]);
});
