/** The attributes of an event beside its data: which CloudEvents allows, and what is passed on of those a sender adds. */
import { type Candidate, isTechnical, kindOf, shown } from '../contents.ts';
import type { Masker } from '../masking/mask.ts';
import type { Rejection, RejectReason } from '../decode-ports.ts';

const NO_ATTRIBUTES: Readonly<Record<string, string>> = {};

/** What is not passed on as it is: it stands elsewhere in the event, or spoke of the payload as it came in. */
const OWN: ReadonlySet<string> = new Set([
  ...['specversion', 'id', 'source', 'type', 'time', 'datacontenttype', 'dataschema', 'data', 'data_base64'],
]);
const MAX_ATTRIBUTES = 32;
const MAX_ATTRIBUTE = 2048;

/** An attribute that CloudEvents does not allow, as a rejection. */
export function oddAttribute(attributes: Readonly<Record<string, unknown>>, mode: Candidate['mode']): Rejection | null {
  let count = 0;
  for (const name in attributes) {
    if (OWN.has(name)) continue;
    if (!/^[a-z][a-z0-9]{0,63}$/.test(name)) {
      return refuse(
        'malformed',
        `the attribute ${shown(name)} is not a CloudEvents name (a–z and 0–9, a letter first); fields of yours belong into data`,
        '',
      );
    }
    const value = attributes[name];
    if (typeof value === 'object' && value !== null) {
      return refuse(
        'malformed',
        `the attribute ${shown(name)} must be plain text, found ${kindOf(value)}`,
        at(mode, shownName(name)),
      );
    }
    if (++count > MAX_ATTRIBUTES) {
      return refuse('malformed', `an event may have at most ${MAX_ATTRIBUTES} attributes of its own`, '');
    }
    if (typeof value === 'string' && value.length > MAX_ATTRIBUTE)
      return badText(shownName(name), value, MAX_ATTRIBUTE, mode);
  }
  return null;
}

function shownName(name: string): string {
  return isTechnical(name) ? name : '…';
}

export function furtherAttributes(
  attributes: Readonly<Record<string, unknown>>,
  masker: Masker,
): Record<string, string> {
  let further: Record<string, string> | null = null;
  for (const name in attributes) {
    const value = attributes[name];
    if (OWN.has(name) || (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean'))
      continue;
    further ??= {};
    further[attributeName(name, masker)] = masker.field(name, String(value));
  }
  return further ?? NO_ATTRIBUTES;
}

/** CloudEvents allows letters and digits in a name, so a personal one cannot have stars: a token stands for it. */
function attributeName(name: string, masker: Masker): string {
  return masker.identifier(name).replace('~', 'x');
}

export function isText(value: unknown, maxLength: number): value is string {
  return typeof value === 'string' && value !== '' && value.length <= maxLength;
}

export function badText(name: string, value: unknown, maxLength: number, mode: Candidate['mode']): Rejection {
  const error =
    value === undefined || value === null
      ? `${name} is missing: every CloudEvents event has one`
      : typeof value !== 'string'
        ? `${name} must be a string, found ${kindOf(value)}`
        : value === ''
          ? `${name} must not be empty`
          : `${name} must have at most ${maxLength} characters, found ${value.length}`;
  return refuse('malformed', error, at(mode, name));
}

export function at(mode: Candidate['mode'], attribute: string): string {
  return mode === 'binary' ? `header:ce-${attribute}` : `/${attribute}`;
}

export function refuse(reason: RejectReason, error: string, where: string): Rejection {
  return { reason, error, at: where };
}
