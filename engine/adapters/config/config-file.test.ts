import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CONFIG_SCHEMA, configForm } from '../../app/config/config.ts';
import { compileExpression } from '../expressions/cel.ts';
import { checkConfig, environmentHidden, faultText, loadConfig } from './config-file.ts';

const FORM = configForm(compileExpression);

/** `<line> <path>: <message>` of each fault. */
function faults(text: string, env: Record<string, string> = {}): readonly string[] {
  const checked = checkConfig(text, FORM, env);
  if ('config' in checked) return [];
  return checked.faults.map(({ line, path, message }) => `${line} ${path}: ${message}`);
}

/** A KPI on lines 1–6, with the lines given from line 7 on. */
const KPI = `kpis:
  - id: csat
    from: cx.survey.answered
    measure: {kind: csat, value: data.score}
    window: {kind: sliding, size: 15m, slide: 5s}
    by: [[], [channel]]
`;
const kpiWith = (line: string, replaced: RegExp): string => KPI.replace(replaced, line);
/** A rule on lines 7–10, with the lines given from line 11 on. */
const RULE = `${KPI}rules:
  - id: low
    kpi: csat
    fire: value < 80
`;

const DURATION = 'expected a duration: digits and one of ms, s, m, h, d, such as 250ms or 15m';
const THREADS = 'expected a number of threads, 1 to 256, or auto';
const SERVER =
  'found no address of a nats-server, expected e.g. nats://10.0.0.5:4222, tls://nats.example.com or host:port (of several, each is an item of the list)';
const VARIABLES = '(event fields are under data., e.g. data.channel == "app")';

const KEYS = Object.keys(CONFIG_SCHEMA['properties'] as object).join(', ');

/** What is wrong, the text, and every fault it must give. */
const BAD: readonly (readonly [string, string, ...string[]])[] = [
  [
    'an unknown key',
    'partition: 2',
    `1 partition: unknown key "partition"; did you mean partitions? (expected: ${KEYS})`,
  ],
  [
    'an unknown key inside',
    'time:\n  zone: UTC\n  idle: 5s',
    '3 time.idle: unknown key "idle" (expected: zone, out_of_orderness, allowed_lateness, idle_after, max_future)',
  ],
  [
    'a misspelt key inside',
    'time: {out_of_ordernes: 5s}',
    '1 time.out_of_ordernes: unknown key "out_of_ordernes"; did you mean out_of_orderness? (expected: zone, out_of_orderness, allowed_lateness, idle_after, max_future)',
  ],
  [
    'an expression with a list in a map on one line, and what follows it not one by one',
    'kpis:\n  - {id: a, where: data.outcome in ["x", "y"]}\n  - id: b\n    from: cx.case.opened\ntime:\n  zone: UTC',
    '2 : this does not belong here: put quotes around a text (an expression) that holds [ ] { } , or quotes of its own; else look at indentation and brackets',
  ],
  ['a list for a map', '\ntime: [5s]', '2 time: found a list, expected a map (key: value)'],
  ['a text for a number', 'partitions: two', '1 partitions: found a text, expected a whole number'],
  ['a fraction', 'partitions: 1.5', '1 partitions: found 1.5, expected a whole number'],
  ['no thread', 'threads: 0', `1 threads: found 0, ${THREADS}`],
  ['half a thread', 'threads: 1.5', `1 threads: found 1.5, ${THREADS}`],
  ['a word for threads', 'threads: many', `1 threads: found "many", ${THREADS}`],
  ['too many threads', 'threads: 300', `1 threads: found 300, ${THREADS}`],
  ['too small', 'partitions: 0', '1 partitions: found 0, expected at least 1'],
  ['too large', 'http: {port: 70000}', '1 http.port: found 70000, expected at most 65535'],
  ['a list as the file', '- a', '1 : found a list, expected a map (key: value)'],
  ['a duration without a unit', 'live_every: 250', `1 live_every: found 250, ${DURATION}`],
  ['a duration with a space', 'time: {idle_after: 10 s}', `1 time.idle_after: found "10 s", ${DURATION}`],
  ['a negative duration', 'time: {idle_after: -5s}', `1 time.idle_after: found "-5s", ${DURATION}`],
  ['a fraction of a duration', 'time: {idle_after: 1.5h}', `1 time.idle_after: found "1.5h", ${DURATION}`],
  ['no duration', 'live_every:', `1 live_every: found nothing, ${DURATION}`],
  [
    'a bad size',
    'limits: {max_event: 256 kB}',
    '1 limits.max_event: found "256 kB", expected a size: a number of bytes, or digits and one of KB, KiB, MB, MiB, GB, GiB',
  ],
  [
    'an unknown zone',
    'time:\n  zone: Asia/Peking',
    '2 time.zone: "Asia/Peking" is not a time zone: expected an IANA name such as Asia/Shanghai or UTC',
  ],
  [
    'an unknown stream',
    'nats: {streams: {CX_KPIS: {max_age: 7d}}}',
    '1 nats.streams.CX_KPIS: there is no stream "CX_KPIS"; did you mean CX_KPI? (expected: CX_EVENTS, CX_PARTIALS, CX_ENRICHED, CX_KPI, CX_ALERTS, CX_ACTIONS, CX_CLOCKS, CX_DLQ, CX_LATE, CX_AUDIT, CX_STATE)',
  ],
  [
    'an audit trail, and state, that would not be kept',
    'nats: {streams: {CX_AUDIT: {max_age: 1095d}, CX_STATE: {max_age: 10000d}, CX_DLQ: {max_age: 1d}}}',
    '1 nats.streams.CX_AUDIT.max_age: the audit trail is kept for three years, 1096d, or longer (0s: for ever)',
    '1 nats.streams.CX_STATE.max_age: state that is still needed would go, however old: leave it at 0s, for ever',
  ],
  [
    'auth without keys',
    'http:\n  auth: {issuer: me}',
    '2 http.auth: no keys were given: expected `secret`, `jwks` or `oidc`',
  ],
  ['a password alone', 'nats: {password: hunter2hunter2}', '1 nats.password: a password was given without a user'],
  [
    'an address that is none, not quoted: it may hold a password',
    'nats:\n  servers: ["nats://10.0.0.5:4222", "not a url", "http://nats:8222"]',
    `2 nats.servers[1]: ${SERVER}`,
    `2 nats.servers[2]: ${SERVER}`,
  ],
  [
    'copies on a server that is alone',
    'nats: {replicas: 3}',
    '1 nats.replicas: found 3, expected 1: the embedded nats-server is a single one; a cluster is named in nats.servers',
  ],
  [
    'a certificate for the broker without its key',
    'nats: {servers: [n1], tls: {ca: ca.pem, cert: a.pem}}',
    '1 nats.tls: a certificate and its key go together: expected both `cert` and `key`, or neither',
  ],
  [
    'listening beyond loopback without access keys',
    'http:\n  host: 0.0.0.0',
    '2 http.host: found "0.0.0.0", expected 127.0.0.1: beyond loopback Earshot listens only with access keys (set http.auth.secret or http.auth.jwks)',
  ],
  [
    'a host that is none',
    'http: {host: "http://0.0.0.0:8080"}',
    '1 http.host: found "http://0.0.0.0:8080", expected an IP address or a host name alone (the port is http.port)',
  ],
  [
    'a key set that is neither address nor file',
    'http: {auth: {jwks: "htps://id.example"}}',
    '1 http.auth.jwks: found "htps://id.example", expected the https URL of a JWKS (https://id.example.com/.well-known/jwks.json) or the path of a file that holds one',
  ],
  [
    'a key set that comes unencrypted from elsewhere',
    'http: {auth: {jwks: "http://id.example/keys"}}',
    '1 http.auth.jwks: found "http://id.example/keys", expected the https URL of a JWKS (https://id.example.com/.well-known/jwks.json) or the path of a file that holds one',
  ],
  [
    'a key set given in place of its address, which is not repeated',
    `http: {auth: {jwks: '{"keys": [{"kty": "oct", "k": "c2VjcmV0"}]}'}}`,
    '1 http.auth.jwks: found something else, expected the https URL of a JWKS (https://id.example.com/.well-known/jwks.json) or the path of a file that holds one',
  ],
  [
    'a dimension that lies in itself',
    'http: {auth: {jwks: keys.json, scope_of: [{dimension: region, within: region, values: {a: b}}]}}',
    '1 http.auth.scope_of[0].dimension: region lies in itself: expected another dimension, such as store',
  ],
  ...['javascript:alert(1)', 'file:///etc/passwd', 'see the wiki', '//wiki.example/a', 'https://'].map(
    (runbook): (typeof BAD)[number] => [
      `a runbook that no browser should open: ${runbook}`,
      `${RULE}    runbook: "${runbook}"`,
      '11 rules[0].runbook: expected an address of http or https, e.g. https://wiki.example.com/late-deliveries',
    ],
  ),
  [
    'an origin with a path',
    'http: {origins: ["https://a.example", "https://a.example/"]}',
    '1 http.origins[1]: found "https://a.example/", expected an origin as browsers send it: https://board.example.com, in small letters, without a path',
  ],
  ['half of a certificate', 'http: {tls: {cert: a.pem}}', '1 http.tls.key: the key "key" is missing'],
  [
    'a KPI without what it needs',
    'kpis:\n  - id: csat',
    '2 kpis[0].measure: the key "measure" is missing',
    '2 kpis[0].window: the key "window" is missing',
    '2 kpis[0].from: the key "from" is missing',
  ],
  [
    'a bad id',
    kpiWith('id: CSAT', /id: csat/),
    '2 kpis[0].id: found "CSAT", expected an id: a lower-case letter, then lower-case letters, digits and "_" (at most 64)',
  ],
  [
    'an id twice',
    KPI + KPI.replace('kpis:\n', ''),
    '7 kpis[1].id: there are two KPIs with the id "csat": ids are unique',
  ],
  [
    'an unknown event type',
    kpiWith('from: cx.survey.answer', /from: .*/),
    '3 kpis[0].from: there is no event type "cx.survey.answer"; did you mean cx.survey.answered?',
  ],
  [
    'an unknown event type in a list',
    kpiWith('from: [cx.case.opened, cx.case.open]', /from: .*/),
    '3 kpis[0].from[1]: there is no event type "cx.case.open"; did you mean cx.case.opened?',
  ],
  [
    'an event type twice',
    kpiWith('from: [cx.case.opened, cx.case.opened]', /from: .*/),
    '3 kpis[0].from[1]: the event type "cx.case.opened" is listed twice',
  ],
  [
    'an unknown measure',
    kpiWith('measure: {kind: avg, value: data.score}', /measure: .*/),
    '4 kpis[0].measure.kind: there is no kind "avg" (expected: count, sum, mean, min, max, nps, csat, mean100, ces, ratio, quantile, distinct, top, share, rate, psi, conversion, drop_off, time_in_step, open, overdue, oldest)',
  ],
  [
    'a misspelt measure',
    kpiWith('measure: {kind: ratoi, of: data.x}', /measure: .*/),
    '4 kpis[0].measure.kind: there is no kind "ratoi"; did you mean ratio? (expected: count, sum, mean, min, max, nps, csat, mean100, ces, ratio, quantile, distinct, top, share, rate, psi, conversion, drop_off, time_in_step, open, overdue, oldest)',
  ],
  [
    'a measure without a kind',
    kpiWith('measure: {value: data.score}', /measure: .*/),
    '4 kpis[0].measure.kind: the key "kind" is missing (expected: count, sum, mean, min, max, nps, csat, mean100, ces, ratio, quantile, distinct, top, share, rate, psi, conversion, drop_off, time_in_step, open, overdue, oldest)',
  ],
  [
    'a key of another measure',
    kpiWith('measure: {kind: csat, value: data.score, q: 0.5}', /measure: .*/),
    '4 kpis[0].measure.q: unknown key "q" (expected: kind, value, min, max, satisfied)',
  ],
  [
    'a measure without its value',
    kpiWith('measure: {kind: nps}', /measure: .*/),
    '4 kpis[0].measure.value: the key "value" is missing',
  ],
  [
    'a quantile of 95',
    kpiWith('measure: {kind: quantile, value: data.wait_s, q: 95}', /measure: .*/),
    '4 kpis[0].measure.q: found 95, expected less than 1',
  ],
  [
    'an expression that is no CEL',
    kpiWith('measure: {kind: csat, value: data.score +}', /measure: .*/),
    '4 kpis[0].measure.value: the expression "data.score +" is not valid CEL: Unexpected token: EOF',
  ],
  [
    'a variable that is not there',
    kpiWith('measure: {kind: csat, value: dta.score}', /measure: .*/),
    `4 kpis[0].measure.value: there is no variable "dta" here; did you mean data? ${VARIABLES}`,
  ],
  [
    'a field without data.',
    `${KPI}    where: metric == "csat" && data.x.exists(m, m > 1)\n`,
    `7 kpis[0].where: there is no variable "metric" here ${VARIABLES}`,
  ],
  [
    'an expression over several lines',
    `${KPI}    where: >\n      score >\n      1\n`,
    `7 kpis[0].where: there is no variable "score" here ${VARIABLES}`,
  ],
  [
    'a slide longer than its size',
    kpiWith('window:\n      kind: sliding\n      size: 5s\n      slide: 15m', /window: .*/),
    '8 kpis[0].window.slide: the slide 15m is longer than the size 5s: events would fall between windows',
  ],
  [
    'too many slices',
    kpiWith('window: {kind: sliding, size: 30d, slide: 1s}', /window: .*/),
    '5 kpis[0].window.slide: 30d by 1s needs more than 1,000,000 slices',
  ],
  [
    'a size of nothing',
    kpiWith('window: {kind: tumbling, size: 0s}', /window: .*/),
    '5 kpis[0].window.size: a size of 0 was given: it must be longer than that',
  ],
  [
    'a size of a day and a half',
    kpiWith('window: {kind: tumbling, size: 36h}', /window: .*/),
    '5 kpis[0].window.size: 36h is more than a day but not whole days: write whole days, e.g. 2d',
  ],
  [
    'a day that slides by what does not divide it',
    kpiWith('window: {kind: sliding, size: 1d, slide: 7h}', /window: .*/),
    '5 kpis[0].window.slide: windows of a day and more step from midnight, and 7h does not divide a day, nor is it whole days: write e.g. 5m, 1h, 1d',
  ],
  [
    'a week that slides by a day and a half',
    kpiWith('window: {kind: sliding, size: 7d, slide: 36h}', /window: .*/),
    '5 kpis[0].window.slide: windows of a day and more step from midnight, and 36h does not divide a day, nor is it whole days: write e.g. 5m, 1h, 1d',
  ],
  [
    'a window without its slide',
    kpiWith('window: {kind: sliding, size: 5m}', /window: .*/),
    '5 kpis[0].window.slide: the key "slide" is missing',
  ],
  [
    'a slide of a tumbling window',
    kpiWith('window: {kind: tumbling, size: 5m, slide: 1m}', /window: .*/),
    '5 kpis[0].window.slide: unknown key "slide" (expected: kind, size)',
  ],
  [
    'an unknown period',
    kpiWith('window: {kind: cumulative, period: weeek, every: 1m}', /window: .*/),
    '5 kpis[0].window.period: found "weeek", expected day, week or month; did you mean week?',
  ],
  [
    'updates that do not divide a day',
    kpiWith('window: {kind: cumulative, period: day, every: 7m}', /window: .*/),
    '5 kpis[0].window.every: 7m does not divide a day: write e.g. 1m, 5m, 1h',
  ],
  [
    'updates rarer than the period',
    kpiWith('window: {kind: cumulative, period: day, every: 2d}', /window: .*/),
    '5 kpis[0].window.every: 2d is longer than the day',
  ],
  [
    'a dimension twice',
    kpiWith('by: [[], [region, region]]', /by: .*/),
    '6 kpis[0].by[1]: the dimension "region" is in one set of keys twice',
  ],
  [
    'a set of keys twice',
    kpiWith('by: [[region, channel], [channel, region]]', /by: .*/),
    '6 kpis[0].by[1]: the set of keys [channel, region] is listed twice',
  ],
  [
    'sets of keys without brackets',
    kpiWith('by: [channel]', /by: .*/),
    '6 kpis[0].by[0]: found a text, expected a list',
  ],
  ['no set of keys', kpiWith('by: []', /by: .*/), '6 kpis[0].by: found 0, expected at least 1 items'],
  [
    'a name no dimension has',
    kpiWith('by: [["a b"]]', /by: .*/),
    '6 kpis[0].by[0][0]: found "a b", expected letters, digits and "_"',
  ],
  [
    'a direction that is none',
    `${KPI}    better: hihger\n`,
    '7 kpis[0].better: found "hihger", expected higher or lower; did you mean higher?',
  ],
  ['a title in one language', `${KPI}    title: {en: CSAT}\n`, '7 kpis[0].title.zh-CN: the key "zh-CN" is missing'],
  ['a target in quotes', `${KPI}    target: "85"\n`, '7 kpis[0].target: found a text, expected a number'],
  [
    'a rule of no KPI',
    RULE.replace('kpi: csat', 'kpi: csta'),
    '9 rules[0].kpi: there is no KPI "csta"; did you mean csat?',
  ],
  [
    'a rule without what it needs',
    `${KPI}rules:\n  - id: low\n`,
    '8 rules[0].kpi: the key "kpi" is missing',
    '8 rules[0].fire: is missing: it says what is a breach, e.g. fire: value < 80',
  ],
  [
    'a rule twice',
    RULE + RULE.replace(KPI, '').replace('rules:\n', ''),
    '11 rules[1].id: there are two rules with the id "low": ids are unique',
  ],
  [
    'a rule by keys its KPI has not',
    `${RULE}    by: [region]\n`,
    '11 rules[0].by: the KPI "csat" has no keys by [region]: it has [], [channel]',
  ],
  [
    'a rule over event fields',
    RULE.replace('value < 80', 'data.score < 80'),
    '10 rules[0].fire: there is no variable "data" here (expected: value, n, low, high, key or time)',
  ],
  [
    'a rule over a misspelt value',
    RULE.replace('value < 80', 'vlaue < 80'),
    '10 rules[0].fire: there is no variable "vlaue" here; did you mean value? (expected: value, n, low, high, key or time)',
  ],
  [
    'a number for a condition',
    RULE.replace('value < 80', '80'),
    '10 rules[0].fire: found 80, expected an expression (put quotes around it if it begins with a quote, [ or {)',
  ],
  [
    'a severity that is none',
    `${RULE}    severity: warning\n`,
    '11 rules[0].severity: found "warning", expected critical, major, minor or info',
  ],
  [
    'a policy that is none',
    `${RULE}    on_no_data: alert\n`,
    '11 rules[0].on_no_data: found "alert", expected ok, keep or fire',
  ],
  ['too few observations', `${RULE}    min_n: 0\n`, '11 rules[0].min_n: found 0, expected at least 1'],
  ['a tile of no KPI', `${KPI}board:\n  tiles:\n    - csat\n    - npps\n`, '10 board.tiles[1]: there is no KPI "npps"'],
  [
    'seven tiles',
    `${KPI}board:\n  tiles: [csat, a, b, c, d, e, f]\n`,
    '8 board.tiles: found 7, expected at most 6 items',
    ...['a', 'b', 'c', 'd', 'e', 'f'].map((id, i) => `8 board.tiles[${i + 1}]: there is no KPI "${id}"`),
  ],
  ['a tile twice', `${KPI}board: {tiles: [csat, csat]}\n`, '7 board.tiles[1]: this item is in the list twice'],
  ['a tab', 'time:\n\tzone: UTC', '2 : a tab stands where YAML wants spaces: indent with spaces'],
  [
    'a key twice',
    'partitions: 1\nlive_every: 1s\npartitions: 2',
    '3 : this key stands in the same map twice: keep one of them',
  ],
  [
    'a key twice, and more',
    'partitions: 1\nlive_every: x\npartitions: 2',
    `2 live_every: found "x", ${DURATION}`,
    '3 : this key stands in the same map twice: keep one of them',
  ],
  [
    'a quote left open',
    'time:\n  zone: "UTC\n',
    '3 : something is missing here: a closing quote or bracket, a comma between items, or the ":" after a key',
  ],
  ['a bracket left open', 'channels: [a, b\npartitions: 1', '2 : the indentation does not fit the lines above'],
  [
    'a colon in a title',
    'board:\n  title: CX: live',
    '2 : a map begins within a value: put quotes around a text that holds ": ", or begin a new line',
  ],
  [
    'two documents',
    'partitions: 1\n---\npartitions: 2',
    '2 : the file holds a second document (---): a configuration is one',
  ],
  [
    'a variable of the environment that is not set',
    'nats:\n  user: earshot\n  password: ${env:NO_SUCH}',
    '3 nats.password: the environment variable NO_SUCH is not set',
  ],
  [
    'several at once, in the order of the file',
    'partitions: 0\nlive_every: 1\nboard: {tiles: [x]}',
    '1 partitions: found 0, expected at least 1',
    `2 live_every: found 1, ${DURATION}`,
    '3 board.tiles[0]: there is no KPI "x"',
  ],
];

describe('a bad configuration', () => {
  it.each(BAD)('%s', (_, text, ...expected) => {
    expect(faults(text)).toEqual(expected);
  });

  it('says the column too', () => {
    const checked = checkConfig('http: {port: 1, prot: 1}', FORM, {});
    expect('faults' in checked && checked.faults[0]).toMatchObject({ line: 1, column: 17, path: 'http.prot' });
  });

  it('follows aliases and merged maps to where they are written', () => {
    const text =
      'kpis:\n  - &a\n    id: a\n    from: cx.case.open\n    measure: {kind: count}\n    window: &w {kind: tumbling, size: 0s}\n  - <<: *a\n    id: b\n';
    expect(faults(text).map((fault) => fault.split(':')[0])).toEqual([
      '4 kpis[0].from',
      '6 kpis[0].window.size',
      '7 kpis[1].from',
      '7 kpis[1].window.size',
    ]);
  });

  it('is bounded in size, aliases included', () => {
    expect(faults('#'.repeat(1024 * 1024 + 1))).toEqual(['1 : the file is longer than 1,048,576 characters']);
    const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]'];
    for (const [name, of] of ['ba', 'cb', 'dc', 'ed', 'fe']) {
      bomb.push(`${name}: &${name} [*${of}, *${of}, *${of}, *${of}, *${of}, *${of}, *${of}, *${of}]`);
    }
    expect(faults(bomb.join('\n'))).toEqual([
      '6 : with its aliases written out the file has more than 100,000 values, most of them through this one',
    ]);
  });

  it.each([
    ['a: &a [*a]', 1],
    ['# one\na: &a\n  b:\n    c: *a', 4],
    ['a: &a {b: &b [*a]}', 1],
    ['kpis: []\na: &a\n  <<: *a\n  b: 1', 3],
  ])('names the line of an alias that holds itself: %j', (text, line) => {
    expect(faults(text)).toEqual([
      `${line} : this alias (*name) stands inside the value that it names: it would have no end`,
    ]);
  });
  it('lets the same value be named as often as it fits', () => {
    const many = ['kpis: []', 'a: &a [x, x]', 'b:', ...Array.from({ length: 500 }, () => '  - *a')];
    expect(faults(many.join('\n')).join()).not.toContain('alias');
  });

  it('never quotes a secret that looks otherwise in quotes, nor a word of one that an expression is made of', () => {
    const env = { QUOTED: 'p"ss\\w', WORDS: 'hunter77 && secret88' };
    const texts = ["rules: [{severity: '${env:QUOTED}'}]", `${KPI}    where: '\${env:WORDS}'\n`];
    const found = texts.map((text) => faults(text, env).join('\n'));
    expect(found.every((one) => one !== '')).toBe(true);
    expect(found.join()).not.toMatch(/ss\\+w|hunter77|secret88/);
    const hide = environmentHidden('a: ${env:WORDS}', env);
    expect(hide('kpis.hunter77 && secret88')).toBe('kpis.${env:WORDS}');
  });

  it('never quotes a secret', () => {
    const secret = 's3cr3t-t0k3n';
    const texts = [
      `nats: {token: [${secret}]}`,
      `nats: {servers: ${secret}}`,
      `nats: {servers: ["", ${secret}]}`,
      `nats: ${secret}`,
      `nats: {password: *${secret}}`,
      `nats: {password: "${secret}}`,
      `nats:\n  password: ${secret}: x`,
      `nats:\n  password: @${secret}`,
      `http: {auth: {secret: ${secret}}}`,
      `http: {auth: ${secret}}`,
      'http: {auth: {secret: "${env:SECRET}"}}',
      'time: {zone: "${env:SECRET}", idle_after: "${env:SECRET}"}',
      `${KPI}    where: '\${env:SECRET} + ('\n`,
      'nats: {user: u, password: "${env:SECRET"}\npartitions: 0',
    ];
    for (const text of texts) {
      const found = faults(text, { SECRET: secret });
      expect(found.length, text).toBeGreaterThan(0);
      expect(found.join('\n'), text).not.toContain(secret);
    }
  });
});

describe('a configuration file', () => {
  it('reads secrets from the environment', () => {
    const text = 'nats: {user: u, password: "${env:NATS_PASSWORD}", servers: ["nats://${env:HOST}:4222"]}';
    const checked = checkConfig(text, FORM, { NATS_PASSWORD: 'pw', HOST: 'n1' });
    expect('config' in checked && checked.config.nats).toMatchObject({ password: 'pw', servers: ['nats://n1:4222'] });
  });

  it('an empty one is all defaults', () => {
    for (const text of ['', '# nothing\n', 'kpis:\nrules:\nnats:\n']) expect(faults(text)).toEqual([]);
  });

  it('is loaded, or refused with every fault', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'earshot-config-'));
    try {
      const good = join(folder, 'good.yaml');
      const bad = join(folder, 'bad.yaml');
      await writeFile(good, RULE);
      await writeFile(bad, 'partitions: 0\nlive_every: 1\n');
      expect((await loadConfig(good, FORM, {})).rules.map(({ id }) => id)).toEqual(['low']);
      await expect(loadConfig(bad, FORM, {})).rejects.toMatchObject({
        code: 'CONFIG_INVALID',
        message: `the configuration is not usable: \n  ${bad}:1:13 partitions: found 0, expected at least 1\n  ${bad}:2:13 live_every: found 1, ${DURATION}`,
      });
      await expect(loadConfig(join(folder, 'none.yaml'), FORM, {})).rejects.toMatchObject({ code: 'CONFIG_NOT_FOUND' });
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('faults read like a compiler’s', () => {
    expect(faultText('a.yaml', { path: 'x.y', line: 3, column: 5, message: 'm' })).toBe('a.yaml:3:5 x.y: m');
    expect(faultText('a.yaml', { path: '', line: 1, column: 1, message: 'm' })).toBe('a.yaml:1:1 m');
  });
});
