/** What a look through a text sees is enough: asking every rule changes nothing. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allAtOnce } from '../../../../engine/core/steps/steps.ts';
import { maskInSteps, maskText, type MaskedText } from '../mask-text.ts';
import { NOT_PERSONAL, PERSONAL } from '../testing/mask-corpus.ts';
import { casesOf } from '../testing/recall.ts';
import { glance } from './glance.ts';
import * as trait from './traits.ts';
import * as cue from './word-cues.ts';

const thoroughly = (text: string): MaskedText => allAtOnce(maskInSteps(text, true));
const TEXTS: readonly string[] = [
  ...['cases', 'written-cases', 'held-out-cases', 'forms-cases'].flatMap((name) =>
    casesOf(new URL(`../testing/${name}.ndjson`, import.meta.url)).map(({ text }) => text),
  ),
  ...PERSONAL.map((row) => row.replace(/[{}]/g, '')),
  ...NOT_PERSONAL,
];
/** Words and values, cut where people put them together. */
const PIECES: readonly string[] = [...new Set(TEXTS.flatMap((text) => text.split(/(?<=[\s，。,:：])/)))];

describe('a text masked by the rules that have something to start from', () => {
  it('is what every rule together makes of it, for each labelled text', () => {
    const differ = TEXTS.filter((text) => maskText(text).text !== thoroughly(text).text);
    expect(differ).toEqual([]);
  });

  it('is what every rule together makes of it, for whatever pieces of them in whatever order', () => {
    const pieces = fc.array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 9 });
    fc.assert(
      fc.property(pieces, (some) => {
        const text = some.join('');
        expect(maskText(text)).toEqual(thoroughly(text));
      }),
      { numRuns: 2000, seed: 20261129 },
    );
  });
});

describe('what one round of masking lays bare', () => {
  it('is no house behind a street: the digits are what is left of a phone number', () => {
    const text = '请打我手机8616287457028联系Spring 一四九七一七五六九八零 ';
    expect(maskText(text)).toEqual(thoroughly(text));
    expect(maskText(text).text).toContain('Spring 149');
  });
});

describe('a name that a rule takes only a part of, or behind a word joined to another', () => {
  it.each([
    'we named Miss USA today, says Zora',
    'tell Triple H we want a match against Zora',
    'the rider Easter Stehr was late',
    'Caitlyn and her ex-wife, Kris Jenner, have been here',
    'thanks, J. Zoltan',
    'Contact Иван Петров and John, Zoltan',
    'I picked it up from 12 long lane, deliver to Willow Crescent 15',
    'he spoke to Lee Zork and was helped by Zora Xu',
    'our number 12-14, N. Main Hill St, and no 7b Long Lane.',
    'Q 12 34 56 C, and no more',
    'anna at exampledotcom and bob @ example dot org @united. Co',
    '林黛玉Tom Lee',
    'Zork Korb was rude, mail a.b@example.com. Yesterday my agent Alpha Beta Tom Lee and M. Dupont called',
    "I'm Zora Xu, and I'm here; it's Zoltan calling, it's Wei",
    "I'm Иван Петров from Zork Korb",
    'O’Brien-mcallister de la Zork Tom Lee',
  ])('is masked as every rule together masks it: %s', (text) => {
    expect(maskText(text)).toEqual(thoroughly(text));
  });
});

/** Of each word of a rule that is known by three of its letters. */
describe('a word that a rule starts from', () => {
  it.each([
    'passport travel-document permit residence licence license SSN social SIN TFN tax taxpayer ITIN EIN VAT NINO NI national NHS',
    'medicare medicaid health NIF NIE DNI CPF CNPJ CURP RFC RUT PESEL BSN burgerservicenummer aadhaar aadhar PAN steuernummer',
    'ausweis personnummer CPR fodselsnummer hetu henkilotunnus NRIC FIN mykad IC HKID secu codice INN SNILS kimlik ID identity',
    'emirates routing sort reisepass passnr passeport pasaporte passaporto sozialversicherung rentenversicherung AHV cedula KTP',
    'NIK CCCD CMND VIN MRN',
  ])('is seen: %s', (words) => {
    for (const word of words.split(' ')) expect(glance(`my ${word} 12345`).cues & cue.PAPER, word).not.toBe(0);
  });

  it('is not seen in common words of most texts', () => {
    const { cues, traits, order } = glance('the flight was late again and nobody explained why');
    expect([cues & (cue.NAME | cue.SECRET | cue.WECHAT | cue.MAC | cue.BOX), traits, order]).toEqual([
      0,
      trait.LATIN | trait.CODE,
      0,
    ]);
  });
});
