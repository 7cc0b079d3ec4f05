// How a test asks: node FILE TRIAL, with an address, a token and whatever else the trial needs on standard input.
import { argv, stdin, stdout } from "node:process";
import { json } from "node:stream/consumers";

export interface Given {
  address: string;
  token: string;
  variables: Record<string, unknown>;
}

// What a trial needs is said by its own type; the test that asks has to fit it.
export async function tell(trials: Record<string, (given: never) => Promise<unknown>>): Promise<void> {
  const trial = trials[argv[2] ?? ""];
  if (!trial) throw new Error(`There is no trial ${argv[2]}.`);
  stdout.write(JSON.stringify(await trial((await json(stdin)) as never)));
}

// fetch as it is, and what went through it.
export function listening(): { fetch: typeof fetch; sent: string[]; received: string[] } {
  const sent: string[] = [];
  const received: string[] = [];
  return {
    sent,
    received,
    fetch: async (input, init) => {
      const response = await fetch(input, init);
      sent.push(init?.method ?? "GET");
      received.push(`${response.status} ${response.headers.get("Content-Type")?.split(";")[0]}`);
      return response;
    },
  };
}
