/** What `earshot sources test` shows of a payload, or of the rows of a file: what a running engine would make of it, and why not. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { compileExpression } from '../../adapters/expressions/cel.ts';
import { must } from '../../core/must.ts';
import { parseConfig } from '../config/config.ts';
import { tryPayload, tryRows } from './try-payload.ts';
import { trialLines } from './trial.ts';

const parsed = parseConfig(
  parse(`
sources:
  - id: desk
    kind: webhook
    verify: {scheme: hmac-sha256, header: X-Signature, secret: a secret of ours}
    map:
      - when: body.event == "conversation_created"
        type: cx.case.opened
        id: string(body.id)
        time: timestamp(body.created_at)
        key: string(body.id)
        data: {channel: '"web_chat"', case: string(body.id), priority: body.priority}
      - when: body.event == "rated"
        type: cx.survey.answered
        id: string(body.id)
        data: {channel: '"web_chat"', metric: '"csat"', score: body.stars}
      - when: body.event == "ping"
        ignore: true
  - id: rows
    kind: csv
    map:
      - type: cx.survey.answered
        id: row.id
        time: row.time
        data: {channel: '"survey"', metric: '"csat"', score: double(row.score)}
`),
  compileExpression,
);
if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults));
const { config } = parsed;
const [desk, rows] = [must(config.sources[0]), must(config.sources[1])];
const folder = mkdtempSync(join(tmpdir(), 'earshot-try-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const shown = async (body: string | object): Promise<string> => {
  const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  return trialLines(desk, await tryPayload(config, desk, bytes, {}));
};

it('an event is shown with its rule, subject and data, and the fields that nothing came of are named', async () => {
  const body = { event: 'conversation_created', id: 7, created_at: '2026-03-02T09:15:04+08:00' };
  expect((await shown(body)).split('\n')).toEqual([
    'map[0] → cx.case.opened  case.opened:7  2026-03-02T01:15:04.000Z',
    '  cx.events.web_chat.case.7',
    '  {"channel":"web_chat","case":"7"}',
    '  left out, because nothing came of them: priority',
    '',
  ]);
});

it.each([
  [
    'what no rule takes',
    { event: 'else' },
    'fault: no rule of sources[desk].map takes it: it would go to cx.dlq.unmapped',
  ],
  ['what is to be ignored', { event: 'ping' }, 'ignored: a rule takes it and gives no event'],
  [
    'what the checks of events refuse',
    { event: 'rated', id: 1, stars: 9 },
    /fault: sources\[desk\]\.map\[1\]: its cx\.survey\.answered is refused at \/data\/score: /,
  ],
  ['what is no payload', '{"event":', /^fault: sources\[desk\]: /],
])('%s is said as such', async (_, body, words) => {
  const lines = (await shown(body)).trim().split('\n');
  if (typeof words === 'string') expect(lines).toEqual([words]);
  else expect(lines.at(-1)).toMatch(words);
});

it('of a file the rows become events, and one that does not is named with its line', async () => {
  const file = join(folder, 'rows.csv');
  writeFileSync(file, 'id,time,score\n1,2026-03-02 09:15,5\n2,yesterday,4\n3,2026-03-02 09:17,9\n');
  const { events, faults } = await tryRows(config, rows, file);
  expect(events.map(({ event, subject }) => [event['id'], subject !== null])).toEqual([
    ['survey.answered:1', true],
    ['survey.answered:3', false],
  ]);
  expect(faults.map(({ error }) => error.slice(0, 7))).toEqual(['line 3:', 'line 4:']);
});
