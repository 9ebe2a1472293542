import { expect, it } from 'vitest';
import { controlSigner } from '../../../adapters/keys/control-signature.ts';
import { readToken, writeToken } from './answer-token.ts';

const [OLD, NEW] = ['an old key of thirty-two bytes, or more', 'a new key of thirty-two bytes, or more'];
const TOKEN = { alerts: ['a1f0'], hook: 'oncall', notice: 'n7', expires: 1_700_000_000_000 };

it('reads what it wrote, the same for every attempt of a notice', () => {
  const text = writeToken(TOKEN, [NEW]);
  expect(text).toBe(writeToken({ ...TOKEN }, [NEW]));
  expect(text).toMatch(/^[\w-]+\.[\w-]{22}$/);
  expect(readToken(text, [NEW])).toEqual(TOKEN);
});

it('names several alerts, those of our own rules in a third of the space, and reads links of engines that knew one alone', () => {
  const own = Array.from({ length: 20 }, (_, i) => `a${(i * 7919).toString(16).padStart(16, '0')}`);
  const foreign = Array.from({ length: 20 }, (_, i) => `some alert of another program, number ${i}`);
  for (const alerts of [own, foreign, [own[0] ?? '', 'A2']]) {
    expect(readToken(writeToken({ ...TOKEN, alerts }, [NEW]), [NEW])).toEqual({ ...TOKEN, alerts });
  }
  expect(writeToken({ ...TOKEN, alerts: own }, [NEW]).length).toBeLessThan(400);
  const before = 'WyJhMWYwIiwib25jYWxsIiwibjciLDE3MDAwMDAwMDAwMDBd';
  expect(writeToken(TOKEN, [NEW]).split('.')[0]).toBe(before);
});

it('knows the former key while keys rotate, and no longer than that', () => {
  const text = writeToken(TOKEN, [OLD]);
  expect(readToken(text, [NEW, OLD])).toEqual(TOKEN);
  expect(readToken(text, [NEW])).toBeNull();
});

it('takes nothing that was changed, cut, padded or signed for something else', () => {
  const text = writeToken(TOKEN, [NEW]);
  const [content = '', proof = ''] = text.split('.');
  const other = Buffer.from(JSON.stringify(['a2', 'oncall', 'n7', 1_700_000_000_000])).toString('base64url');
  const control = controlSigner([NEW])(Buffer.from(content)).split('.')[1] ?? '';
  const wrong = [
    ...['', '.', content, `${content}.`, `.${proof}`, `${content}.${proof}.`, `${text}=`, `${content}.${proof}AA`],
    ...[`${other}.${proof}`, `${content}A.${proof}`, `${content}.${control}`, 'x'.repeat(10_000)],
  ];
  for (const one of wrong) expect([one, readToken(one, [NEW])]).toEqual([one, null]);
});
