/** Each destination has its guide in both languages, whose example is a good configuration. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkConfig } from '../../adapters/config/config-file.ts';
import { compileExpression } from '../../adapters/expressions/cel.ts';
import { packageRoot } from '../../adapters/process/package-root.ts';
import { configForm } from '../../app/config/config.ts';
import { must } from '../../core/must.ts';
import { DESTINATIONS } from '../../../operators/destinations/destinations.ts';

const folder = join(packageRoot(), 'docs', 'how-to', 'hooks');
/** English stands in the folder itself. */
const LANGUAGES = ['', 'zh-CN/'];
const read = (file: string): string => readFileSync(join(folder, file), 'utf8');
const example = (file: string): string =>
  must(/```yaml\n([\s\S]*?)```/.exec(read(file))?.[1], `${file} has an example`);

describe('the guides of destinations', () => {
  it('are there for each kind in both languages, and for no other', () => {
    const expected = DESTINATIONS.flatMap(({ kind }) => LANGUAGES.map((language) => `${language}${kind}.md`));
    const files = LANGUAGES.flatMap((language) =>
      readdirSync(join(folder, language)).flatMap((file) => (file.endsWith('.md') ? [`${language}${file}`] : [])),
    );
    expect(files.sort()).toEqual(expected.sort());
  });

  it.each(DESTINATIONS.flatMap(({ kind }) => LANGUAGES.map((language) => [`${language}${kind}.md`, kind])))(
    '%s: its example is good, names no secret, and is what its test sends to',
    (file, kind) => {
      const given = example(file);
      const filled = given
        .replaceAll(/\$\{env:(\w*(?:BOT|WEBHOOK|WORKFLOW))\}/g, 'https://bot.example/?key=1')
        .replace('${env:SMTP_URL}', 'smtps://u:p@mail.example:465')
        .replace('${env:HOOK_SECRET}', 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw')
        .replaceAll(/\$\{env:\w+\}/g, 'a-key');
      const checked = checkConfig(filled, configForm(compileExpression));
      if ('faults' in checked) throw new Error(JSON.stringify(checked.faults));
      const [hook] = checked.config.hooks;
      expect(hook?.kind).toBe(kind);
      expect(read(file)).toContain(`earshot hooks test ${must(hook).id}`);
      expect(given).toMatch(kind === 'alertmanager' ? /url: https/ : /\$\{env:/);
    },
  );

  it('say the same in both languages: the same example, the same sections', () => {
    for (const { kind } of DESTINATIONS) {
      expect(example(`zh-CN/${kind}.md`)).toBe(example(`${kind}.md`));
      const sections = LANGUAGES.map((language) => read(`${language}${kind}.md`).match(/^## /gm)?.length);
      expect(sections).toEqual([5, 5]);
    }
  });
});
