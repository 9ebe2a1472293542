/** Server-sent events of `/v1/live`, by real HTTP, on both servers. */
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { SignJWT } from 'jose';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ServerFrame } from '../../core/wire.ts';
import { onThisMachine } from '../../testing/rig/busy-machine.ts';
import type { GatewayOptions } from '../gateway-ports.ts';
import { SERVER_KINDS } from '../server/server.ts';
import { alertMessage, ask, type Fixture, gatewayFixture, kpiValue } from '../testing/gateway.fixture.ts';

const SECRET = 'a secret of at least thirty-two bytes';
const LIMIT_MS = onThisMachine(60_000);

interface Event {
  readonly id: string | undefined;
  readonly name: string;
  readonly data: Record<string, unknown>;
}

/** One request for events, and what came of it. */
class EventClient {
  readonly events: Event[] = [];
  isOver = false;
  #text = '';
  readonly #response: IncomingMessage;

  private constructor(response: IncomingMessage) {
    this.#response = response;
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => {
      this.#text += chunk;
      const parts = this.#text.split('\n\n');
      this.#text = parts.pop() ?? ''; // split gives one part at least
      for (const part of parts) if (!part.startsWith(':')) this.events.push(eventOf(part));
    });
    const over = (): void => {
      this.isOver = true;
    };
    response.on('end', over).on('close', over).on('error', over);
  }

  static open(url: string, headers: Record<string, string> = {}): Promise<EventClient> {
    return new Promise((resolve, reject) => {
      const request = httpRequest(url, { headers: { accept: 'text/event-stream', ...headers }, agent: false });
      request.on('error', reject).on('response', (response) => resolve(new EventClient(response)));
      request.end();
    });
  }

  get status(): number | undefined {
    return this.#response.statusCode;
  }
  get headers(): IncomingMessage['headers'] {
    return this.#response.headers;
  }
  frames<Op extends ServerFrame['op']>(op: Op): Extract<ServerFrame, { op: Op }>[] {
    return this.events.flatMap(({ data }) => (data['op'] === op ? [data as Extract<ServerFrame, { op: Op }>] : []));
  }
  get lastId(): string {
    return this.events.findLast(({ id }) => id !== undefined)?.id ?? 'none came';
  }
  hold(): void {
    this.#response.pause();
  }
  leave(): void {
    this.#response.destroy();
  }
}

function eventOf(part: string): Event {
  const fields = new Map(
    part.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
  );
  return {
    id: fields.get('id'),
    name: fields.get('event') ?? 'message', // as the standard has it
    data: JSON.parse(fields.get('data') ?? 'null') as Record<string, unknown>, // null fails where it is looked at
  };
}

async function token(claims: Record<string, unknown>): Promise<string> {
  const key = new TextEncoder().encode(SECRET);
  return new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).setSubject('li').setExpirationTime('1h').sign(key);
}

for (const server of SERVER_KINDS) {
  describe(`server-sent events on ${server}`, () => {
    const fixtures: Fixture[] = [];
    const clients: EventClient[] = [];
    afterEach(async () => {
      for (const client of clients.splice(0)) client.leave();
      for (const { gateway } of fixtures.splice(0)) await gateway.close();
    });
    const start = async (options: Partial<GatewayOptions> = {}): Promise<Fixture> => {
      const fixture = await gatewayFixture({ server, ...options });
      fixtures.push(fixture);
      fixture.gateway.hub.restored(0);
      return fixture;
    };
    const listen = async (
      { gateway }: Fixture,
      query: string,
      headers: Record<string, string> = {},
    ): Promise<EventClient> => {
      const client = await EventClient.open(`${gateway.url}/v1/live?${query}`, headers);
      clients.push(client);
      return client;
    };
    const until = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: LIMIT_MS, interval: 5 });

    it('carries hello, the snapshot, changes and ticks, as a WebSocket has them', async () => {
      const fixture = await start();
      fixture.show(kpiValue({ value: 81 }));
      const client = await listen(fixture, 'topic=kpi/csat&topic=alerts');
      await until(() => expect(client.frames('snapshot')).toHaveLength(1));
      expect(client.headers['content-type']).toBe('text/event-stream; charset=utf-8');
      expect(client.headers['content-security-policy']).toContain("default-src 'none'");
      expect(client.frames('hello')).toHaveLength(1);
      expect(client.frames('snapshot')[0]?.kpis.map(({ value }) => value)).toEqual([81]);
      fixture.commit('cx.alerts.critical.csat_low', alertMessage());
      fixture.show(kpiValue({ value: 79 }));
      await until(() => expect(client.frames('delta').flatMap(({ alerts }) => alerts)).toHaveLength(1));
      await until(() => expect(client.frames('delta').flatMap(({ kpis }) => kpis)[0]?.value).toBe(79));
      await until(() => expect(client.frames('tick').length).toBeGreaterThan(0));
      expect((await ask(`${fixture.gateway.url}/metrics`)).text).toContain(
        'earshot_gateway_queue_depth{queue="live_clients"} 1',
      );
    });

    it('resumes by Last-Event-ID with nothing lost or sent twice, and sends the whole where that is unknown', async () => {
      const fixture = await start();
      const first = await listen(fixture, 'topic=alerts');
      fixture.commit('cx.alerts.critical.csat_low', alertMessage({ alert: 'a1' }));
      await until(() => expect(first.frames('delta')).toHaveLength(1));
      first.leave();
      fixture.commit('cx.alerts.critical.csat_low', alertMessage({ alert: 'a2' }));
      const again = await listen(fixture, 'topic=alerts', { 'last-event-id': first.lastId });
      await until(() => expect(again.frames('delta')).toHaveLength(1));
      expect(again.frames('resumed')).toHaveLength(1);
      expect(again.frames('snapshot')).toEqual([]);
      expect(again.frames('delta')[0]?.alerts.map(({ alert }) => alert)).toEqual(['a2']);
      const byAddress = await listen(fixture, `topic=alerts&resume=${encodeURIComponent(again.lastId)}`);
      await until(() => expect(byAddress.frames('resumed')).toHaveLength(1));
      for (const place of ['elsewhere:3', 'no place', `${again.lastId}9`]) {
        const whole = await listen(fixture, 'topic=alerts', { 'last-event-id': place });
        await until(() => expect(whole.frames('snapshot')[0]?.alerts).toHaveLength(2));
      }
    });

    it('says what is wrong with what is asked for, and ends what it cannot subscribe', async () => {
      const fixture = await start();
      const status = async (query: string, headers: Record<string, string> = {}): Promise<number | undefined> =>
        (await listen(fixture, query, headers)).status;
      expect(await status('topic=rumours')).toBe(422);
      expect(await status('topics=alerts')).toBe(422);
      expect(await status('')).toBe(422);
      expect(await status('topic=alerts&max_hz=often')).toBe(422);
      expect(await status('topic=alerts', { origin: 'http://elsewhere.example' })).toBe(403);
      // As an image of such a page asks.
      expect(await status('topic=alerts', { 'sec-fetch-site': 'cross-site' })).toBe(403);
      expect(await status('topic=alerts', { 'sec-fetch-site': 'same-site' })).toBe(403);
      expect((await ask(`${fixture.gateway.url}/v1/live`)).status).toBe(426);
      const head = await ask(`${fixture.gateway.url}/v1/live?topic=alerts`, { method: 'HEAD' });
      expect([head.status, head.text]).toEqual([200, '']);
      const unknown = await listen(fixture, 'topic=kpi/none');
      await until(() => expect(unknown.isOver).toBe(true));
      expect(unknown.frames('error')[0]?.code).toBe('unknown_topic');
      expect(unknown.events.at(-1)).toMatchObject({ name: 'close', data: { code: 4500 } });
    });

    it('asks for rights as a WebSocket does, keeps to the scope, and lets a display come back by its cookie', async () => {
      const fixture = await start({ auth: { secret: SECRET, jwks: null, issuer: null, audience: null } });
      fixture.show(kpiValue({ key: { channel: 'app' } }), kpiValue({ key: { channel: 'web' } }));
      expect((await listen(fixture, 'topic=kpi/csat')).status).toBe(401);
      const narrow = await token({ role: 'frontline', scope: { channels: ['app'] } });
      const scoped = await listen(fixture, 'topic=kpi/csat', { authorization: `Bearer ${narrow}` });
      await until(() => expect(scoped.frames('snapshot')).toHaveLength(1));
      expect(scoped.frames('snapshot')[0]?.kpis.map(({ key }) => key)).toEqual([{ channel: 'app' }]);

      const headers = {
        authorization: `Bearer ${await token({ role: 'admin' })}`,
        'content-type': 'application/json',
      };
      const { url } = fixture.gateway;
      const issued = await ask(`${url}/v1/tickets`, { method: 'POST', headers, body: '{}' });
      const { ticket } = issued.json() as { ticket: string };
      const display = await listen(fixture, `topic=kpi/csat&ticket=${ticket}`);
      expect(display.status).toBe(200);
      const cookie = String(display.headers['set-cookie']).split(';')[0] ?? 'none came';
      display.leave();
      expect((await listen(fixture, `topic=kpi/csat&ticket=${ticket}`)).status).toBe(401);
      const back = await listen(fixture, `topic=kpi/csat&ticket=${ticket}`, { cookie });
      await until(() => expect(back.frames('snapshot')).toHaveLength(1));

      const { sessions } = (await ask(`${url}/v1/sessions`, { headers })).json() as { sessions: { session: string }[] };
      const revoked = `${url}/v1/sessions/${sessions[0]?.session ?? 'none is listed'}`;
      expect((await ask(revoked, { method: 'DELETE', headers })).status).toBe(200);
      await until(() => expect(back.isOver).toBe(true));
      expect(back.events.at(-1)).toMatchObject({ name: 'close', data: { code: 4501 } });
    });

    it('keeps no more for a client that does not read than its buffer, and ends it', async () => {
      const maxBufferBytes = 64 << 10;
      const fixture = await start({ maxBufferBytes, slowMs: 200 });
      const slow = await listen(fixture, 'topic=alerts');
      await until(() => expect(slow.frames('snapshot')).toHaveLength(1));
      slow.hold();
      const { hub } = fixture.gateway;
      const samples = ['x'.repeat(20_000)];
      let most = 0;
      let sent = 0;
      // The kernel takes some megabytes of its own.
      await until(() => {
        for (let i = 0; i < 100; i++, sent++) {
          fixture.commit(
            'cx.alerts.critical.csat_low',
            alertMessage({ alert: `a${sent}`, samples, state: 'resolved' }),
          );
        }
        most = Math.max(most, hub.stats().held.unsentBytes);
        expect(hub.stats().clients).toBe(0);
      });
      expect(sent * 20_000).toBeGreaterThan(maxBufferBytes);
      // A frame is whole: the one that goes beyond the half lies there as well.
      expect(most).toBeLessThan(maxBufferBytes + 100 * 21_000);
      expect(hub.stats().closedSlow).toBe(1);
    });

    it('says good-bye when the gateway closes', async () => {
      const fixture = await start();
      const client = await listen(fixture, 'topic=alerts');
      await until(() => expect(client.frames('snapshot')).toHaveLength(1));
      await fixture.gateway.close();
      await until(() => expect(client.isOver).toBe(true));
      expect(client.events.at(-1)).toMatchObject({ name: 'close', data: { code: 4000 } });
    });
  });
}
