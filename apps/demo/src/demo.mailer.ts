import { Logger } from '@nestjs/common';
import { AuthMailer, type AuthMail } from 'nestjs-gatehouse';

/** Stands where an application sends mail: it shows them, or says that it does not send them. */
export class DemoMailer extends AuthMailer {
  readonly #logger = new Logger(DemoMailer.name);

  /** @param print takes the mails, tokens and all. Left out: nothing is shown. */
  constructor(private readonly print?: (line: string) => void) {
    super();
  }

  override async send({ kind, to, token }: AuthMail): Promise<void> {
    if (this.print === undefined) this.#logger.warn(`No mail server: ${kind} was not sent`);
    else this.print(`MAIL ${kind} to ${to}${token === undefined ? '' : `: ${token}`}`);
  }
}
