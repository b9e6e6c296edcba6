import {
  Args,
  Field,
  Mutation,
  ObjectType,
  Parent,
  Query,
  ResolveField,
  Resolver,
  Subscription,
} from '@nestjs/graphql';
import {
  AuthSchemes,
  CurrentUser,
  OptionalAuth,
  Public,
  RequireAnyPermission,
  RequirePermissions,
  TokenService,
  type UserIdentity,
} from 'nestjs-gatehouse';

@ObjectType()
export class Note {
  @Field()
  text!: string;

  @Field()
  owner!: string;
}

/** One resolver for every driver: each rule of the gate once. */
@Resolver(() => Note)
export class NotesResolver {
  constructor(private readonly tokens: TokenService) {}

  /** No decorator: closed. */
  @Query(() => String)
  me(@CurrentUser() user: UserIdentity): string {
    return user.userId;
  }

  @Query(() => Note)
  @RequirePermissions('memory:read')
  note(@CurrentUser('userId') owner: string): Note {
    return { text: 'first', owner };
  }

  @Mutation(() => Note)
  @RequirePermissions('memory:create')
  addNote(@Args('text') text: string, @CurrentUser() user: UserIdentity): Note {
    return { text, owner: user.userId };
  }

  @Query(() => String)
  @RequireAnyPermission('admin:read', 'admin:write')
  stats(): string {
    return 'stats';
  }

  @Query(() => String)
  @Public()
  motd(@CurrentUser() user: UserIdentity | undefined): string {
    return `for ${user?.userId ?? 'anyone'}`;
  }

  @Query(() => String)
  @OptionalAuth()
  greeting(@CurrentUser() user: UserIdentity | undefined): string {
    return `hello ${user?.userId ?? 'stranger'}`;
  }

  @Query(() => String, { name: 'machine' })
  @AuthSchemes('api-key')
  forMachines(@CurrentUser('provider') provider: string): string {
    return provider;
  }

  /** Lets the gate answer for what it verifies itself. */
  @Query(() => String)
  @Public()
  async whose(@Args('token') token: string): Promise<string> {
    return (await this.tokens.verifyAccessToken(token)).userId;
  }

  @ResolveField(() => String)
  @RequirePermissions('memory:search')
  secret(@Parent() { text }: Note, @CurrentUser('userId') userId: string): string {
    return `${text} of ${userId}`;
  }

  @Subscription(() => Note, { resolve: (note: Note) => note })
  @RequirePermissions('memory:read')
  async *noteAdded(@CurrentUser() user: UserIdentity): AsyncGenerator<Note> {
    yield { text: 'new', owner: user.userId };
  }
}
