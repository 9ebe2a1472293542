/** What `earshot reload` and `earshot validate --against` ask of a running engine, and what a person reads of the answer. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ReloadReport } from '../../core/reload-report.ts';
import { askedToReload, reloadText } from './reload-request.ts';

const containing = (words: string): string => expect.stringContaining(words) as string;

const REPORT: ReloadReport = {
  outcome: 'applied',
  applied: [{ path: 'rules.busy', what: 'changed' }],
  restart: [{ path: 'http', what: 'changed' }],
  refused: [],
};

let server: Server;
let url: string;
let answer: { readonly status: number; readonly body: unknown };
const asked: { method: string | undefined; path: string | undefined; token: string | undefined; body: string }[] = [];

beforeEach(async () => {
  asked.length = 0;
  answer = { status: 200, body: REPORT };
  server = createServer((request, response) => {
    void text(request).then((body) => {
      const { method, url: path, headers } = request;
      asked.push({ method, path, token: headers.authorization, body });
      const said = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body);
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(said);
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
});
afterEach(() => new Promise((closed) => void server.close(closed)));

describe('a running engine', () => {
  it('is asked to read its configuration again, with the token of who asks', async () => {
    expect(await askedToReload(`${url}/`, 'jwt')).toEqual(REPORT);
    expect(asked).toEqual([{ method: 'POST', path: '/v1/reload', token: 'Bearer jwt', body: '' }]);
  });

  it('is only asked what it would make of a configuration that is sent along', async () => {
    expect(await askedToReload(url, undefined, 'partitions: 1\n')).toEqual(REPORT);
    expect(asked).toEqual([{ method: 'POST', path: '/v1/reload/check', token: undefined, body: 'partitions: 1\n' }]);
  });

  it.each([
    [401, {}, undefined, { code: 'USAGE_INVALID', message: containing('it asks for a token of an admin') }],
    [403, {}, 'jwt', { code: 'USAGE_INVALID', message: containing('does not take this token (403)') }],
    [
      422,
      { error: { code: 'invalid', message: 'the configuration is not usable: earshot.yaml:3:5 kpis: no list' } },
      'jwt',
      { code: 'CONFIG_INVALID', message: containing('earshot.yaml:3:5 kpis: no list') },
    ],
    [502, 'a page of a proxy', 'jwt', { code: 'GATEWAY_UNREACHABLE', message: containing('answered 502') }],
  ])('that answers %i is reported with what to do', async (status, body, token, error) => {
    answer = { status, body };
    await expect(askedToReload(url, token)).rejects.toMatchObject(error);
  });

  it('that is not there is named', async () => {
    await new Promise((closed) => void server.close(closed));
    await expect(askedToReload(url, undefined)).rejects.toMatchObject({ code: 'GATEWAY_UNREACHABLE' });
  });
});

describe('the answer, for a person', () => {
  it('says what was taken up and what needs a restart', () => {
    expect(reloadText(REPORT)).toBe('taken up:\n  rules.busy (changed)\nneeds a restart:\n  http (changed)\n');
  });

  it('says beforehand what would be', () => {
    expect(reloadText(REPORT, true)).toMatch(/^a reload takes up:\n {2}rules\.busy \(changed\)\nneeds a restart:\n/);
    const refused = { ...REPORT, outcome: 'refused', refused: ['the KPI csat: its measure changed'] } as const;
    expect(reloadText(refused, true)).toBe('would be refused\n  the KPI csat: its measure changed\n');
    expect(reloadText(refused)).toBe('refused: nothing was changed\n  the KPI csat: its measure changed\n');
  });

  it('says where nothing differs', () => {
    expect(reloadText({ outcome: 'unchanged', applied: [], restart: [], refused: [] })).toBe(
      'nothing differs from what runs\n',
    );
  });
});
