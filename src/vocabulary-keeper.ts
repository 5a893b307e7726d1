/**
 * The vocabulary in force, held by one process and followed by all: it changes by replacing one object, so whoever takes
 * `current()` has content and release of one piece, and nothing is ever translated with a mixture. The ledger says what is in
 * force; files on disk count only when a deployment brings new ones, or when a second person has approved them.
 */
import { startFollowing } from './following.ts';
import type { Actor } from './ledger/act.ts';
import { type Database, inTransaction } from './ledger/database.ts';
import { listLearnt } from './ledger/learnt.ts';
import type { Releases } from './ledger/releases.ts';
import { activate, currentRelease, findRelease, lockVocabulary } from './ledger/vocabulary-history.ts';
import { heldBack } from './ledger/vocabulary-proposals.ts';
import { type LearntEntry, withLearnt, withSoundLearnt } from './translation/learnt.ts';
import { warmMarks } from './translation/marks.ts';
import { vocabularyOf } from './translation/release.ts';
import type { Vocabulary } from './translation/vocabulary.ts';

/** How often a process looks whether another one changed the vocabulary. */
const POLL_MS = 1_000;
/** Who stands in the history for a change that a deployment made. */
const DEPLOYMENT = 'gateway';

/** A vocabulary with the row id of its release; never changed, only replaced. */
export interface CurrentVocabulary {
  readonly vocabulary: Vocabulary;
  readonly release: number;
}
/** A release made ready, stored but not in force. */
export interface PreparedRelease extends CurrentVocabulary {
  /** Release of the mapping files alone, without what was learnt. */
  filesHash: string;
}
type Read = Omit<PreparedRelease, 'release'>;
export interface VocabularyKeeper {
  /** What is in force. Take it once for one piece of work, and both members together. */
  current(): CurrentVocabulary;
  /** The mapping files as they stand on disk now, with what was learnt over them. Throws ConfigurationFault with every fault, and 422 where a learnt entry no longer fits. */
  fromFiles(): Promise<Read>;
  /** Stores what `fromFiles` read, so that it can be proposed. */
  store(ready: Read): Promise<PreparedRelease>;
  /**
   * Makes the release anew from the files in force and the learnt entries as the ledger now has them, and puts it into force in
   * all processes. Unapproved files on disk have no part in it. Throws what the overlay refuses; then nothing has changed.
   */
  refresh(act: Actor & { act?: 'learnt' }): Promise<{ release: number; hash: string; changed: boolean }>;
  /** Takes up at once what the ledger says is in force. */
  follow(): Promise<void>;
  stop(): void;
}
export interface KeeperOptions {
  database: Database;
  releases: Releases;
  /** Reads and checks the mapping files as they stand on disk. Throws ConfigurationFault with every fault. */
  readFiles(): Promise<Vocabulary>;
  /** What people's choices taught and nobody withdrew; the ledger's entries unless given. */
  readLearnt?(): Promise<LearntEntry[]>;
  onError(error: unknown): void;
  /** Another release has come into force in this process. */
  onChange?(current: CurrentVocabulary): void;
  /** Files on disk that wait for a second person were left out at the start. */
  onHeldBack?(filesHash: string): void;
  pollMs?: number;
}

/** Starts following; rejects where the files are faulty. Files that no start has seen yet come into force: a deployment is their approval. */
export async function openVocabularyKeeper(options: KeeperOptions): Promise<VocabularyKeeper> {
  const { database, releases } = options;
  const readLearnt = options.readLearnt ?? (() => listLearnt(database, 'counting'));
  let seq = 0;
  let current: CurrentVocabulary | undefined;
  let refreshing: Promise<unknown> = Promise.resolve();

  const overlaid = async (files: Vocabulary, lay: typeof withLearnt): Promise<Vocabulary> => {
    const learnt = await readLearnt();
    return learnt.length === 0 ? files : vocabularyOf(lay(files.content, learnt));
  };
  const read = async (lay: typeof withLearnt): Promise<Read> => {
    const files = await options.readFiles();
    // kept by itself too: what is learnt later is laid over these very files
    await releases.remember(files);
    return { vocabulary: await overlaid(files, lay), filesHash: files.release };
  };
  const store: VocabularyKeeper['store'] = async read => ({
    ...read,
    release: await releases.remember(read.vocabulary),
  });

  const takeUp = async (): Promise<void> => {
    const inForce = await currentRelease(database);
    if (inForce === undefined || inForce.seq <= seq) return;
    const vocabulary = await releases.byId(inForce.release);
    // another look may have been quicker and seen something younger
    if (inForce.seq <= seq) return;
    // made ready before it counts, so that no event waits for it
    warmMarks(vocabulary);
    seq = inForce.seq;
    const changed = current !== undefined;
    current = Object.freeze({ vocabulary, release: inForce.release });
    if (changed) options.onChange?.(current);
  };
  await startWithFiles();
  const { follow, stop } = await startFollowing(takeUp, {
    everyMs: options.pollMs ?? POLL_MS,
    onError: options.onError,
  });

  async function startWithFiles(): Promise<void> {
    // what was learnt and no longer fits new files is left out and told, it must not keep the gateway from starting
    const ready = await store(
      await read((content, entries) => {
        const { content: sound, refused } = withSoundLearnt(content, entries);
        if (refused.length > 0) options.onError(new Error(`learnt entries left out: ${JSON.stringify(refused)}`));
        return sound;
      }),
    );
    let kept = false;
    await inTransaction(database.people, async client => {
      const inForce = await lockVocabulary(client);
      const { release, filesHash } = ready;
      if (inForce?.filesHash === filesHash || inForce?.release === release) return;
      if (inForce !== undefined && (await heldBack(client, filesHash))) {
        kept = true;
        return;
      }
      await activate(client, { release, act: 'start', who: DEPLOYMENT, reason: null, filesHash, baseHash: filesHash });
    });
    if (kept) options.onHeldBack?.(ready.filesHash);
  }

  async function refreshNow({ who, reason, act = 'learnt' }: Parameters<VocabularyKeeper['refresh']>[0]) {
    const refreshed = await inTransaction(database.people, async client => {
      const inForce = await lockVocabulary(client);
      if (inForce === undefined) throw new Error('no vocabulary has come into force');
      const files = await releases.byId((await findRelease(database, inForce.baseHash)).id);
      const vocabulary = await overlaid(files, withLearnt);
      const release = await releases.remember(vocabulary);
      const changed = inForce.release !== release;
      if (changed) await activate(client, { release, act, who, reason });
      return { release, hash: vocabulary.release, changed };
    });
    await follow();
    return refreshed;
  }

  return {
    current() {
      if (current === undefined) throw new Error('the vocabulary was asked for before it was there');
      return current;
    },
    fromFiles: () => read(withLearnt),
    store,
    follow,
    refresh(act) {
      // one after the other here, by the ledger's lock between processes: each reads what the one before has learnt
      const refreshed = refreshing.then(() => refreshNow(act));
      refreshing = refreshed.catch(() => {});
      return refreshed;
    },
    stop,
  };
}
