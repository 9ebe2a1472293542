/** docs/how-to/csv.md word for word: its four commands on its files give the right months. Needs `npm run build`. */
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../adapters/process/package-root.ts';
import { must } from '../../core/must.ts';
import { spawnCli } from '../../testing/rig/engine-process.ts';

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly log: string;
}

const folder = mkdtempSync(join(tmpdir(), 'earshot-csv-'));
const page = readFileSync(join(packageRoot(), 'docs/how-to/csv.md'), 'utf8');
const commands = [...page.matchAll(/```sh\nnpx earshot (.*)\n```/g)].map(([, line]) => must(line).split(' '));
const ended: Ended[] = [];

async function run(args: readonly string[]): Promise<Ended> {
  const child = spawnCli(args, { cwd: folder });
  let [out, log] = ['', ''];
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (log += text));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, out, log };
}

beforeAll(async () => {
  cpSync(join(packageRoot(), 'docs'), join(folder, 'docs'), { recursive: true });
  for (const args of commands) ended.push(await run(args));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** By hand, from the file itself: month → [good answers, answers, complaints, tickets]. */
function byHand(): ReadonlyMap<string, readonly number[]> {
  const text = new TextDecoder('gbk').decode(readFileSync(join(folder, 'docs/how-to/examples/tickets.csv')));
  const months = new Map<string, number[]>();
  const of = (time: string): number[] => {
    const [year = '', month = ''] = time.split('/');
    const key = `${year}-${month.padStart(2, '0')}`;
    const counts = months.get(key) ?? [0, 0, 0, 0];
    months.set(key, counts);
    return counts;
  };
  for (const line of text.trim().split('\r\n').slice(1)) {
    const cells = line.replace(/"(?:[^"]|"")*"/g, 'quoted').split(';');
    const [, opened = '', solved = '', , , , score = '', , complaint] = cells;
    if (!opened.startsWith('2026')) continue;
    const tickets = of(opened);
    tickets[3]! += 1;
    if (complaint === '是') tickets[2]! += 1;
    if (score === '' || Number(score) > 5) continue;
    const answers = of(solved);
    answers[1]! += 1;
    if (Number(score) >= 4) answers[0]! += 1;
  }
  return months;
}

describe('docs/how-to/csv.md', () => {
  it('has four commands, and each ends well', () => {
    expect(ended.map(({ code, log }) => [code, /error: (?!sources\[tickets\]\.map)/.test(log)])).toEqual(
      Array(4).fill([0, false]),
    );
  });

  it('the first shows how the file is read, and names the two bad rows with their lines', () => {
    const [look] = ended;
    expect(look?.out).toMatch(/^encoding {3}gb18030\ndelimiter {2};\ncolumns {4}工单号 · 创建时间 · /);
    expect(look?.log.match(/tickets\.csv:\d+: error: sources\[tickets\]\.map\[\d\]\S*/g)).toEqual([
      'tickets.csv:8: error: sources[tickets].map[0].time:',
      'tickets.csv:13: error: sources[tickets].map[1]:',
    ]);
  });

  it('the second writes events in the order of their time', () => {
    const lines = readFileSync(join(folder, 'events.ndjson'), 'utf8').trim().split('\n');
    const times = lines.map((line) => (JSON.parse(line) as { time: string }).time);
    expect(times.length).toBeGreaterThan(60);
    expect(times).toEqual([...times].sort());
  });

  it('the last gives each month what counting by hand gives', () => {
    const table = readFileSync(join(folder, 'months.csv'), 'utf8');
    expect(table).toMatch(/^\ufeffkpi,channel,start,end,value,n,low,high,revision,partial\n/);
    const said = /"written":(\d+)/.exec(must(ended.at(-1)).log)?.[1];
    expect(Number(said), 'rows, as the log says').toBe(table.trim().split('\n').length - 1);
    const totals = table.split('\n').filter((line) => /^\w+,,/.test(line));
    const seen = totals.map((line) => {
      const [kpi = '', , start = '', , value = '', n = ''] = line.split(',');
      return [kpi, start.slice(0, 7), Number(Number(value).toFixed(4)), Number(n)];
    });
    const due = [...byHand()].flatMap(([month, [good, answers, complaints, tickets]]) => [
      ['csat', month, Number(((100 * good!) / answers!).toFixed(4)), answers],
      ['complaint_rate', month, Number(((100 * complaints!) / tickets!).toFixed(4)), tickets],
    ]);
    expect(due.length).toBe(6);
    expect(new Map(seen.map((row) => [`${row[0]} ${row[1]}`, row]))).toEqual(
      new Map(due.map((row) => [`${row[0]} ${row[1]}`, row])),
    );
  });
});
