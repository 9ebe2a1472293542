import { describe, expect, it } from 'vitest';
import { refusedQuery } from './query.ts';

const FORM = { from: 'once', to: 'once', key: 'many' } as const;
const said = (query: string, form: Parameters<typeof refusedQuery>[1] = FORM): string | undefined => {
  const answer = refusedQuery(new URLSearchParams(query), form);
  if (answer === undefined) return undefined;
  expect(answer.status).toBe(422);
  const { error } = JSON.parse(String(answer.body)) as { error: { code: string; message: string } };
  expect(error.code).toBe('invalid');
  return error.message;
};

describe('refusedQuery', () => {
  it('takes what the route knows, in any order', () => {
    for (const query of ['', 'to=1&from=0', 'key=a:1&key=b:2', 'from=']) expect(said(query)).toBeUndefined();
    expect(said('', {})).toBeUndefined();
  });

  it('names what it does not know, and what was meant', () => {
    expect(said('form=0')).toBe('unknown query parameter form; did you mean from? (this takes from, to, key)');
    expect(said('limit=5')).toBe('unknown query parameter limit (this takes from, to, key)');
    expect(said('FROM=0')).toBe('unknown query parameter FROM; did you mean from? (this takes from, to, key)');
    expect(said('x=1', {})).toBe('unknown query parameter x (this takes none)');
    expect(said('constructor=1')).toBe('unknown query parameter constructor (this takes from, to, key)');
  });

  it('refuses a parameter of one value that has two: whichever was used, the other was meant', () => {
    expect(said('from=0&from=1')).toBe('the query parameter from is given more than once');
  });

  it('repeats nothing that may be data', () => {
    expect(said('13800138000=1')).toBe('unknown query parameter (this takes from, to, key)');
    expect(said('张伟=x')).toBe('unknown query parameter (this takes from, to, key)');
    expect(said(`a@b.cn=1`)).toBe('unknown query parameter (this takes from, to, key)');
  });
});
