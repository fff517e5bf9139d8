/** What is said in one task, as the messages of OpenTelemetry's GenAI convention. */
export interface Words {
  readonly system: string;
  /** What the task begins with. */
  readonly asked: string;
  /** What the model says, after this tool has answered. */
  says(tool: string | null): string;
  /** What a tool returns. */
  returns(tool: string, id: string): Readonly<Record<string, unknown>>;
}

/** A person and a card that masking has to remove: nobody's, of numbers that pass every check. */
const CLAIMANT = 'kenji.mori@example.co.jp';
const CARD = '4111 1111 1111 1111';

const TRIPS = [
  'a taxi from Haneda',
  'the train to Nagoya',
  'two nights in Osaka',
  'a dinner with a supplier',
];

/** One message of a model call. */
const message = (role: string, content: string): object => ({ role, parts: [{ type: 'text', content }] });

/** What a tool has returned. */
export interface Returned {
  readonly tool: string;
  readonly result: unknown;
}

/** Content of a model call that follows on what a tool has returned. */
export function modelContent(words: Words, last: Returned | null) {
  const asked = message('user', words.asked);
  return {
    system: words.system,
    input: last === null ? [asked] : [asked, message('tool', JSON.stringify(last.result))],
    output: [message('assistant', words.says(last?.tool ?? null))],
  };
}

/** Agents of the fleet whose content is kept: the words of a task, the same for the same task. */
export const WORDS: Readonly<Record<string, (taskId: string, amount: number) => Words>> = {
  'expense-reimbursement'(taskId, amount) {
    const trip = TRIPS[Number.parseInt(taskId.slice(-2), 16) % TRIPS.length];
    const yen = `¥${amount.toLocaleString('en-US')}`;
    return {
      system: 'You check expense claims against the travel policy and pay what is in order.',
      asked: `Please reimburse ${yen} for ${trip}. Receipt attached. Paid with card ${CARD}; write to ${CLAIMANT}.`,
      says: (tool) =>
        tool === null
          ? `I read the claim of ${yen} before anything is paid.`
          : `${tool} has answered: I go on with the claim of ${yen} for ${trip}.`,
      returns: (tool, id) => ({
        claim: id,
        ...(tool === 'read_claim' && { claimant: CLAIMANT, amount, currency: 'JPY', purpose: trip }),
        ...(tool === 'check_policy' && { within_policy: true, limit: 'JPY 100,000 without a person' }),
        ...(tool === 'pay_claim' && { paid: yen, to: CARD }),
      }),
    };
  },
};
