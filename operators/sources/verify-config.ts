/** `verify` of a source: the scheme, the preset's settings under the user's, and what must be there. */
import type { Report } from '../config/config-part.ts';
import type { Section } from '../config/config-values.ts';
import { textOrList } from '../destinations/setting-forms.ts';
import type { Preset } from './presets/preset.ts';
import { SCHEME_NAMES, type SchemeName, type VerifySettings } from './proofs/proof.ts';

/** Schemes that cannot know which header is meant. */
const NEEDS_HEADER: ReadonlySet<SchemeName> = new Set(['hmac-sha256', 'hmac-sha1', 'hmac-sha512', 'header']);
const SHORTEST_SECRET = 8;

const USUAL: VerifySettings = {
  ...{ scheme: 'none', secrets: [], header: '', encoding: 'hex', prefix: '', timestamp: '', signed: '{body}' },
  ...{ withinMs: 300_000, parameter: 'key' },
};

export function readVerify(source: Section, isNeeded: boolean, preset: Preset | null, report: Report): VerifySettings {
  const section = source.section('verify');
  const written = section.text('scheme', null);
  const scheme = SCHEME_NAMES.find((one) => one === written) ?? null;
  // The settings of a preset are of its own scheme.
  const known: Partial<VerifySettings> =
    preset !== null && (scheme ?? preset.verify.scheme) === preset.verify.scheme ? preset.verify : {};
  const base = {
    ...USUAL,
    ...(scheme === 'stripe' ? { header: 'stripe-signature' } : {}),
    ...known,
    ...(scheme === null ? {} : { scheme }),
  };
  const secrets = textOrList(section, 'secret');
  const encoding = section.text('encoding', base.encoding);
  const settings: VerifySettings = {
    ...{ scheme: base.scheme, secrets },
    header: section.text('header', base.header).toLowerCase(),
    encoding: encoding === 'base64' ? 'base64' : 'hex',
    prefix: section.text('prefix', base.prefix),
    timestamp: section.text('timestamp', base.timestamp).toLowerCase(),
    signed: section.text('signed', base.signed),
    withinMs: section.durationMs('within', base.withinMs),
    parameter: section.text('parameter', base.parameter),
  };
  if (isNeeded) check(section, source, settings, scheme !== null || preset !== null, report);
  return settings;
}

function check(section: Section, source: Section, settings: VerifySettings, isChosen: boolean, report: Report): void {
  if (!isChosen) {
    const how =
      'it says no `verify.scheme`: how senders prove themselves, or `none` where whoever knows the address may send';
    return report(source.has('verify') ? section.path('scheme') : source.path('verify'), how);
  }
  const { scheme, secrets, header, timestamp, signed } = settings;
  if (scheme === 'none') return;
  const place = source.has('verify') ? section.path('secret') : source.path('verify');
  if (secrets.length === 0)
    report(place, `${scheme} needs the \`secret\` that the sender signs with, e.g. \${env:DESK_SECRET}`);
  else if (secrets.some((one) => one.length < SHORTEST_SECRET))
    report(place, `a secret has at least ${SHORTEST_SECRET} characters`);
  if (NEEDS_HEADER.has(scheme) && header === '')
    report(section.path('header'), `${scheme} needs the \`header\` that it stands in`);
  if (timestamp !== '' && !signed.includes('{timestamp}'))
    report(section.path('signed'), 'a time that is not signed proves nothing: expected {timestamp} in it');
  if (!signed.includes('{body}')) report(section.path('signed'), 'what does not hold {body} proves nothing of it');
}
