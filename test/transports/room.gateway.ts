import {
  ConnectedSocket,
  MessageBody,
  SubscribeMessage,
  WebSocketGateway,
  type OnGatewayConnection,
} from '@nestjs/websockets';
import {
  AuthSchemes,
  CurrentUser,
  OptionalAuth,
  Public,
  RequireAnyPermission,
  RequirePermissions,
  SocketAuthenticator,
  type UpgradeRequest,
  type UserIdentity,
} from 'nestjs-gatehouse';

interface Answer {
  readonly event: string;
  readonly data: unknown;
}

/** Each rule of the gate once. Lets everyone connect; `ws` needs the hook for its handshake. */
@WebSocketGateway()
export class RoomGateway implements OnGatewayConnection {
  constructor(private readonly sockets: SocketAuthenticator) {}

  async handleConnection(client: object, request?: UpgradeRequest): Promise<void> {
    await this.sockets.authenticate(client, request).catch(() => undefined);
  }

  /** No decorator: closed. */
  @SubscribeMessage('whoami')
  whoAmI(@CurrentUser() user: UserIdentity): Answer {
    return { event: 'you', data: user.userId };
  }

  @SubscribeMessage('write')
  @RequirePermissions('memory:create')
  write(@MessageBody() text: string, @CurrentUser('userId') userId: string): Answer {
    return { event: 'written', data: `${text} by ${userId}` };
  }

  @SubscribeMessage('stats')
  @RequireAnyPermission('admin:read', 'admin:write')
  stats(): Answer {
    return { event: 'stats', data: 1 };
  }

  @SubscribeMessage('ping')
  @Public()
  ping(@CurrentUser() user: UserIdentity | undefined): Answer {
    return { event: 'pong', data: `for ${user?.userId ?? 'anyone'}` };
  }

  @SubscribeMessage('greet')
  @OptionalAuth()
  greet(@CurrentUser() user: UserIdentity | undefined): Answer {
    return { event: 'greeting', data: `hello ${user?.userId ?? 'stranger'}` };
  }

  @SubscribeMessage('machine')
  @AuthSchemes('api-key')
  forMachines(@CurrentUser('provider') provider: string): Answer {
    return { event: 'machine', data: provider };
  }
}

/** Lets only callers in who authenticate, and says so first. */
@WebSocketGateway()
export class MembersGateway implements OnGatewayConnection {
  /** Whom `authenticateOrClose` gave and whom it left on the socket, socket by socket. */
  readonly seen: (string | undefined)[][] = [];

  constructor(private readonly sockets: SocketAuthenticator) {}

  async handleConnection(client: { user?: UserIdentity }, request?: UpgradeRequest): Promise<void> {
    const identity = await this.sockets.authenticateOrClose(client, request);
    this.seen.push([identity?.userId, client.user?.userId]);
  }

  @SubscribeMessage('whoami')
  whoAmI(@ConnectedSocket() client: { user?: UserIdentity }, @CurrentUser('userId') userId: string): Answer {
    return { event: 'you', data: [userId, client.user?.userId] };
  }
}
