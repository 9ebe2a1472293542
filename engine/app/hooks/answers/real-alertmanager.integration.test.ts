/** Silences of a real Alertmanager (Debian's `prometheus-alertmanager`), where one is installed. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { recordingLogger } from '../../../adapters/testing/broker.fixture.ts';
import { OutgoingHttp } from '../../../adapters/outgoing/outgoing-http.ts';
import { systemClock } from '../../../adapters/process/system-clock.ts';
import type { AlertMessage } from '../../../core/wire.ts';
import { alertMessage } from '../../../delivery/testing/delivery-rehearsal.ts';
import type { Command } from '../../../gateway/gateway-ports.ts';
import { silencesRequest } from '../../../../operators/destinations/alertmanager.ts';
import { SilencePoll } from './silence-poll.ts';

const BINARY = process.env['ALERTMANAGER_BIN'] ?? '/usr/bin/prometheus-alertmanager';
let folder: string;
let url: string;
let alertmanager: ChildProcess;

describe.skipIf(!existsSync(BINARY))('a real Alertmanager', () => {
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'earshot-alertmanager-'));
    const probe = createServer();
    await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
    const { port } = probe.address() as AddressInfo;
    await new Promise((resolve) => probe.close(resolve));
    writeFileSync(join(folder, 'config.yml'), 'route: {receiver: none}\nreceivers: [{name: none}]\n');
    url = `http://127.0.0.1:${port}`;
    const files = [`--config.file=${join(folder, 'config.yml')}`, `--storage.path=${join(folder, 'data')}`];
    const flags = [...files, `--web.listen-address=127.0.0.1:${port}`, '--cluster.listen-address='];
    alertmanager = spawn(BINARY, flags, { stdio: 'ignore' });
    await expect
      .poll(async () => (await fetch(`${url}/-/ready`).catch(() => null))?.status, { timeout: 120_000 })
      .toBe(200);
  });
  afterEach(async () => {
    alertmanager.kill('SIGKILL');
    await new Promise((resolve) => alertmanager.once('exit', resolve));
    rmSync(folder, { recursive: true, force: true });
  });

  it('an alert that its silence covers is acknowledged, and given back when the silence is ended there', async () => {
    let alert: AlertMessage = alertMessage('A1', { key: { channel: 'app' } });
    const commands: Command[] = [];
    const http = new OutgoingHttp({ allow: ['127.0.0.0/8'], ca: null });
    const request = silencesRequest({ url, headers: {}, username: null, password: null });
    const poll = new SilencePoll({
      hook: { id: 'am', for: {}, unless: [] },
      ask: () => http.get(request.url, request.headers),
      open: () => [alert],
      decide: (command) => {
        commands.push(command);
        const { by, via } = command.data as { by: string; via: string };
        alert = { ...alert, acked: command.type === 'earshot.alert.acked' ? { by, at: '', via } : null };
        return Promise.resolve('stored');
      },
      mask: (text) => text,
      clock: systemClock,
      logger: recordingLogger(),
    });
    await poll.poll();
    expect(commands).toEqual([]);
    const made = await fetch(`${url}/api/v2/silences`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        matchers: [
          { name: 'alertname', value: 'csat_.*', isRegex: true },
          { name: 'channel', value: 'web', isRegex: false, isEqual: false },
        ],
        startsAt: new Date(Date.now() - 1000).toISOString(),
        endsAt: new Date(Date.now() + 600_000).toISOString(),
        createdBy: '李雷',
        comment: '发布中',
      }),
    });
    const { silenceID } = (await made.json()) as { silenceID: string };
    await poll.poll();
    await poll.poll();
    expect(commands).toMatchObject([
      { type: 'earshot.alert.acked', data: { alert: 'A1', by: '李雷', note: '发布中', via: 'am:silence' } },
    ]);
    expect((await fetch(`${url}/api/v2/silence/${silenceID}`, { method: 'DELETE' })).status).toBe(200);
    await poll.poll();
    expect(commands.at(-1)).toMatchObject({ type: 'earshot.alert.unacked', data: { alert: 'A1', by: 'Alertmanager' } });
    http.close();
  });
});
