import { send } from './processes.mjs';

/** Work that goes on until there is no answer, and is looked at afterwards. */
export class Worker {
  isInFlight = false;
  acknowledged = 0;
  unavailable = 0;
  problems = [];

  async loop() {
    while (await this.step());
  }

  /** A request that the kill may hit. Undefined: it did. */
  async hit(application, ...request) {
    this.isInFlight = true;
    const answer = await send(application, ...request);
    if (answer.status === 0 && application.isKilled) return undefined;
    this.isInFlight = false;
    // It may have happened, as when there is no answer.
    if (answer.status === 503) {
      this.unavailable += 1;
      return undefined;
    }
    if (answer.status >= 300 || answer.status === 0) {
      this.problems.push(`${request[0]} ${request[1]}: ${answer.status} ${answer.body?.code}`);
      return undefined;
    }
    this.acknowledged += 1;
    return answer;
  }

  async expect(application, says, status, ...request) {
    let answer = await send(application, ...request);
    for (; answer.status === 503; answer = await send(application, ...request)) this.unavailable += 1;
    const wanted = [status].flat();
    if (!wanted.includes(answer.status)) this.problems.push(`${says}: ${answer.status} ${answer.body?.code}`);
    return answer;
  }
}
