/**
 * What each lane tells: its filing, steps, statuses, now and then what is old, ugly or in the portal's own dialect, and in some
 * lanes what must be held. All of it follows from the seed; event n of a lane is always the same.
 */
import { localTime } from '../../../connectors/portal/dialect.ts';
import type { Chance } from './random.ts';

const UNITS = ['26041', '26485', '26380', '26413', '26248', '26017', '26068', '26116'] as const;
/** National statuses that have a word of their own in the communes' list, told in turn: a look-up can tell neighbours apart. */
const STATUSES = ['5', '6', '2', '4', '7'] as const;
/** A citizen's number of this traffic: 12 digits that no other text holds by chance. */
export const CANARY = '075099314';
/** The first step of a lane that a witness rejects says so. */
export const REJECTED = 'từ chối một lần';
/** Every seventh lane is one that is held. */
const HELD = ['unknown-unit', 'unmapped-status', 'target-rejected', 'unknown-procedure'] as const;
const HOT_LANES = 3;

export type Kind = 'filing' | 'step' | 'status' | 'stale' | 'ugly' | 'dialect' | 'wrong';

export interface Story {
  lane: string;
  /** Where it must arrive. */
  unit: string;
  /** The cause for which it is held on purpose. */
  held: (typeof HELD)[number] | undefined;
  /** Posts far more often than others. */
  hot: boolean;
  kinds: readonly Kind[];
  /** Event n; `altered`: the same id with other content. */
  event(n: number, altered?: boolean): object;
  /** Event n as the portal itself would post it. */
  message(n: number, altered?: boolean): object;
}

/** What the lane `index` of the run tells. */
export function storyOf(run: string, index: number, most: number, begun: number, chance: Chance): Story {
  const lane = `${run}-${index}`;
  const hot = index < HOT_LANES;
  const unit = UNITS[index % UNITS.length] as string;
  const held = index % 7 === 5 ? HELD[Math.floor(index / 7) % HELD.length] : undefined;
  // a hot lane is longer than a page of its steps
  const long = hot ? 3 * most : most;
  const kinds = kindsOf(
    chance,
    held,
    held === 'unknown-procedure' ? 1 : held === undefined ? long : Math.min(20, most),
  );
  const ugly = chance.fork('ugly');
  const turn = kinds.map((_, n) => kinds.slice(0, n).filter(kind => kind === 'status').length);
  const texts = kinds.map(kind => (kind === 'ugly' ? uglyText(ugly) : ''));
  const unitCode = held === 'unknown-unit' ? '99999' : unit;
  const at = (n: number): string => new Date(begun + n * 1_000).toISOString();

  const filing = (altered: boolean) => ({
    procedureCode: held === 'unknown-procedure' ? '9.999999' : '1.012783',
    status: '1',
    applicant: {
      kind: 'citizen',
      name: altered ? 'Trần Thị Khác' : 'Nguyễn Văn Mẫu',
      identityNumber: `${CANARY}${String(index % 1_000).padStart(3, '0')}`,
    },
    channel: 'counter',
    submittedAt: at(0),
    receivedAt: at(0),
    filedAt: 'national',
  });
  const step = (n: number, altered: boolean) => ({
    step: {
      no: n,
      content: `${lane}-${n} ${kinds[n] === 'wrong' ? REJECTED : (texts[n] ?? '')}`.trim(),
      actor: { name: altered ? 'Ai đó khác' : 'Lê Thị Hoa' },
      startedAt: at(n),
    },
    ...(kinds[n] === 'ugly' ? { ghiChu: deep(ugly.fork(String(n)).between(1, 50)) } : {}),
  });
  const status = (n: number, altered: boolean) => ({
    ...(kinds[n] === 'wrong'
      ? { status: 'khong-ro', statusList: 'tinh-cu' }
      : { status: STATUSES[(turn[n] ?? 0) % STATUSES.length] }),
    at: kinds[n] === 'stale' ? new Date(begun - 3_600_000).toISOString() : at(n),
    reason: `${lane}-${n}${altered ? ' khác' : ''}`,
  });
  const isStatus = (n: number): boolean =>
    kinds[n] === 'status' || kinds[n] === 'stale' || (kinds[n] === 'wrong' && held === 'unmapped-status');
  return {
    lane,
    unit,
    held,
    hot,
    kinds,
    event: (n, altered = false) => ({
      specversion: '1.0',
      id: `${lane}-${n}`,
      source: 'portal',
      type: n === 0 ? 'dossier.submitted' : isStatus(n) ? 'dossier.status-changed' : 'dossier.step-changed',
      subject: lane,
      time: at(n),
      datacontenttype: 'application/json',
      data: {
        dossierCode: lane,
        unitCode,
        ...(n === 0 ? filing(altered) : isStatus(n) ? status(n, altered) : step(n, altered)),
      },
    }),
    message: (n, altered = false) => ({
      service: 'CapNhatTienDoHoSoMC',
      madonvi: unitCode,
      data: [
        {
          MaHoSo: lane,
          NguoiXuLy: altered ? 'Ai đó khác' : 'Lê Thị Hoa',
          ThoiDiemXuLy: localTime(new Date(begun + n * 1_000)),
          NoiDungXuLy: `${lane}-${n}`,
          TrangThai: '4',
          SoThuTu: n,
        },
      ],
    }),
  };
}

function kindsOf(chance: Chance, held: Story['held'], length: number): Kind[] {
  const wrongAt = held === 'unmapped-status' || held === 'target-rejected' ? chance.between(1, 4) : 0;
  return Array.from({ length }, (_, n): Kind => {
    const luck = chance.next();
    if (n === 0) return 'filing';
    if (n === wrongAt) return 'wrong';
    if (luck < 0.1) return 'dialect';
    if (luck < 0.12) return 'stale';
    if (luck < 0.13) return 'ugly';
    return luck < 0.25 ? 'status' : 'step';
  });
}

/** Legal, and not nice: letters in parts, right-to-left, emoji of many, quotes, long. */
function uglyText(chance: Chance): string {
  const long = 'ế'.normalize('NFD').repeat(600);
  return chance.pick([
    long,
    'Nguye\u0302\u0303n \u202Eđảo ngược\u202C \u200D\u200B\uFEFF',
    '👩‍👩‍👧‍👦🏴󠁧󠁢󠁥󠁮󠁧󠁿 Z̸̢̛͙a̷l̶g̴o̵',
    `'; DROP TABLE syncs; -- "$$ \\ </script> {{7*7}} %s %00`,
    `=cmd|\u2028\u2029 ${'𠜎'.repeat(400)}`,
  ]);
}

function deep(levels: number): unknown {
  let value: unknown = 'đáy';
  for (let level = 0; level < levels; level += 1) value = level % 2 === 0 ? [value] : { sau: value };
  return value;
}
