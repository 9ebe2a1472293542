/** Against a real SMTP server: threads, one-line headers, codes that mean later or never, no password without TLS. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterEach, describe, expect, it } from 'vitest';
import { sendMail } from './outgoing-mail.ts';
import { onThisMachine } from '../../testing/rig/busy-machine.ts';

const ALLOW = { allow: ['127.0.0.1'], ca: null };
let server: SMTPServer | null = null;

async function listening(options: SMTPServerOptions): Promise<{ readonly port: number; readonly mails: string[] }> {
  const mails: string[] = [];
  server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, _, callback) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        mails.push(Buffer.concat(chunks).toString('utf8'));
        callback();
      });
    },
    ...options,
  });
  server.on('error', () => undefined); // clients that hang up
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  return { port: (server.server.address() as AddressInfo).port, mails };
}

const mail = (address: string) => ({
  server: address,
  from: 'earshot@example.com',
  to: ['oncall@example.com'],
  subject: '严重：满意度过低',
  text: 'It is low.',
  html: '<p>It is low.</p>',
  messageId: '<n2@earshot>',
  inReplyTo: '<n1@earshot>',
  headers: { 'Auto-Submitted': 'auto-generated' },
});

const refuses = (responseCode: number): SMTPServerOptions => ({
  onRcptTo: (_, __, callback) => callback(Object.assign(new Error('no'), { responseCode })),
});

afterEach(async () => {
  const closing = server;
  server = null;
  if (closing !== null) await new Promise<void>((resolve) => closing.close(resolve));
});

describe('a mail', () => {
  it('arrives with text and HTML, in the thread of the first', async () => {
    const { port, mails } = await listening({});
    expect(await sendMail(mail(`smtp://127.0.0.1:${port}`), ALLOW)).toMatchObject({ answer: { status: 250 } });
    const [got = ''] = mails;
    expect(got).toContain('Message-ID: <n2@earshot>');
    expect(got).toContain('In-Reply-To: <n1@earshot>');
    expect(got).toContain('References: <n1@earshot>');
    expect(got).toContain('Auto-Submitted: auto-generated');
    expect(got).toContain('multipart/alternative');
  });

  it.each([450, 550])('refused with %i: the answer says so', async (code) => {
    const { port } = await listening(refuses(code));
    expect(await sendMail(mail(`smtp://127.0.0.1:${port}`), ALLOW)).toMatchObject({
      kind: 'answer',
      answer: { status: code },
    });
  });

  it('no password leaves without TLS, and no error holds it', async () => {
    const seen: unknown[] = [];
    const { port, mails } = await listening({
      onAuth: (auth, _, callback) => (seen.push(auth), callback(new Error('no'))),
    });
    const result = await sendMail(mail(`smtp://user:PASSSECRET@127.0.0.1:${port}`), ALLOW);
    expect(result.kind).not.toBe('unknown');
    expect([...seen, ...mails]).toEqual([]);
    expect(JSON.stringify(result)).not.toContain('PASSSECRET');
  });

  it('to a private server that is not named, or one that is not there, does not leave', async () => {
    const { port, mails } = await listening({});
    const refused = await sendMail(mail(`smtp://127.0.0.1:${port}`), { allow: [], ca: null });
    expect(refused).toMatchObject({ kind: 'refused', reason: 'private_address' });
    expect(mails).toEqual([]);
    const gone = await sendMail(mail('smtp://127.0.0.1:9'), ALLOW);
    expect(gone).toMatchObject({ kind: 'refused', reason: 'network' });
  });

  it('25: that the server was asked to take, before it hung up, may have arrived; before that it has not', async () => {
    const hangUp = async (after: RegExp): Promise<unknown> => {
      const fake = createServer((socket) => {
        socket.on('error', () => undefined);
        socket.write('220 fake\r\n');
        socket.on('data', (data) => {
          for (const line of data.toString().split('\r\n')) {
            if (after.test(line)) return socket.destroy();
            if (/^EHLO|^MAIL|^RCPT/.test(line)) socket.write('250 ok\r\n');
            else if (line === 'DATA') socket.write('354 go\r\n');
          }
          return socket;
        });
      });
      await new Promise<void>((resolve) => fake.listen(0, '127.0.0.1', resolve));
      const { port } = fake.address() as AddressInfo;
      const result = await sendMail(mail(`smtp://127.0.0.1:${port}`), ALLOW);
      await new Promise((resolve) => fake.close(resolve));
      return result;
    };
    expect(await hangUp(/^RCPT/)).toMatchObject({ kind: 'refused', reason: 'network' });
    expect(await hangUp(/^\.$/)).toMatchObject({ kind: 'unknown', reason: 'network' });
  });

  it('24: to a server that drips is left after the whole time', async () => {
    const timers: NodeJS.Timeout[] = [];
    const fake = createServer((socket) => {
      socket.on('error', () => undefined);
      timers.push(setInterval(() => socket.write('2'), 20));
    });
    await new Promise<void>((resolve) => fake.listen(0, '127.0.0.1', resolve));
    const { port } = fake.address() as AddressInfo;
    const began = Date.now();
    const result = await sendMail(mail(`smtp://127.0.0.1:${port}`), { ...ALLOW, totalMs: 300 });
    expect(result).toMatchObject({ kind: 'refused', reason: 'timeout' });
    expect(Date.now() - began).toBeLessThan(onThisMachine(5_000));
    for (const timer of timers) clearInterval(timer);
    await new Promise((resolve) => fake.close(resolve));
  });

  it('46: by TLS from the start, or by STARTTLS, goes to a server whose certificate is trusted and to no other', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'earshot-smtp-'));
    const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')];
    const subject = ['-subj', '/CN=mail', '-addext', 'subjectAltName=IP:127.0.0.1'];
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', ...subject, ...files], {
      stdio: 'ignore',
    });
    const [key, cert] = files.filter((_, i) => i % 2 === 1).map((file) => readFileSync(file, 'utf8'));
    rmSync(folder, { recursive: true });
    const tls = { key: key ?? '', cert: cert ?? '', disabledCommands: [] };
    const onAuth: SMTPServerOptions['onAuth'] = (_, __, callback) => callback(null, { user: 'u' });
    for (const [scheme, more] of [
      ['smtps://', { secure: true }],
      ['smtp://u:p@', { onAuth }],
    ] as const) {
      const { port, mails } = await listening({ ...tls, ...more });
      const address = `${scheme}127.0.0.1:${port}`;
      expect(await sendMail(mail(address), ALLOW)).toMatchObject({ kind: 'refused', reason: 'tls' });
      expect(mails).toEqual([]);
      expect(await sendMail(mail(address), { ...ALLOW, ca: tls.cert })).toMatchObject({ answer: { status: 250 } });
      expect(mails).toHaveLength(1);
      await new Promise<void>((resolve) => server?.close(resolve));
      server = null;
    }
  });
});
