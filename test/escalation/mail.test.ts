/** E-mail through a configured server, against a small SMTP server of the test's own. */
import { type AddressInfo, createServer } from 'node:net';
import t, { type Test } from 'tap';
import type { EscalationConfig, MailServer } from '../../src/config/escalation.ts';
import { lookOnce } from '../../src/escalation/round.ts';
import { sendDue } from '../../src/escalation/send.ts';
import { at } from '../facts/support.ts';
import { escalationRig } from './support.ts';

interface Letter {
  from: string;
  to: string[];
  data: string;
}

/** Takes letters; `refuse` answers RCPT of an address with a status. */
async function smtpServer(test: Test, refuse: (to: string) => string | undefined) {
  const letters: Letter[] = [];
  const commands: string[] = [];
  const server = createServer(socket => {
    let rest = '';
    let reading = false;
    let letter: Letter = { from: '', to: [], data: '' };
    const say = (line: string): void => {
      socket.write(`${line}\r\n`);
    };
    /** The answer to one line of the dialogue; none while the letter itself is read. */
    const answerTo = (line: string): string | undefined => {
      if (reading) {
        reading = line !== '.';
        if (reading) letter.data += `${line}\n`;
        else letters.push(letter);
        return reading ? undefined : '250 2.0.0 taken';
      }
      commands.push(line);
      const address = /<([^>]*)>/.exec(line)?.[1] ?? '';
      switch (line.toUpperCase().split(/[ :]/)[0]) {
        case 'EHLO':
          return '250-mau\r\n250 AUTH PLAIN';
        case 'AUTH':
          return '235 2.7.0 welcome';
        case 'MAIL':
          letter = { from: address, to: [], data: '' };
          return '250 ok';
        case 'RCPT':
          if (refuse(address) === undefined) letter.to.push(address);
          return refuse(address) ?? '250 ok';
        case 'DATA':
          reading = true;
          return '354 go on';
        case 'QUIT':
          return '221 bye';
        default:
          return '250 ok';
      }
    };
    socket.on('error', () => {});
    socket.on('data', chunk => {
      const lines = (rest + chunk.toString('latin1')).split('\r\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const answer = answerTo(line);
        if (answer !== undefined) say(answer);
        if (answer === '221 bye') socket.end();
      }
    });
    say('220 mau ESMTP');
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  test.teardown(() => new Promise<void>(resolve => server.close(() => resolve())));
  return { port: (server.address() as AddressInfo).port, letters, commands };
}

async function oneMail(test: Test, server: Partial<MailServer>, refuse: (to: string) => string | undefined) {
  const smtp = await smtpServer(test, refuse);
  const config: EscalationConfig = {
    mailServer: { host: '127.0.0.1', port: smtp.port, security: 'none', from: 'lienthong@example.gov.vn', ...server },
    recipients: [
      { id: 'so', levels: ['officer'], way: { kind: 'mail', to: ['mot@example.gov.vn', 'hai@example.gov.vn'] } },
    ],
  };
  const rig = await escalationRig(test, config);
  await rig.rejected('H19-1', '2026-11-20T08:00');
  rig.clock.now = at('2026-11-20T11:00');
  await lookOnce(rig.context);
  return { smtp, rig, outcomes: await sendDue(rig.context) };
}

t.test('a letter with subject, text and an id that stays', async t => {
  const { smtp, outcomes } = await oneMail(t, { username: 'lt', password: 'mật khẩu' }, () => undefined);
  t.match(outcomes, [{ state: 'sent' }]);
  const [letter] = smtp.letters;
  t.match(letter, { from: 'lienthong@example.gov.vn', to: ['mot@example.gov.vn', 'hai@example.gov.vn'] });
  const [head = '', text = ''] = (letter?.data ?? '').split(/\n\n([\s\S]*)/);
  t.match(head, `Message-ID: <${outcomes[0]?.id}@lienthong>`);
  const encoded = /Content-Transfer-Encoding: (\S+)/i.exec(head)?.[1];
  const plain =
    encoded === 'base64'
      ? Buffer.from(text, 'base64').toString()
      : Buffer.from(
          text
            .replaceAll(/=\n/g, '')
            .replaceAll(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))),
          'latin1',
        ).toString();
  t.match(plain, /Phường Trấn Biên: Bên nhận từ chối nội dung/);
  t.ok(smtp.commands.some(line => line.startsWith('AUTH PLAIN')));
});

t.test('a server that is busy is tried again, an address that does not exist is told and given up', async t => {
  const busy = await oneMail(t, {}, () => '451 4.7.1 later');
  t.match(busy.outcomes, [{ state: 'retry', fault: 'SMTP 451' }]);
  const gone = await oneMail(t, {}, to => (to.startsWith('hai') ? '550 5.1.1 no such user' : undefined));
  t.match(gone.outcomes, [{ state: 'failed', fault: 'SMTP refused 1 of 2 addresses' }]);
  t.equal(gone.smtp.letters.length, 1, 'the other one has it');
});

t.test('a server without TLS gets neither letter nor password where TLS is demanded', async t => {
  const { smtp, outcomes } = await oneMail(t, { security: 'starttls', username: 'lt', password: 'p' }, () => undefined);
  t.match(outcomes, [{ state: 'retry' }]);
  t.equal(smtp.letters.length, 0);
  t.notOk(smtp.commands.some(line => /^(AUTH|MAIL)/.test(line)));
});
