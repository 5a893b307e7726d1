/**
 * A line between two processes that a run can spoil: a small TCP proxy on this machine that cuts, freezes, half-closes, delays, or
 * cuts at a moment told by the bytes that pass (a COMMIT, a 202). Whole connections only; nothing is altered.
 */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** Seen from who connects: `there` is what they send, `back` what they are answered. */
export type Way = 'there' | 'back';

/** Cuts a connection when `bytes` pass: after they were handed on, or instead of it. */
export interface Trap {
  way: Way;
  bytes: string;
  handOn: boolean;
}

interface Pair {
  near: Socket;
  far: Socket;
  /** Nothing will ever pass on it again. */
  lost: boolean;
}

export class Line {
  readonly #server: Server;
  readonly #pairs = new Set<Pair>();
  #shut = false;
  #silent = new Set<Way>();
  #delayMs = 0;
  #trap: Trap | undefined;
  #sprung: (() => void) | undefined;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** Listens on a port of this machine (0: a free one) for what listens on port `to`. */
  static async open(to: number, port = 0): Promise<Line> {
    const server = createServer();
    const line = new Line(server);
    server.on('connection', near => line.#join(near, to));
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return line;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Breaks every connection; new ones are taken. */
  cut(): void {
    for (const { near, far } of this.#pairs) {
      near.resetAndDestroy();
      far.resetAndDestroy();
    }
  }

  /** Breaks every connection and takes no new one. */
  shut(): void {
    this.#shut = true;
    this.cut();
  }

  /** Nothing passes that way any more, as behind a firewall that drops: no end, no error. New connections meet the same. */
  freeze(...ways: Way[]): void {
    this.#silent = new Set(ways);
    for (const pair of this.#pairs) this.#obey(pair);
  }

  /**
   * The connections that stand now fall silent for good, new ones work: what a firewall or a failed-over machine leaves behind when it
   * forgets them. Neither end is told.
   */
  lose(): void {
    for (const pair of this.#pairs) {
      pair.lost = true;
      this.#obey(pair);
    }
  }

  /** Ends the sending side of who connected, and lets answers through. */
  halfClose(): void {
    for (const { far } of this.#pairs) far.end();
  }

  /** Holds back everything for so long. */
  slow(delayMs: number): void {
    this.#delayMs = delayMs;
  }

  /** Sets a trap for one connection; resolves when it has sprung. */
  trap(trap: Trap): Promise<void> {
    this.#trap = trap;
    return new Promise(resolve => {
      this.#sprung = resolve;
    });
  }

  /** As at the start: everything passes. */
  mend(): void {
    this.#shut = false;
    this.#silent.clear();
    this.#delayMs = 0;
    this.#trap = undefined;
    for (const pair of this.#pairs) this.#obey(pair);
  }

  close(): void {
    this.#server.close();
    for (const { near, far } of this.#pairs) {
      near.destroy();
      far.destroy();
    }
  }

  #join(near: Socket, to: number): void {
    if (this.#shut) {
      near.resetAndDestroy();
      return;
    }
    const far = connect(to, '127.0.0.1');
    const pair = { near, far, lost: false };
    this.#pairs.add(pair);
    for (const socket of [near, far]) socket.setNoDelay(true);
    this.#carry(pair, 'there');
    this.#carry(pair, 'back');
    this.#obey(pair);
  }

  #carry(pair: Pair, way: Way): void {
    const [from, onto] = way === 'there' ? [pair.near, pair.far] : [pair.far, pair.near];
    from.on('data', (part: Buffer) => {
      const trap = this.#trap;
      if (trap?.way === way && part.includes(trap.bytes)) {
        this.#trap = undefined;
        if (trap.handOn) onto.write(part);
        // Both ends at once, the bytes handed on already with the kernel: who sent them never learns what became of them.
        setImmediate(() => {
          pair.near.resetAndDestroy();
          if (trap.handOn) pair.far.end();
          else pair.far.resetAndDestroy();
          this.#sprung?.();
        });
        return;
      }
      if (this.#delayMs > 0) setTimeout(() => onto.write(part), this.#delayMs);
      else if (!onto.write(part)) {
        from.pause();
        onto.once('drain', () => {
          if (!pair.lost && !this.#silent.has(way)) from.resume();
        });
      }
    });
    from.on('end', () => onto.end());
    from.on('error', () => onto.destroy());
    from.on('close', () => {
      this.#pairs.delete(pair);
      // What a frozen line still held of a caller who gave up is lost with it.
      if (pair.lost || this.#silent.has(way)) onto.destroy();
      else setTimeout(() => onto.destroy(), this.#delayMs + 50);
    });
  }

  #obey({ near, far, lost }: Pair): void {
    for (const [socket, way] of [
      [near, 'there'],
      [far, 'back'],
    ] as const) {
      if (lost || this.#silent.has(way)) socket.pause();
      else socket.resume();
    }
  }
}
