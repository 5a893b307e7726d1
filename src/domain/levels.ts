/** The ladder that goes up from whoever sits at the desk: what waits too long is told one rung higher. */
import type { Bilingual } from './words.ts';

/** From the desk upwards. */
export const LEVELS = ['officer', 'leader', 'department', 'province'] as const;
export type Level = (typeof LEVELS)[number];

export const LEVEL_NAMES: Readonly<Record<Level, Bilingual>> = {
  officer: { vi: 'Cán bộ phụ trách', en: 'Officer in charge' },
  leader: { vi: 'Lãnh đạo xã, phường', en: 'Leader of the commune or ward' },
  department: { vi: 'Sở, ngành', en: 'Department' },
  province: { vi: 'Ủy ban nhân dân tỉnh', en: "Province's people's committee" },
};

/** Rung of a level, from 1. */
export const rungOf = (level: Level): number => LEVELS.indexOf(level) + 1;
/** The level of a rung; undefined where there is none. */
export const levelOf = (rung: number): Level | undefined => LEVELS[rung - 1];
