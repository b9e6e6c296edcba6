/** A message to a person, for the application to put into words and to send. */
export interface AuthMail {
  /**
   * What it is for. `registration-repeated`: somebody registered with an address that has an account; its owner is told,
   * and whoever registered is not.
   */
  readonly kind: 'password-reset' | 'email-verification' | 'invitation' | 'registration-repeated';
  readonly to: string;
  /** Undefined as well until the address is confirmed: it is whoever registered who wrote it. */
  readonly name: string | undefined;
  readonly userId: string;
  /** Belongs in the link of the message, and nowhere else. Undefined where nothing is to be confirmed. */
  readonly token: string | undefined;
  /** Until when the token is good. */
  readonly expiresAt: Date | undefined;
}

/** Sends the messages of accounts. A port, for the option `mailer`: the application knows how it sends mail. */
export abstract class AuthMailer {
  /**
   * Sends one message, or hands it to a queue. It is not waited for where an answer's time would tell whether an address
   * is known; a rejection is noted in the log, without the message.
   */
  abstract send(mail: AuthMail): Promise<void>;
}
