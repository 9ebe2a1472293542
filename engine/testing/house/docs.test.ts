/** What the documents say must be so: links lead somewhere, commands exist, examples work. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compileExpression } from '../../adapters/expressions/cel.ts';
import { Command } from 'commander';
import { COMMANDS } from '../../app/commands/command-list.ts';
import { checkConfig } from '../../adapters/config/config-file.ts';
import { createCodec } from '../../adapters/formats/codec.ts';
import { packageRoot } from '../../adapters/process/package-root.ts';
import { createSchemaValidator } from '../../adapters/formats/schema-validator.ts';
import { configForm } from '../../app/config/config.ts';
import { calendarDays, calendarText } from '../../app/commands/shared/calendar-listing.ts';
import { openFactFile } from '../../app/facts/fact-file.ts';
import { openCalendars } from '../../app/open-calendars.ts';
import { must } from '../../core/must.ts';
import { dayOfDate } from '../../../operators/calendars/calendar-dates.ts';
import { createDecoder } from '../../../operators/events/decode.ts';
import { dataSchemas } from '../../../operators/events/types/event-types.ts';

const root = packageRoot();

function documents(folder = ''): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory())
      return ['node_modules', 'dist', '.git', '.earshot'].includes(entry.name) ? [] : documents(path);
    return entry.name.endsWith('.md') ? [path] : [];
  });
}

const readme = readFileSync(join(root, 'README.md'), 'utf8');

describe('the documents', () => {
  it.each(documents())('%s: links lead to files that exist', (path) => {
    const text = readFileSync(join(root, path), 'utf8');
    const targets = [...text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)]
      .map(([, target = '']) => target)
      .filter((target) => !/^[a-z]+:/.test(target));
    expect(targets.filter((target) => !existsSync(join(root, dirname(path), target)))).toEqual([]);
  });

  it('CONTRIBUTING.md names files that exist', () => {
    const text = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8');
    const named = [...text.matchAll(/`((?:engine|operators|bench|models|dashboards)\/[\w./-]+\.\w+)`/g)];
    expect(named.length).toBeGreaterThan(5);
    expect(named.map(([, file = '']) => file).filter((file) => !existsSync(join(root, file)))).toEqual([]);
  });

  it('engine/README.md names tests that exist', () => {
    const named = [
      ...readFileSync(join(root, 'engine/README.md'), 'utf8').matchAll(
        /`((?:engine|operators|bench|models|dashboards)\/[\w./-]+\.ts)`/g,
      ),
    ];
    expect(named.length).toBeGreaterThan(8);
    expect(named.map(([, file = '']) => file).filter((file) => !existsSync(join(root, file)))).toEqual([]);
  });

  it('name only commands and flags that the command line has', async () => {
    const cli = new Command();
    for (const [name, { load }] of Object.entries(COMMANDS)) (await load()).command.define(cli.command(name), COMMANDS);
    const flags = new Map(cli.commands.map((command) => [command.name(), command.options.map(({ long }) => long)]));
    const used = documents().flatMap((path) => [
      ...readFileSync(join(root, path), 'utf8').matchAll(/npx earshot (\w[\w-]*)([^\n`#]*)/g),
    ]);
    expect(used.length).toBeGreaterThan(5);
    for (const [line, command, rest = ''] of used) {
      expect([...flags.keys()], line).toContain(command);
      for (const [flag] of rest.matchAll(/--[a-z-]+/g))
        expect([...(flags.get(command ?? '') ?? []), '--help'], line).toContain(flag);
    }
  });

  it('npm scripts that are named exist', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const used = documents().flatMap((path) => [
      ...readFileSync(join(root, path), 'utf8').matchAll(/npm run ([\w:]+)/g),
    ]);
    for (const [line, name = ''] of used) expect(Object.keys(scripts), line).toContain(name);
  });

  it('README.zh-CN.md has the commands, links and sections of README.md', () => {
    const chinese = readFileSync(join(root, 'README.zh-CN.md'), 'utf8');
    const commandsIn = (text: string): readonly string[] =>
      [...text.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block = '']) => block.replace(/ +#.*$|\?lang=zh-CN/gm, ''));
    const linksIn = (text: string): readonly string[] =>
      [...text.matchAll(/\]\(((?:docs|bench|models|dashboards|engine|operators)\/[^)]*|[a-z]+\.yaml)\)/g)]
        .map(([, to = '']) => to.replace(/\.zh-CN\.png$/, '.png'))
        .sort();
    const picturesIn = (text: string): readonly string[] => text.match(/[\w-]+(\.zh-CN)?\.png/g) ?? []; // none
    expect(picturesIn(chinese).every((name) => name.includes('.zh-CN.'))).toBe(true);
    expect(picturesIn(readme).some((name) => name.includes('.zh-CN.'))).toBe(false);
    expect(commandsIn(readme).length).toBeGreaterThan(3);
    expect(commandsIn(chinese)).toEqual(commandsIn(readme));
    const missing = new Set(linksIn(readme).filter((link) => !linksIn(chinese).includes(link)));
    expect([...missing]).toEqual([]);
    const sections = (text: string): number => text.match(/^## |^\*\*\d\./gm)?.length ?? 0;
    expect(sections(chinese)).toBe(sections(readme));
  });

  it('the event of the README is accepted', () => {
    const body = /-d '(\{[\s\S]*?\}\})'/.exec(readme)?.[1] ?? '';
    const decode = createDecoder({
      codec: createCodec(),
      validate: createSchemaValidator(dataSchemas()),
      channels: [],
      maxEventBytes: 65_536,
      maxFutureMs: 300_000,
      maskKey: 'a key',
    });
    const { items } = decode({
      subject: 'cx.events.app.feedback.-',
      headers: { 'content-type': 'application/cloudevents+json' },
      data: Buffer.from(body),
      seq: 1,
      stored: Date.UTC(2026, 2, 2),
    });
    expect(items.map((item) => ('event' in item ? item.event.value.type : item.rejected.data))).toEqual([
      'cx.feedback.posted',
    ]);
  });

  it('the example of docs/how-to/hooks.md is good', () => {
    const text = readFileSync(join(root, 'docs/how-to/hooks.md'), 'utf8');
    const example = /```yaml\n([\s\S]*?)```/.exec(text)?.[1] ?? '';
    const given = example
      .replace('${env:PAGERDUTY_KEY}', 'a-key')
      .replace('${env:WECOM_BOT}', 'https://bot.example/?key=1');
    const checked = checkConfig(given, configForm(compileExpression));
    expect(checked).toMatchObject({
      config: { hooks: [{ id: 'oncall' }, { id: 'managers' }], inhibit: [{ equal: ['channel'] }] },
    });
  });

  it('the example of docs/how-to/calendars.md is good, and lists the days that stand there', () => {
    const text = readFileSync(join(root, 'docs/how-to/calendars.md'), 'utf8');
    const [, example = '', listing = ''] = /```yaml\n([\s\S]*?)```[\s\S]*?```\n([\s\S]*?)```/.exec(text) ?? [];
    const checked = checkConfig(example, configForm(compileExpression));
    if ('faults' in checked) throw new Error(JSON.stringify(checked.faults));
    const calendar = must(openCalendars(checked.config.calendars).get('service_hours'));
    const [from = NaN, to = NaN] = ['2026-02-13', '2026-02-16'].map(dayOfDate);
    const listed = calendarText(calendar, calendarDays(calendar, from, to), []);
    // The first line says how far the package of holidays goes.
    expect(listed.split('\n').slice(1)).toEqual(listing.split('\n').slice(1));
  });

  it('the example of docs/how-to/facts.md is good, and its file gives what it derives', async () => {
    const text = readFileSync(join(root, 'docs/how-to/facts.md'), 'utf8');
    const [, example = '', csv = ''] = /```yaml\n([\s\S]*?)```\n\n```\n([\s\S]*?)```/.exec(text) ?? [];
    const checked = checkConfig(example, configForm(compileExpression));
    if ('faults' in checked) throw new Error(JSON.stringify(checked.faults));
    const customer = must(checked.config.facts[0]);
    const folder = mkdtempSync(join(tmpdir(), 'earshot-docs-'));
    const file = join(folder, 'customers.csv');
    writeFileSync(file, csv);
    const derived: unknown[] = [];
    for await (const { fields } of (await openFactFile(file, { key: 'id', text: [] })).rows()) {
      const variables = { data: { customer: fields }, time: Date.UTC(2026, 2, 2) };
      derived.push(Object.values(customer.derive).map((source) => compileExpression(source)(variables)));
    }
    rmSync(folder, { recursive: true });
    expect(derived).toEqual([
      [true, false, 'vip'],
      [false, true, 'at_risk'],
    ]);
  });

  it('the example of docs/how-to/levels.md is good', () => {
    const text = readFileSync(join(root, 'docs/how-to/levels.md'), 'utf8');
    const example = /```yaml\n([\s\S]*?)```/.exec(text)?.[1] ?? '';
    const checked = checkConfig(example, configForm(compileExpression));
    expect(checked).toMatchObject({ config: { kpis: [{ id: 'backlog' }, { id: 'overdue' }, { id: 'longest_wait' }] } });
  });

  it('earshot.yaml is good', () => {
    const checked = checkConfig(readFileSync(join(root, 'earshot.yaml'), 'utf8'), configForm(compileExpression));
    expect('faults' in checked ? checked.faults : []).toEqual([]);
  });
});
