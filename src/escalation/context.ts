/** What escalation needs of the process. */
import type { EscalationConfig } from '../config/escalation.ts';
import type { Role } from '../domain/words.ts';
import type { KnownFacts } from '../facts/known-facts.ts';
import type { Database } from '../ledger/database.ts';
import type { Vocabulary } from '../translation/vocabulary.ts';

export interface EscalationContext {
  database: Database;
  config: EscalationConfig;
  systems: readonly { id: string; role: Role }[];
  desk(): { facts: KnownFacts; vocabulary: Vocabulary };
  /** The ledger's clock, ms. */
  now(): number;
  newId(): string;
  /** Everything is sample data. */
  sandbox: boolean;
}
