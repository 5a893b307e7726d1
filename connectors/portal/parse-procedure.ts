/**
 * The full text of a procedure (LayThuTuc, upper-case names) → `procedure.published` or `procedure.withdrawn`.
 */
import { GatewayError } from '../../src/domain/errors.ts';
import type { JsonObject } from '../../src/domain/words.ts';
import { LISTS } from './dialect.ts';
import { isObject, objectsIn, present, textIn } from './read.ts';

const KNOWN = new Set(
  (
    'MATTHC TENTTHC LINHVUCTHUCHIEN TRINHTUTHUCHIEN CACHTHUCTHUCHIEN THANHPHANHOSO YEUCAU MOTADOITUONGTHUCHIEN ' +
    'KETQUATHUCHIEN CANCUPHAPLY COQUANTHUCHIEN TRANGTHAI NGAYCAPNHAT'
  ).split(' '),
);

/**
 * Reads a text that the portal answered for `code`. TRANGTHAI 1 is published, another number withdrawn; without one the
 * answer is garbled and nothing is concluded from it: throws GatewayError 503, so that the notice is told again.
 * Official wording is taken over unchanged; plain words are the vocabulary's affair.
 */
export function readProcedure(
  text: JsonObject,
  code: string,
  systemId: string,
): { type: string; subject: string; data: JsonObject } {
  const state = textIn(text, 'TRANGTHAI') ?? '';
  if (!/^\d{1,2}$/.test(state)) {
    throw new GatewayError(
      'source-answer-unclear',
      503,
      {
        vi: 'Cổng trả lời nội dung thủ tục mà không có trạng thái; hãy báo lại sau.',
        en: 'The portal answered the procedure without a state; tell it again later.',
      },
      { headers: { 'retry-after': '5' } },
    );
  }
  const fields = objectsIn(text, 'LINHVUCTHUCHIEN');
  const agencies = objectsIn(text, 'COQUANTHUCHIEN').map(agency =>
    present({ code: textIn(agency, 'MADONVI'), name: textIn(agency, 'TENDONVI') }),
  );
  const ways = objectsIn(text, 'CACHTHUCTHUCHIEN');
  const more = Object.fromEntries(Object.entries(text).filter(([name]) => !KNOWN.has(name)));
  const fieldCode = textIn(fields[0] ?? {}, 'MALINHVUC');
  const limits = ways.flatMap(way =>
    objectsIn(way, 'THOIGIAN').map(time =>
      present({
        channel: LISTS.channel.decode[textIn(way, 'KENH') ?? ''],
        value: Number(textIn(time, 'THOIGIANGIAIQUYET') ?? Number.NaN),
        unit: textIn(time, 'DONVITINH'),
        note: textIn(time, 'MOTA'),
      }),
    ),
  );
  return {
    type: state === '1' ? 'procedure.published' : 'procedure.withdrawn',
    subject: code,
    data: present({
      procedure: present({
        code: textIn(text, 'MATTHC') ?? code,
        name: textIn(text, 'TENTTHC'),
        field: fields.map(field => textIn(field, 'TENLINHVUC') ?? '').join('; '),
        fieldCode,
        level: levelOf(agencies.map(agency => textIn(agency, 'name') ?? '')),
      }),
      decidedBy: agencies,
      channels: [...new Set(ways.map(way => LISTS.channel.decode[textIn(way, 'KENH') ?? '']))].filter(
        channel => channel !== undefined,
      ),
      cases: objectsIn(text, 'TRINHTUTHUCHIEN').map(entry =>
        present({
          name: textIn(entry, 'TRUONGHOP'),
          steps: objectsIn(entry, 'TRINHTU').map(step => textIn(step, 'TENTRINHTU') ?? ''),
        }),
      ),
      steps: objectsIn(text, 'TRINHTUTHUCHIEN').flatMap(entry =>
        objectsIn(entry, 'TRINHTU').map((step, index) =>
          present({ no: index + 1, case: textIn(entry, 'TRUONGHOP'), content: textIn(step, 'TENTRINHTU') }),
        ),
      ),
      components: objectsIn(text, 'THANHPHANHOSO').flatMap(entry =>
        objectsIn(entry, 'GIAYTO').map(paper =>
          present({
            case: textIn(entry, 'TRUONGHOP'),
            code: textIn(paper, 'MAGIAYTO'),
            name: textIn(paper, 'TENGIAYTO'),
            form: textIn(paper, 'TENMAUDON'),
            url: textIn(paper, 'URL'),
            originals: countIn(paper, 'SOBANCHINH'),
            copies: countIn(paper, 'SOBANSAO'),
          }),
        ),
      ),
      // null says that the text names no figure (events.md): never the same as no limit.
      timeLimit: limits.some(limit => Number.isFinite(limit.value))
        ? limits.filter(limit => Number.isFinite(limit.value))
        : null,
      fees: ways.flatMap(way =>
        objectsIn(way, 'THOIGIAN').flatMap(time =>
          objectsIn(time, 'PHILEPHI').map(fee =>
            present({
              channel: LISTS.channel.decode[textIn(way, 'KENH') ?? ''],
              code: textIn(fee, 'MAPHILEPHI'),
              amount: countIn(fee, 'SOTIEN'),
              unit: textIn(fee, 'DONVI'),
              name: textIn(fee, 'MOTA'),
            }),
          ),
        ),
      ),
      results: objectsIn(text, 'KETQUATHUCHIEN').map(result =>
        present({ code: textIn(result, 'MAKETQUA'), name: textIn(result, 'TENKETQUA') }),
      ),
      legalBasis: objectsIn(text, 'CANCUPHAPLY').map(basis =>
        present({ number: textIn(basis, 'SOVANBAN'), name: textIn(basis, 'TENVANBAN') }),
      ),
      requirements: textIn(text, 'YEUCAU'),
      applicants: textIn(text, 'MOTADOITUONGTHUCHIEN'),
      more: isObject(more) && Object.keys(more).length > 0 ? { [systemId]: more } : undefined,
    }),
  };
}

function countIn(object: JsonObject, key: string): number | undefined {
  const value = Number(textIn(object, key) ?? Number.NaN);
  return Number.isFinite(value) ? value : undefined;
}

/** The text names agencies, not a level: a commune's committee anywhere among them makes it the commune's. */
function levelOf(agencies: string[]): string {
  const all = agencies.join(' ').toLocaleLowerCase('vi');
  if (/(?<!\p{L})(xã|phường|thị trấn)(?!\p{L})/u.test(all)) return 'xã';
  if (/(?<!\p{L})(tỉnh|sở|văn phòng đăng ký|ban quản lý)(?!\p{L})/u.test(all)) return 'tỉnh';
  return 'khác';
}
