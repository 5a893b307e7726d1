/** Under which name the ledger keeps what belongs to a system's trial address: its sign-in, its own ids of dossiers. */

/** `portal#trial`; no system can have such an id. */
export const trialName = (system: string): string => `${system}#trial`;
