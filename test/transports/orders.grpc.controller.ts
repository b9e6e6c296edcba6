import { Controller } from '@nestjs/common';
import { GrpcMethod, GrpcStreamCall, GrpcStreamMethod, Payload } from '@nestjs/microservices';
import type { sendUnaryData, ServerDuplexStream, ServerReadableStream } from '@grpc/grpc-js';
import { CurrentUser, Public, RequirePermissions, TokenService, type UserIdentity } from 'nestjs-gatehouse';
import { map, of, type Observable } from 'rxjs';

export interface Text {
  readonly text: string;
}

/** A handler of each kind that gRPC has. */
@Controller()
export class GrpcOrdersController {
  constructor(private readonly tokens: TokenService) {}

  @GrpcMethod('Orders', 'WhoAmI')
  whoAmI(@CurrentUser() user: UserIdentity): Text {
    return { text: user.userId };
  }

  @GrpcMethod('Orders', 'Place')
  @RequirePermissions('memory:create')
  place(@Payload() { text }: Text, @CurrentUser('userId') userId: string): Text {
    return { text: `${text} for ${userId}` };
  }

  @GrpcMethod('Orders', 'Ping')
  @Public()
  ping(@CurrentUser() user: UserIdentity | undefined): Text {
    return { text: `for ${user?.userId ?? 'anyone'}` };
  }

  /** Lets the gate answer for what it verifies itself. */
  @GrpcMethod('Orders', 'Whose')
  @Public()
  async whose({ text }: Text): Promise<Text> {
    return { text: (await this.tokens.verifyAccessToken(text)).userId };
  }

  @GrpcMethod('Orders', 'List')
  list(@CurrentUser('userId') userId: string): Observable<Text> {
    return of({ text: 'first' }, { text: `last of ${userId}` });
  }

  @GrpcStreamMethod('Orders', 'Chat')
  chat(@Payload() messages: Observable<Text>, @CurrentUser('userId') userId: string): Observable<Text> {
    return messages.pipe(map(({ text }) => ({ text: `${text} by ${userId}` })));
  }

  @GrpcStreamMethod('Orders', 'Collect')
  collect(@Payload() messages: Observable<Text>, @CurrentUser('userId') userId: string): Observable<Text> {
    return messages.pipe(map(({ text }) => ({ text: `${text} of ${userId}` })));
  }

  @GrpcStreamCall('Orders', 'RawChat')
  @RequirePermissions('memory:create')
  rawChat(@Payload() call: ServerDuplexStream<Text, Text>, @CurrentUser('userId') userId: string): void {
    call.on('data', ({ text }: Text) => call.write({ text: `${text} by ${userId}` }));
    call.on('end', () => call.end());
  }

  @GrpcStreamCall('Orders', 'RawCollect')
  rawCollect(call: ServerReadableStream<Text, Text>, reply: sendUnaryData<Text>): void {
    call.on('data', ({ text }: Text) => reply(null, { text: `collected ${text}` }));
  }

  @GrpcStreamCall('Orders', 'RawWhose')
  @Public()
  async rawWhose(call: ServerDuplexStream<Text, Text>): Promise<void> {
    const [token] = call.metadata.get('token');
    const { userId } = await this.tokens.verifyAccessToken(String(token));
    call.write({ text: userId });
    call.end();
  }
}
