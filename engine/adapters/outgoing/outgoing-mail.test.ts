/** Against a real SMTP server: threads, one-line headers, codes that mean later or never, no password without TLS. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterEach, describe, expect, it } from 'vitest';
import { sendMail } from './outgoing-mail.ts';

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
});
