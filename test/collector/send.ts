/** Sends an OTLP request as JSON; the status of the answer. */
export async function send(url: string, body: object): Promise<number> {
  const path = 'resourceLogs' in body ? 'v1/logs' : 'v1/traces';
  const answer = await fetch(`${url}/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  await answer.arrayBuffer();
  return answer.status;
}
