import { randomUUID } from 'node:crypto';

import { Controller, Injectable, type ExecutionContext } from '@nestjs/common';
import { Args, Field, Mutation, ObjectType, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { GrpcMethod, GrpcStreamCall, GrpcStreamMethod, MessagePattern, Payload } from '@nestjs/microservices';
import {
  MessageBody,
  SubscribeMessage,
  WebSocketGateway,
  type OnGatewayConnection,
} from '@nestjs/websockets';
import type { ServerDuplexStream } from '@grpc/grpc-js';
import {
  AccessPolicy,
  CheckPolicy,
  CurrentUser,
  RequireRoles,
  SocketAuthenticator,
  type UpgradeRequest,
  type UserIdentity,
} from 'nestjs-gatehouse';
import { map, type Observable } from 'rxjs';

import type { Text } from './orders.grpc.controller.js';

/** Refuses eve, and everybody who asks for `secret`; throws for mallory. */
@Injectable()
export class DocumentPolicy extends AccessPolicy {
  async can({ userId }: UserIdentity, context: ExecutionContext): Promise<boolean> {
    await Promise.resolve();
    if (userId === 'mallory') throw new Error('the store of documents is away');
    return userId !== 'eve' && !JSON.stringify(dataOf(context) ?? '').includes('secret');
  }
}

/** What a call is about. A stream of gRPC has said nothing yet. */
function dataOf(context: ExecutionContext): unknown {
  switch (context.getType<string>()) {
    case 'graphql':
      return context.getArgByIndex<unknown>(1);
    case 'ws':
      return context.switchToWs().getData<unknown>();
    default: {
      const data = context.switchToRpc().getData<string | Text | undefined>();
      return typeof data === 'string' ? data : data?.text;
    }
  }
}

@ObjectType()
export class Document {
  @Field()
  text!: string;
}

@Resolver(() => Document)
export class DocumentsResolver {
  @Query(() => Document)
  @CheckPolicy(DocumentPolicy)
  document(@Args('text') text: string): Document {
    return { text };
  }

  @Mutation(() => Document)
  @CheckPolicy(DocumentPolicy)
  write(@Args('text') text: string): Document {
    return { text };
  }

  @Query(() => Document)
  @RequireRoles('editor')
  edit(): Document {
    return { text: 'edited' };
  }

  @Query(() => Document)
  anyones(): Document {
    return { text: "anyone's" };
  }

  @ResolveField(() => String)
  @CheckPolicy(DocumentPolicy)
  owned(@Parent() { text }: Document, @CurrentUser('userId') userId: string): string {
    return `${text} of ${userId}`;
  }

  @ResolveField(() => String)
  @RequireRoles('editor')
  edited(@Parent() { text }: Document): string {
    return `${text}, edited`;
  }
}

@WebSocketGateway()
export class DocumentsGateway implements OnGatewayConnection {
  constructor(private readonly sockets: SocketAuthenticator) {}

  async handleConnection(client: object, request?: UpgradeRequest): Promise<void> {
    await this.sockets.authenticate(client, request).catch(() => undefined);
  }

  @SubscribeMessage('document')
  @CheckPolicy(DocumentPolicy)
  document(@MessageBody() text: string, @CurrentUser('userId') userId: string): object {
    return { event: 'document', data: `${text} for ${userId}` };
  }

  @SubscribeMessage('edit')
  @RequireRoles('editor')
  edit(@CurrentUser('userId') userId: string): object {
    return { event: 'edited', data: userId };
  }
}

/** Subjects of this run alone: a broker may serve several at once. */
const RUN = randomUUID();
export const pattern = (name: string): string => `documents.${RUN}.${name}`;

@Controller()
export class DocumentsController {
  @MessagePattern(pattern('document'))
  @CheckPolicy(DocumentPolicy)
  document(@Payload() text: string, @CurrentUser('userId') userId: string): string {
    return `${text} for ${userId}`;
  }

  @MessagePattern(pattern('edit'))
  @RequireRoles('editor')
  edit(@CurrentUser('userId') userId: string): string {
    return userId;
  }
}

/** A method of each kind that gRPC has, under the names of orders.proto. */
@Controller()
export class GrpcDocumentsController {
  @GrpcMethod('Orders', 'Place')
  @CheckPolicy(DocumentPolicy)
  document(@Payload() { text }: Text, @CurrentUser('userId') userId: string): Text {
    return { text: `${text} for ${userId}` };
  }

  @GrpcMethod('Orders', 'WhoAmI')
  @RequireRoles('editor')
  edit(@CurrentUser('userId') userId: string): Text {
    return { text: userId };
  }

  @GrpcStreamMethod('Orders', 'Chat')
  @CheckPolicy(DocumentPolicy)
  chat(@Payload() messages: Observable<Text>, @CurrentUser('userId') userId: string): Observable<Text> {
    return messages.pipe(map(({ text }) => ({ text: `${text} for ${userId}` })));
  }

  @GrpcStreamCall('Orders', 'RawChat')
  @CheckPolicy(DocumentPolicy)
  rawChat(@Payload() call: ServerDuplexStream<Text, Text>, @CurrentUser('userId') userId: string): void {
    call.on('data', ({ text }: Text) => call.write({ text: `${text} for ${userId}` }));
    call.on('end', () => call.end());
  }

  @GrpcStreamCall('Orders', 'RawWhose')
  @RequireRoles('editor')
  rawEdit(@Payload() call: ServerDuplexStream<Text, Text>, @CurrentUser('userId') userId: string): void {
    call.on('data', ({ text }: Text) => call.write({ text: `${text} for ${userId}` }));
    call.on('end', () => call.end());
  }
}
