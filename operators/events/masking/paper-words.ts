/** Words for papers and accounts: which of them a code behind makes a number of, and whether a text holds one, and a code. */
import { at } from '../../../engine/core/must.ts';
import type { Hint } from './replaced.ts';
import { isAsciiDigit, isAsciiLetter, unitAt } from './unit-at.ts';

/** A digit and four digits or letters more, with at most one space, dot, slash or dash before each. */
export const CODE_HINT: Hint = { test: mayHoldCode };
function mayHoldCode(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    if (!isAsciiDigit(text.charCodeAt(at))) continue;
    let end = at + 1;
    let count = 0;
    for (; count < 4; count += 1) {
      const unit = unitAt(text, end);
      const isSeparated = unit === 0x20 || (unit >= 0x2d && unit <= 0x2f);
      const own = isSeparated ? unitAt(text, end + 1) : unit;
      if (!isAsciiDigit(own) && !isAsciiLetter(own)) break;
      end += isSeparated ? 2 : 1;
    }
    if (count === 4) return true;
  }
  return false;
}

/** Words after which any code with a few digits is a number of a paper. */
export const PAPER_WORD: string =
  "护照|護照|身[份分]證|居留證|證件|健保卡|統一編號|駕照|通行证|台胞证|回乡证|返乡证|军官证|士兵证|警官证|士官证|驾驶证|驾照|行驶证|档案编?号|居住证|居留证|居留许可|永居证?|港澳证|证件|身份证|社保[卡号]?|医保[卡号]?|公积金|学生证|学号|工作证|残疾证|员?工号|员工编号|工牌号?|结婚证|离婚证|出生证|房产证|不动产证|资格证|执业证|上岗证|营业执照|信用代码|税号|识别号|车架号|发动机号|マイナンバー|個人番号|주민등록번호|passport|travel document|permit|residence card|driver'?s? licen[cs]e|driving licen[cs]e|\\blicen[cs]e|\\bSSN|social security|social insurance|\\bSIN|\\bTFN|tax file|tax ID|taxpayer|\\bITIN|\\bEIN|\\bVAT|\\bNINO|\\bNI|national insurance|\\bNHS|medicare|medicaid|health card|\\bNIF|\\bNIE|\\bDNI|\\bCPF|\\bCNPJ|\\bCURP|\\bRFC|\\bRUT|\\bPESEL|\\bBSN|burgerservicenummer|aadhaar|aadhar|\\bPAN|steuer-?(?:id|nummer)|ausweis(?:nummer)?|personnummer|\\bCPR|f[øo]dselsnummer|hetu|henkil[öo]tunnus|\\bNRIC|\\bFIN|\\bmykad|\\bIC|\\bHKID|s[ée]cu(?:rit[ée] sociale)?|codice fiscale|\\bINN|\\bSNILS|\\bT\\.?C\\.? kimlik|\\bID card|\\bID number|\\bID no|identity(?: card)?|national ID|emirates ID|routing|sort code|reisepass|\\bpass-?(?:nr|no|nummer)\\.?|passeport|pasaporte|passaporte?o?|пасс?порт[а-я]{0,2}|rodn[ée] [čc][íi]slo|\\bCNP|\\bEGN|\\bAMKA|\\bCNIC|\\bNIN|\\bBVN|\\bCUI[TL]|\\bOIB|\\bJMBG|旅券番号|パスポート(?:番号)?|여권(?:번호)?|주민번호|외국인등록번호|СНИЛС|ИНН|sozialversicherung(?:snummer)?|rentenversicherung(?:snummer)?|\\bAHV|c[ée]dula|\\bKTP|\\bNIK|\\bCCCD|\\bCMND|(?<![验保认凭取求论见印旁])证(?:书|件)?(?:编号|号码|字号|号)|\\bVIN|\\bMRN";

/** What they begin with: two characters, of Latin words three where they have as many. The rest is for the expression to tell. */
export const BEGINNINGS: readonly string[] = (
  'pas tra per res dri lic ssn soc sin tfn tax iti ein vat nin ni nat nhs med hea nif nie dni cpf cnp cur rfc rut pes bsn bur aad ' +
  'pan ste aus cpr fød fod het hen nri fin myk ic hki séc sec cod inn sni t. tc id ide emi rou sor rei rod egn amk cni bvn cui oib ' +
  'jmb soz ren ahv céd ced ktp nik ccc cmn vin mrn ' +
  'па сн ин マイ 個人 주민 旅券 パス 여권 외국 ' +
  '护照 護照 身份 身分 居留 證件 健保 統一 駕照 通行 台胞 回乡 返乡 军官 士兵 警官 士官 驾驶 驾照 行驶 档案 居住 永居 港澳 证件 社保 医保 ' +
  '公积 学生 学号 工作 残疾 工号 员工 工牌 结婚 离婚 出生 房产 不动 资格 执业 上岗 营业 信用 税号 识别 车架 发动 证书 证编 证号 证字'
).split(' ');

const SLOTS = 1 << 14;
/** By what the first two and the first three characters come to; another pair that comes to the same only costs a look. */
const GOES_ON = 1;
const BEGINS = 2;
const BY_TWO = new Uint8Array(SLOTS);
const BY_THREE = new Uint8Array(SLOTS);
const slotOf = (key: number, unit: number): number => (Math.imul(key, 31) + unit) & (SLOTS - 1);
for (const beginning of BEGINNINGS) {
  for (const way of [beginning, beginning.toUpperCase()]) {
    // Of both cases the small one counts; other alphabets have theirs beside each other or far away.
    const units = Array.from(way, (sign) => small(sign.charCodeAt(0)));
    const pair = slotOf(at(units, 0), at(units, 1));
    const three = units[2];
    if (three === undefined) BY_TWO[pair] = (BY_TWO[pair] as number) | BEGINS;
    else {
      BY_TWO[pair] = (BY_TWO[pair] as number) | GOES_ON;
      BY_THREE[slotOf(pair, three)] = 1;
    }
  }
}
/** Of Latin-1 and Cyrillic letters the small one; whatever else comes out as another is looked at in vain. */
function small(unit: number): number {
  if (unit < 0x100) return unit | 0x20;
  return unit >= 0x410 && unit <= 0x42f ? unit + 0x20 : unit;
}

const WORD_HERE = new RegExp(PAPER_WORD, 'iy');

/** The same as a search for any of them, which tries a hundred words at each place: these are tried where one may begin. */
export function holdsPaperWord(text: string): boolean {
  let next = text.length === 0 ? 0 : small(text.charCodeAt(0));
  for (let at = 0; at + 1 < text.length; at += 1) {
    const unit = next;
    next = small(text.charCodeAt(at + 1));
    const pair = slotOf(unit, next);
    const begins = BY_TWO[pair] as number;
    if (begins === 0) continue;
    if (
      (begins & BEGINS) === 0 &&
      (at + 2 >= text.length || BY_THREE[slotOf(pair, small(text.charCodeAt(at + 2)))] === 0)
    )
      continue;
    WORD_HERE.lastIndex = at;
    if (WORD_HERE.test(text)) return true;
  }
  return false;
}
export const PAPER_WORD_HINT: Hint = { test: holdsPaperWord };
