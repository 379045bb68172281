/** The service's own reasons for not ready, in words. */
const SERVICE_REASONS: Record<string, string> = {
  "signed-in": "just signed in",
  "no-answer": "an offer wasn't answered",
  declined: "an offer was declined",
  "no-response": "nothing was said in time",
};

export function reasonInWords(reason: string): string {
  return SERVICE_REASONS[reason] ?? reason;
}
