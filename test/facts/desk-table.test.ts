/**
 * date × code × procedure × event → unit, who decides, mode or park reason: over 300 rows of desk-table.txt, written from the facts of
 * the domain (decrees, succession of units, catalogue), each decided as acceptance decides it, with the real vocabulary.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import type { GatewayEvent, JsonObject } from '../../src/domain/words.ts';
import { emptyState } from '../../src/entities/state.ts';
import { authorityAt } from '../../src/facts/authority.ts';
import type { Fact } from '../../src/facts/fact.ts';
import { type KnownFacts, NO_FACTS } from '../../src/facts/known-facts.ts';
import { decide, prepare } from '../../src/intake/decide.ts';
import { systems } from '../support/ledger-rig.ts';
import { vocabulary } from '../translation/fixture.ts';
import { at, fact, known } from './support.ts';

interface Row {
  line: number;
  world: string;
  day: string;
  happens: string;
  code: string;
  procedure: string;
  said: string;
  unit: string;
  decides: string;
  outcome: string;
}

const rows = readFileSync(join(import.meta.dirname, 'desk-table.txt'), 'utf8')
  .split('\n')
  .flatMap((text, index): Row[] => {
    if (text.trim() === '' || text.startsWith('#')) return [];
    const [world, day, happens, code, procedure, said, unit, decides, outcome, ...more] = text
      .normalize('NFC')
      .split('|')
      .map(cell => cell.trim());
    if (outcome === undefined || more.length > 0) throw new Error(`line ${index + 1} has not nine cells`);
    return [{ line: index + 1, world, day, happens, code, procedure, said, unit, decides, outcome } as Row];
  });

const document = { number: '12/QĐ-UBND', date: '2025-07-01' };
const mode = (unit: string, from: string, body: Partial<Fact<'unit-mode'>['body']>) =>
  fact('unit-mode', unit, { mode: 'official', openDossiers: 'stay', ...body }, from);
const list = (unit: string, what: 'rights' | 'authority') =>
  fact('unit-list', unit, { what, confirmedBy: 'Nguyễn Văn Mẫu' }, '2025-07-01');
const account = (unit: string, seat: string) =>
  fact('right', unit, { seat, right: 'sign', layer: 'account', system: 'documents' }, '2025-07-01');
const legal = (unit: string, seat: string) =>
  fact('right', unit, { seat, right: 'sign', layer: 'legal', document }, '2025-07-01');
const sits = (unit: string, post: string, to: string | null) => {
  const seat = `${unit}/${post}`;
  return [
    fact('seat', unit, { seat, post }, '2025-07-01', null, seat),
    fact('holding', unit, { officer: `cb-${post}`, seat }, '2025-07-01', to),
  ];
};
const decided = (body: Partial<Fact<'authority'>['body']>, unit: string | null = null) =>
  fact(
    'authority',
    unit,
    {
      procedure: '1.001612',
      act: 'decide',
      level: 'province',
      basis: 'Quyết định 99/QĐ-UBND',
      certainty: 'medium',
      ...body,
    },
    '2026-01-01',
  );

/** What is known of the unit's desk in each world. */
const WORLDS: Record<string, (unit: string) => KnownFacts> = {
  '-': () => NO_FACTS,
  rollout: unit =>
    known(
      mode(unit, '2025-06-01', { mode: 'off' }),
      mode(unit, '2025-06-24', { mode: 'trial' }),
      mode(unit, '2025-07-01', {}),
    ),
  off: unit => known(mode(unit, '2025-07-01', { mode: 'off' })),
  trial: unit => known(mode(unit, '2026-11-01', { mode: 'trial' })),
  'without-documents': unit =>
    known(mode(unit, '2025-07-01', {}), mode(unit, '2025-07-01', { mode: 'off', systems: ['documents'] })),
  'land-on-trial': unit =>
    known(
      mode(unit, '2025-07-01', {}),
      mode(unit, '2025-07-01', { mode: 'trial', fields: ['Đất đai (tỉnh, Văn phòng đăng ký đất đai)'] }),
    ),
  'authority-list': unit => known(list(unit, 'authority')),
  'entered-province': () => known(decided({})),
  'confirmed-province': () => known(decided({ confirmedBy: 'phap-che' })),
  'confirmed-without-basis': () => {
    const given = decided({ level: 'commune', confirmedBy: 'phap-che' });
    const { basis: _basis, ...body } = given.body;
    return known({ ...given, body });
  },
  'confirmed-other-unit': () => known(decided({ confirmedBy: 'phap-che' }, '26041')),
  'rights-list': unit =>
    known(fact('unit-list', unit, { what: 'rights', confirmedBy: 'Nguyễn Văn Mẫu' }, '2026-01-01')),
  chairman: unit =>
    known(
      list(unit, 'rights'),
      ...sits(unit, 'chu-tich', '2026-07-01'),
      account(unit, `${unit}/chu-tich`),
      legal(unit, `${unit}/chu-tich`),
    ),
  'no-account': unit => known(list(unit, 'rights'), ...sits(unit, 'chu-tich', null), legal(unit, `${unit}/chu-tich`)),
  deputy: unit =>
    known(
      list(unit, 'rights'),
      ...sits(unit, 'chuyen-vien', null),
      account(unit, `${unit}/chuyen-vien`),
      fact(
        'delegation',
        unit,
        {
          kind: 'uy-quyen',
          fromPost: 'chu-tich',
          toPost: 'chuyen-vien',
          rights: ['sign'],
          fields: ['Hoạt động xây dựng; nhà ở'],
          document,
        },
        '2025-07-01',
        '2026-04-01',
      ),
    ),
};

const HAPPENS: Record<string, (row: Row, rest: string) => { source: string; type: string; data: JsonObject }> = {
  'portal submitted': row => ({ source: 'portal', type: 'dossier.submitted', data: filing(row, '1') }),
  'counter submitted': row => ({ source: 'commune', type: 'dossier.submitted', data: filing(row, '2') }),
  'portal status': (row, status) => ({ source: 'portal', type: 'dossier.status-changed', data: moved(row, status) }),
  'commune status': (row, status) => ({ source: 'commune', type: 'dossier.status-changed', data: moved(row, status) }),
  'commune asks': (row, act) => ({
    source: 'commune',
    type: act === 'opinion' ? 'opinion.requested' : 'approval.requested',
    data: { ...about(row), ...(act === 'opinion' ? {} : { act }), files: [] },
  }),
  'documents answer': row => ({
    source: 'documents',
    type: 'approval.given',
    data: { ...about(row), decision: 'approved' },
  }),
};
const given = ({ procedure }: Row): string => procedure.split('>')[0] as string;
const about = (row: Row): JsonObject => ({
  about: { dossierCode: 'H19-1' },
  unitCode: row.code,
  procedureCode: given(row),
});
const filing = (row: Row, status: string): JsonObject => ({
  dossierCode: 'H19-1',
  procedureCode: given(row),
  unitCode: row.code,
  status,
  statusList: 'national',
  ...(row.said === '-' ? {} : { decidingAgency: { code: row.code, level: row.said } }),
});
const moved = (row: Row, status: string): JsonObject => ({
  ...filing(row, status),
  at: `${row.day}T08:00:00+07:00`,
});

function eventOf(row: Row): GatewayEvent {
  const name = Object.keys(HAPPENS).find(each => row.happens === each || row.happens.startsWith(`${each} `));
  const made = name === undefined ? undefined : HAPPENS[name]?.(row, row.happens.slice(name.length + 1));
  if (made === undefined) throw new Error(`line ${row.line}: ${row.happens} does not happen`);
  return { specversion: '1.0', id: `line-${row.line}`, time: `${row.day}T08:00:00+07:00`, ...made };
}

/** What the gateway makes of a row, in the row's own words. */
async function madeOf(row: Row): Promise<Pick<Row, 'procedure' | 'unit' | 'decides' | 'outcome'>> {
  const world = WORLDS[row.world];
  if (world === undefined) throw new Error(`line ${row.line}: there is no world ${row.world}`);
  const facts = world(row.unit.split(' ')[0] as string);
  let serial = 0;
  const now = at(`${row.day}T08:00:00`);
  const context = { facts, vocabulary, systems, now, enforced: false, newId: () => `id-${++serial}` };
  const decision = await decide(prepare(eventOf(row)), 1, emptyState(), context, async () => false);
  const { unit, procedure, payload, note } = decision.row;
  const asOf = typeof payload.asOf === 'string' ? payload.asOf : `${row.day}T08:00:00+07:00`;
  const levels = procedure
    ? authorityAt({ procedure, act: 'decide', at: Date.parse(asOf), unit }, facts, vocabulary).map(one => one.level)
    : [];
  const warnings = (note?.warnings ?? []) as { cause: string }[];
  const outcome = [
    ...decision.questions.map(question => `?${question.kind}`),
    ...decision.syncs.map(
      ({ target, mode: how, cause }) => `${target}${how === 'trial' ? '~' : ''}${cause ? `:${cause}` : ''}`,
    ),
    ...warnings.map(warning => `!${warning.cause}`).sort(),
  ];
  const asked = given(row);
  return {
    procedure: procedure === asked ? asked : `${asked}>${procedure ?? '-'}`,
    unit: unit === null ? '-' : `${unit} ${vocabulary.unitName(unit, asOf) ?? '?'}`.normalize('NFC'),
    decides: levels.length === 0 ? '-' : levels.join('+'),
    outcome: outcome.join(' '),
  };
}

test('there are at least 300 rows, none of them twice', async t => {
  t.ok(rows.length >= 300, `${rows.length} rows`);
  const asked = rows.map(({ world, day, happens, code, procedure, said }) =>
    [world, day, happens, code, procedure, said].join('|'),
  );
  t.equal(new Set(asked).size, rows.length);
});

test('every row comes out as the facts say', async t => {
  for (const row of rows) {
    const { procedure, unit, decides, outcome } = row;
    t.same(await madeOf(row), { procedure, unit, decides, outcome }, `line ${row.line}: ${row.day} ${row.code}`);
  }
});
