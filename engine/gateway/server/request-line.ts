/** The requests of one connection, one after the other: each is answered when the answer before it is taken. */
import type { IncomingMessage } from 'node:http';
import type { HttpAnswer } from './http-message.ts';

/** Requests of one connection that wait in line. */
const MAX_PIPELINED = 32;

interface Reading {
  readonly request: IncomingMessage;
  readonly breakOff: (answer: HttpAnswer) => void;
}

export class RequestLine {
  #over: Promise<void> = Promise.resolve();
  #length = 0;
  #reading: Reading | undefined;
  #failure: HttpAnswer | undefined;

  /** So many wait that the connection is to be cut off. */
  get isFull(): boolean {
    return this.#length >= MAX_PIPELINED;
  }

  /** Once all that were added are over. */
  get over(): Promise<void> {
    return this.#over;
  }

  /** `work` never rejects. */
  add(work: () => Promise<void>): void {
    this.#length += 1;
    this.#over = this.#over.then(async () => {
      await work();
      this.#length -= 1;
    });
  }

  /** The body of this request is read from now on; `breakOff` is called, maybe at once, if its rest can't be read. */
  reads(request: IncomingMessage, breakOff: (answer: HttpAnswer) => void): void {
    this.#reading = { request, breakOff };
    if (this.#failure !== undefined) this.#breakOff(this.#failure);
  }

  /**
   * What the client sent is not HTTP from here on. The answer comes in its turn: to a request whose body broke off, else after
   * all. Said again, for what comes behind it, nothing more happens.
   */
  fail(answer: HttpAnswer, lastWords: (answer: HttpAnswer) => void): void {
    if (this.#failure !== undefined) return;
    this.#failure = answer;
    if (!this.#breakOff(answer)) void this.#over.then(() => lastWords(answer));
  }

  #breakOff(answer: HttpAnswer): boolean {
    if (this.#reading === undefined || this.#reading.request.complete) return false;
    this.#reading.breakOff(answer);
    return true;
  }
}
