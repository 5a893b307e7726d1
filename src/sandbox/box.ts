/**
 * What a sandbox system is, and what the frame gives it: storage on disk, faults, and a way to tell the gateway.
 * A sandbox system is a simulator: a real HTTP server with the dialect's own sign-in and habits, no more.
 */
import type { FastifyInstance } from 'fastify';
import type { JsonObject, Role } from '../domain/words.ts';

/** Records by collection and key, journaled to disk at once; they survive a kill. */
export interface Store {
  put(collection: string, key: string, record: JsonObject): void;
  get(collection: string, key: string): JsonObject | undefined;
  delete(collection: string, key: string): void;
  /** In the order of first insertion. */
  list(collection: string): JsonObject[];
  /** Next value of a named counter, from 1. */
  next(counter: string): number;
}

/** Faults set by `PUT /_sandbox/faults`; the frame itself applies all but `keys` and `echo`. */
export interface Faults {
  mode: 'none' | 'down' | 'slow' | 'flapping' | 'throttle' | 'reject' | 'garbage' | 'lost-answer';
  rate: number;
  delayMs: number;
  seconds: number;
  /** Does the system tell the gateway also of what the gateway itself wrote? */
  echo: boolean;
  keys: 'honoured' | 'ignored';
}

/** What `POST /_sandbox/act` asks for. */
export interface Act {
  do: string;
  count: number;
  /** Change it without telling the gateway. */
  silent: boolean;
  at?: string;
  unitCode?: string;
  [more: string]: unknown;
}

export interface Box {
  role: Role;
  store: Store;
  faults(): Readonly<Faults>;
  /**
   * Tells the gateway, in the dialect's own words, by POST to its inbound address: kept on disk, signed (Standard Webhooks),
   * sent in order, tried again until it is answered 2xx (4xx other than 408 and 429 are kept as refused and passed over).
   */
  tell(message: { contentType: 'application/json' | 'application/xml'; body: string }): void;
  /** Credentials of this system's own sign-in, by name (`username`, `password`, `clientId`, `clientSecret`, `systemId`, `secret`). */
  secret(name: string): string;
  now(): Date;
}

/** One record as `GET /_sandbox/records` shows it, the same shape in all three systems. */
export interface SandboxRecord {
  entity: 'dossier' | 'document' | 'procedure' | 'step' | 'result' | 'approval' | 'right';
  code: string;
  /** All numbers the system knows it by. */
  codes?: string[];
  status?: string;
  updatedAt: string;
  /** As the dialect holds it. */
  data: JsonObject;
}

export interface SandboxSystem {
  role: Role;
  /** The acts it knows, for the answer to an unknown one; without it the names of all systems are given. */
  acts?: readonly string[];
  /** Would this call change something? Only such calls are rejected or lose their answer; the frame guesses well without it. */
  alters?(call: { method: string; url: string; body: string }): boolean;
  /** How the dialect says no to a content it does not take, for the fault `reject`. */
  rejection?(): { status: number; contentType: string; body: string };
  /** Adds the dialect's own routes and sign-in. */
  register(app: FastifyInstance, box: Box): void;
  /** Puts in what is there on the first day, and tells the gateway of it; called once in the life of a data folder. */
  begin?(box: Box): void;
  /** Does one act once, as the system's own user would, and answers what it did: at least `{entity, code}`. Unknown `do`: undefined. */
  act(box: Box, act: Act): Promise<JsonObject | undefined>;
  records(box: Box): SandboxRecord[];
}
