/** Check digits and dates inside numbers of papers and cards. Digits as text, without separators. */

/** ISO/IEC 7812-1, annex B. */
export function luhnHolds(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i += 1) {
    const digit = Number(digits[digits.length - 1 - i]);
    const weighed = i % 2 === 0 ? digit : digit * 2;
    sum += weighed > 9 ? weighed - 9 : weighed;
  }
  return sum % 10 === 0;
}

/** The sum of the digits, each times its weight. */
export function weighed(digits: string, weights: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < weights.length; i += 1) sum += Number(digits[i]) * (weights[i] as number);
  return sum;
}

const REGION = /^(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|9[1-9])/;

/** Region and a date of birth that exists, as in GB 11643. */
export function isIdentity(number: string): boolean {
  return (
    REGION.test(number) &&
    isBirthday(Number(number.slice(6, 10)), Number(number.slice(10, 12)), Number(number.slice(12, 14)))
  );
}
export function isOldIdentity(number: string): boolean {
  return (
    REGION.test(number) &&
    isBirthday(1900 + Number(number.slice(6, 8)), Number(number.slice(8, 10)), Number(number.slice(10, 12)))
  );
}
export function isBirthday(year: number, month: number, day: number): boolean {
  if (year < 1850 || year > 2099 || month < 1 || month > 12 || day < 1) return false;
  return day <= (month === 2 ? 29 : month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31);
}

const IDENTITY_WEIGHTS: readonly number[] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
/** ISO 7064 MOD 11-2, of mainland identity cards. */
export function identityHolds(number: string): boolean {
  return '10X98765432'[weighed(number, IDENTITY_WEIGHTS) % 11] === number[17]?.toUpperCase();
}

const CREDIT_DIGITS = '0123456789ABCDEFGHJKLMNPQRTUWXY';
/** GB 32100: the unified social credit code of an organisation or a self-employed person. */
export function creditCodeHolds(code: string): boolean {
  let sum = 0;
  let weight = 1;
  for (let i = 0; i < 17; i += 1) {
    const value = CREDIT_DIGITS.indexOf(code[i] ?? '');
    if (value < 0) return false;
    sum += value * weight;
    weight = (weight * 3) % 31;
  }
  return CREDIT_DIGITS[(31 - (sum % 31)) % 31] === code[17];
}

/** Remainder of a number of any length, digits only. */
export function remainder(digits: string, by: number): number {
  let rest = 0;
  for (let i = 0; i < digits.length; i += 1) rest = (rest * 10 + Number(digits[i])) % by;
  return rest;
}

/** ISO 13616: country, check digits, account; mod 97. Upper case, no spaces. */
export function ibanHolds(iban: string): boolean {
  let rest = 0;
  for (let i = 0; i < iban.length; i += 1) {
    const unit = iban.charCodeAt((i + 4) % iban.length);
    rest = unit >= 0x41 ? (rest * 100 + unit - 55) % 97 : (rest * 10 + unit - 0x30) % 97;
  }
  return rest === 1;
}

/** ISO 7064 MOD 11,10: the German tax number and others. */
export function mod1110Holds(digits: string): boolean {
  let product = 10;
  for (let i = 0; i < digits.length - 1; i += 1) {
    const sum = (Number(digits[i]) + product) % 10;
    product = ((sum === 0 ? 10 : sum) * 2) % 11;
  }
  return (11 - product) % 10 === Number(digits.at(-1));
}

/** The multiplication of the dihedral group of ten, by rows; and the shifts by place. */
const TIMES =
  '0123456789' +
  '1234067895' +
  '2340178956' +
  '3401289567' +
  '4012395678' +
  '5987604321' +
  '6598710432' +
  '7659821043' +
  '8765932104' +
  '9876543210';
const SHIFTS =
  '0123456789' + '1576283094' + '5803796142' + '8916043527' + '9453126870' + '4286573901' + '2793806415' + '7046913258';
/** Verhoeff's scheme, of Indian identity numbers. */
export function verhoeffHolds(digits: string): boolean {
  let check = 0;
  for (let i = 0; i < digits.length; i += 1) {
    const shifted = Number(SHIFTS[(i % 8) * 10 + Number(digits[digits.length - 1 - i])]);
    check = Number(TIMES[check * 10 + shifted]);
  }
  return check === 0;
}

/** Taiwan: a letter for the place, 1 or 2 (8, 9: residents), eight digits. */
export function taiwanHolds(id: string): boolean {
  const place = 'ABCDEFGHJKLMNPQRSTUVXYWZIO'.indexOf(id[0] ?? '') + 10;
  return (Math.floor(place / 10) + (place % 10) * 9 + weighed(id.slice(1), [8, 7, 6, 5, 4, 3, 2, 1, 1])) % 10 === 0;
}

/** Spain: the letter is the number mod 23. X, Y, Z of foreigners stand for 0, 1, 2. */
export function spainHolds(id: string): boolean {
  const digits = id.replace(/^[XYZ]/, (letter) => String('XYZ'.indexOf(letter)));
  return 'TRWAGMYFPDXBNJZSQVHLCKE'[Number(digits.slice(0, -1)) % 23] === id.at(-1);
}

/** By country, how long an IBAN is. */
export const IBAN_LENGTHS: ReadonlyMap<string, number> = new Map(
  'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IR26 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30'
    .split(' ')
    .map((one) => [one.slice(0, 2), Number(one.slice(2))]),
);
