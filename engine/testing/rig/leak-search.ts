/** Searches what an engine gave out for values that must not be there, however they are written. */

export interface Given {
  readonly where: string;
  readonly text: string;
}

/** As it is, percent-encoded, in base64 at any offset, and its digits alone, whatever stands between them. */
export function leaksIn({ where, text }: Given, values: readonly string[]): readonly string[] {
  const plain = text.replace(/(?:%[0-9a-f]{2})+/gi, (escapes) =>
    Buffer.from(escapes.replaceAll('%', ''), 'hex').toString(),
  );
  const base64 = text.replaceAll('-', '+').replaceAll('_', '/');
  const digits = digitsOf(text);
  return values.flatMap((value) => {
    const form =
      text.includes(value) || plain.includes(value)
        ? 'as it is'
        : base64Forms(value).some((one) => base64.includes(one))
          ? 'in base64'
          : isNumber(value) && digits.includes(digitsOf(value))
            ? 'by its digits'
            : null;
    return form === null ? [] : [`${where}: ${value} ${form}`];
  });
}

const LEAST_DIGITS = 11;
const isNumber = (value: string): boolean => !value.includes('@') && digitsOf(value).length >= LEAST_DIGITS;

const NUMERALS = '〇零①一②二③三④四⑤五⑥六⑦七⑧八⑨九';
/** Numbers in a row, without what separates groups of one. */
function digitsOf(text: string): string {
  return text
    .replaceAll('幺', '1')
    .replace(/[〇零①-⑨一二三四五六七八九]/g, (one) =>
      one === '〇' ? '0' : String(Math.floor(NUMERALS.indexOf(one) / 2)),
    )
    .normalize('NFKC')
    .replace(/(?<=[0-9])[\s.()/-]{1,3}(?=[0-9])/g, '');
}

/** What is the same of it whatever stands before and behind. */
function base64Forms(value: string): readonly string[] {
  const bytes = Buffer.from(value);
  if (bytes.length < 8) return [];
  return [0, 1, 2].map((offset) => {
    const from = (3 - offset) % 3;
    const whole = Math.floor((bytes.length - from) / 3) * 3;
    return bytes.subarray(from, from + whole).toString('base64');
  });
}
