/** The commands that change the vocabulary of a running gateway, against a real API. */
import { createHash } from 'node:crypto';
import { test } from 'tap';
import { uuidv7 } from 'uuidv7';
import { runCommandLine } from '../../src/cli/program.ts';
import { submitted } from '../support/ledger-rig.ts';
import { ADMIN, peopleRig } from '../support/people-rig.ts';
import { copyOfMappings, vocabulary } from '../translation/fixture.ts';
import { retitled } from '../translation/retitled.ts';

test('propose, approve by a second person, compare, roll back', async t => {
  const rig = await peopleRig(t);
  const url = await rig.app.listen({ host: '127.0.0.1', port: 0 });
  await rig.database.people.query(
    "INSERT INTO users (username, password_hash, role) VALUES ('minh', 'x', 'administrator')",
  );
  await rig.database.people.query(
    "INSERT INTO api_tokens (id, hash, name, username, scopes) VALUES ($1, $2, 'test', 'minh', '{*}')",
    [uuidv7(), createHash('sha256').update('lt_minh').digest()],
  );
  const as =
    (token: string) =>
    async (...args: string[]) => {
      let out = '';
      let err = '';
      const status = await runCommandLine(args, {
        env: { LIENTHONG_URL: url, LIENTHONG_TOKEN: token },
        cwd: process.cwd(),
        out: text => {
          out += text;
        },
        err: text => {
          err += text;
        },
      });
      return { status, out, err };
    };
  const run = as(ADMIN.apiToken);
  const minh = as('lt_minh');
  await rig.accept(submitted('H-1'));

  const other = retitled('Làm giấy khai sinh cho trẻ');
  rig.files.vocabulary = other;
  t.match(await run('mappings', 'rehearse'), { status: 0, out: /Phường Trấn Biên +1 +0 +0/ });
  t.match(await run('mappings', 'propose', '--reason', 'dễ hiểu hơn', '--dry-run'), { status: 0, out: /Xem trước/ });
  t.match(await run('mappings', 'proposals'), { out: /Không có đề xuất nào/ });
  const proposed = JSON.parse((await run('mappings', 'propose', '--reason', 'dễ hiểu hơn', '--json')).out);
  t.match(await run('mappings', 'proposals'), { out: /chờ duyệt \(open\)/ });
  t.match(await run('mappings', 'approve', proposed.id, '--reason', 'tự duyệt'), {
    status: 1,
    err: /một người khác duyệt/,
  });
  t.match(await minh('mappings', 'approve', proposed.id, '--reason', 'đã xem'), {
    status: 0,
    out: new RegExp(other.name),
  });
  t.match(await minh('mappings', 'decline', proposed.id, '--reason', 'muộn'), { status: 1, err: /đã được quyết định/ });
  t.match(await run('mappings', 'history'), { status: 0, out: /được duyệt \(activate\) +admin +minh +dễ hiểu hơn/ });

  const diff = await run('mappings', 'diff', vocabulary.name, 'current');
  t.match(diff, { status: 0, out: /0 mục mới, 0 mục bỏ, 1 mục đổi/ });
  t.match(diff.out, /Không có lượt gửi nào đang bị giữ/);
  const folder = copyOfMappings(t);
  t.match(await run('mappings', 'diff', folder, 'current'), { status: 0, out: /tên dễ hiểu .*Làm giấy khai sinh/ });
  t.match(await run('mappings', 'diff', folder, folder), { status: 0, out: /nói như nhau/ });
  t.match(await run('mappings', 'diff', '/không/có', 'current'), { status: 1 });

  t.match(await run('mappings', 'rollback', '--reason', 'gọi chưa đúng', '--dry-run'), {
    status: 0,
    out: /không gửi gì/,
  });
  t.match(await run('mappings', 'rollback', '--reason', 'gọi chưa đúng'), {
    status: 0,
    out: new RegExp(vocabulary.name),
  });
  t.match(await run('mappings', 'rollback', 'abcdef', '--reason', 'nhầm'), { status: 1 });
  t.equal((await run('mappings', 'rollback')).status, 2, 'a reason is needed');
});
