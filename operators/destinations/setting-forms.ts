/** Settings that many destinations share. */
import { isWebAddress } from '../../engine/core/text/addresses.ts';
import type { Report } from '../config/config-part.ts';
import type { Section } from '../config/config-values.ts';

/** A required text; a missing one has been reported by the schema. */
export function requiredText(section: Section, name: string): string {
  return section.text(name, '');
}

/** An http or https address; `initial` where none is given. */
export function webAddress(section: Section, name: string, report: Report, initial = ''): string {
  const url = section.text(name, initial);
  if (section.has(name) && !isWebAddress(url)) {
    report(section.path(name), 'expected an http or https address (its text is a secret and not shown)');
  }
  return url;
}

/** One text or a list of them. */
export function textOrList(section: Section, name: string): readonly string[] {
  const one = section.text(name, null);
  return one === null ? section.strings(name) : [one];
}
