/** The report: hours by step, what only passes things on, what is left out; as JSON and as sheets. */
import { test } from 'tap';
import { readSettled } from '../../src/ledger/workflow.ts';
import { readCsv } from '../../src/sheets/csv.ts';
import { readXlsx } from '../../src/sheets/xlsx.ts';
import { vocabulary } from '../translation/fixture.ts';
import { filed, rigAt, status, step, TEN_DAYS, UNIT } from './support.ts';

test('the report counts hours by step and names what only passes things on; also as a sheet', async t => {
  const rig = await rigAt(t, '2026-11-20T08:00');
  for (const [index, code] of ['R-1', 'R-2', 'R-3'].entries()) {
    const day = `2026-11-0${index + 2}`;
    await rig.accept(filed(code, `${day}T08:00`));
    await rig.accept(step(code, `${day}T08:30`, `${day}T09:00`, 'Phân công'));
    await rig.accept(step(code, `${day}T09:00`, `${day}T09:30`, 'Xem qua', { post: 'Phó phòng', no: 9 }));
    await rig.accept(step(code, `${day}T09:30`, `${day}T14:30`, 'Thẩm định'));
    await rig.accept(step(code, `${day}T14:30`, `${day}T15:30`, 'Lãnh đạo ký số', { no: 3 }));
    await rig.accept(status(code, `${day}T15:30`, '9'));
  }
  const url = '/v1/reports/workflow?from=2026-11-01T00:00:00Z&to=2026-11-19T00:00:00Z';
  const report = (await rig.get(url)).json();
  t.match(report, {
    dossiers: 3,
    truncated: false,
    steps: [
      {
        procedure: TEN_DAYS,
        unit: UNIT,
        step: '1',
        dossiers: 3,
        medianHours: 0.5,
        p90Hours: 0.5,
        procedureName: String,
      },
      { step: '2', medianHours: 4, p90Hours: 4 },
      { step: '3', medianHours: 1 },
      { step: 'all', medianHours: 5.5, late: 0 },
    ],
    passingOn: [
      { name: 'Phân công', because: 'mapping', stays: 3, medianHours: 0.5 },
      { name: 'Phó phòng', because: 'short-stays', stays: 3, shortWithoutAct: 3 },
    ],
  });
  t.equal(report.passingOn.length, 2, 'signing is short and no passing on');
  t.equal((await rig.get(`${url}&unit=26068`)).json().dossiers, 0);
  t.equal((await rig.get(`${url}&procedure=${TEN_DAYS}`)).json().dossiers, 3);
  const field = encodeURIComponent(vocabulary.procedureFacts(TEN_DAYS)?.field ?? '');
  t.equal((await rig.get(`${url}&field=${field}`)).json().dossiers, 3);
  t.equal((await rig.get(`${url}&field=xyz`)).json().dossiers, 0);
  const csv = await rig.get(`${url}&format=csv`);
  t.match(csv.headers['content-type'], /text\/csv/);
  const rows = readCsv(csv.body);
  t.equal(rows.length, 7);
  t.same(rows[2]?.slice(5, 9), ['2. Thụ lý, thẩm định', '3 hồ sơ', '4 giờ', '4 giờ']);
  const xlsx = await rig.get(`${url}&format=xlsx`);
  t.match(xlsx.headers['content-disposition'], /\.xlsx"/);
  t.same(await readXlsx(xlsx.rawPayload), rows);
  await rig.accept(status('R-0', '2026-11-05T08:00', '4'), status('R-0', '2026-11-05T09:00', '9'));
  t.match((await rig.get(url)).json(), { dossiers: 3, underWayBefore: 1 }, 'nobody knows when R-0 was received');
  const window = { from: new Date('2026-11-01'), to: new Date('2026-11-19') };
  const batches: string[][] = [];
  for await (const batch of readSettled(rig.database, { ...window, most: 3, atOnce: 2 })) {
    batches.push(batch.map(({ code }) => code));
  }
  t.same(batches, [['R-0', 'R-3'], ['R-2']], 'newest first, none twice, no more than asked for');
});
