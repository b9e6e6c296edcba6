import { Controller, Get } from '@nestjs/common';

/** Open to load balancers: its paths are among the default `requireAuthExceptions`. */
@Controller('health')
export class HealthController {
  @Get(['', 'live', 'ready'])
  health(): { status: 'ok' } {
    return { status: 'ok' };
  }
}
