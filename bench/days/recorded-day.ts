/**
 * The recorded day through the whole pack: 200,000 events of eight channels with four incidents, in one partition calm, and crashed, and in two
 * and four partitions. Every way has to give the figures of engine/testing/recorded-day/golden-whole.json (`--write` writes it from the first).
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../engine/adapters/process/package-root.ts';
import { recordedDay } from '../../engine/testing/recorded-day/day.ts';
import { outcomeOf, type Outcome } from '../../engine/testing/recorded-day/outcome.ts';
import { WHOLE_DAY } from '../../engine/testing/recorded-day/plans.ts';
import { record, type Row } from '../record.ts';

const GOLDEN = join(packageRoot(), 'engine/testing/recorded-day/golden-whole.json');
const WAYS = [
  { partitions: 1, commitEvery: 200, crashEvery: 0 },
  { partitions: 1, commitEvery: 200, crashEvery: 150 },
  { partitions: 2, commitEvery: 200, crashEvery: 0 },
  { partitions: 4, commitEvery: 200, crashEvery: 100 },
] as const;

const day = recordedDay(WHOLE_DAY);
const rows: Row[] = [];
let golden = existsSync(GOLDEN) ? (JSON.parse(readFileSync(GOLDEN, 'utf8')) as Outcome) : null;
for (const way of WAYS) {
  const from = process.cpuUsage();
  const outcome = outcomeOf(day, way, 'whole');
  const { user, system } = process.cpuUsage(from);
  if (golden === null || (process.argv.includes('--write') && way === WAYS[0])) {
    golden = outcome;
    writeFileSync(GOLDEN, `${JSON.stringify(outcome, null, 2)}\n`);
  }
  const isSame = JSON.stringify(outcome) === JSON.stringify(golden);
  if (!isSame) process.exitCode = 1;
  rows.push({
    partitions: way.partitions,
    crashes: way.crashEvery > 0,
    events: outcome.events,
    figures: outcome.figures,
    outcomes: outcome.outcomes,
    critical_firing: outcome.alerts.filter((alert) => alert.includes(' critical ') && alert.endsWith('firing')).length,
    same_as_golden: isSame,
    events_per_cpu_s: Math.round(outcome.events / ((user + system) / 1e6)),
  });
  process.stdout.write(`${JSON.stringify(rows.at(-1))}\n`);
}
record(
  'recorded-day',
  'a day of 200,000 scored events of eight channels with four incidents through the whole pack in memory; figures: windows with their last revision; outcomes: of clocks, and actions; same_as_golden: figures, outcomes and changes of alerts, by hash',
  rows,
);
