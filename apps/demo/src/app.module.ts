import { Module, type DynamicModule } from '@nestjs/common';
import { AuthModule, type AuthStores } from 'nestjs-gatehouse';

import { AccountController } from './account.controller.js';
import { HealthController } from './health.controller.js';
import { MemoriesController } from './memories/memories.controller.js';
import { MemoriesService } from './memories/memories.service.js';
import { Permission } from './permissions.js';
import { SessionsController } from './sessions/sessions.controller.js';
import { SessionsService } from './sessions/sessions.service.js';

/** Everything that is not here comes from the `AUTH_*` variables. */
@Module({
  controllers: [SessionsController, MemoriesController, AccountController, HealthController],
  providers: [SessionsService, MemoriesService],
})
export class AppModule {
  /** @param stores where sessions and API keys last; in memory when left out. */
  static with(stores?: AuthStores): DynamicModule {
    return { module: AppModule, imports: [AuthModule.forRoot({ permissions: Permission, stores })] };
  }
}
