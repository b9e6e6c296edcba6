import { Module, type DynamicModule } from '@nestjs/common';
import { AuthModule, type AuthMailer, type AuthStores } from 'nestjs-gatehouse';

import { AccountController } from './account.controller.js';
import { DemoMailer } from './demo.mailer.js';
import { HealthController } from './health.controller.js';
import { MemoriesController } from './memories/memories.controller.js';
import { MemoriesService } from './memories/memories.service.js';
import { Permission } from './permissions.js';
import { ROLES } from './roles.js';
import { SessionsController } from './sessions/sessions.controller.js';
import { SessionsService } from './sessions/sessions.service.js';

/** What is not the same wherever the demo runs. */
export interface AppOptions {
  /** Where people, sessions and API keys last; in memory when left out. */
  readonly stores?: AuthStores;
  /** Gets the mails of accounts; nobody when left out. */
  readonly mailer?: AuthMailer;
}

/** Everything that is not here comes from the `AUTH_*` variables. */
@Module({
  controllers: [SessionsController, MemoriesController, AccountController, HealthController],
  providers: [SessionsService, MemoriesService],
})
export class AppModule {
  static with({ stores, mailer = new DemoMailer() }: AppOptions = {}): DynamicModule {
    return {
      module: AppModule,
      imports: [
        AuthModule.forRoot({
          permissions: Permission,
          roles: ROLES,
          users: true,
          audit: true,
          mailer,
          stores,
        }),
      ],
    };
  }
}
