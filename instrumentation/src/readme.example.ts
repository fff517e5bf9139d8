import {
  agentRun,
  approvalDecided,
  approvalRequested,
  modelCall,
  task,
  toolCall,
} from '@agentops/instrumentation';
import { startAgentOps } from '@agentops/instrumentation/start';

const ops = startAgentOps({ service: 'expense-reimbursement', version: '2.3.0', department: 'finance' });

await task('claim-4711', { user: 'u-17', taskType: 'expense-claim' }, (claim) =>
  agentRun('expense-reimbursement', {}, async () => {
    await modelCall({ provider: 'openai', model: 'gpt-4o' }, async (call) => {
      call.response({ id: 'resp_1', usage: { input: 2600, cacheRead: 1024, output: 180, reasoning: 64 } });
    });
    approvalRequested({ id: 'appr-1', rule: 'threshold', channel: 'expense-approvals', slaSeconds: 14_400 });
    approvalDecided({ id: 'appr-1', decision: 'approved', reviewer: 'mei.fujita' });
    const payment = {
      arguments: { claim: '4711' },
      amount: 120_000,
      currency: 'JPY',
      effect: 'external',
    } as const;
    await toolCall('pay_claim', payment, async () => ({ receipt: 88231 }));
    claim.outcome('success', { source: 'system', evidence: 'ledger entry 88231' });
  }),
);

await ops.shutdown();
