import { Controller, Get, Header, VERSION_NEUTRAL } from '@nestjs/common';

import { Public } from '../guard/access.decorators.js';
import { MetadataService, type ResourceMetadata, type ServerMetadata } from './metadata.service.js';

/** Both documents change with the options alone. */
const CACHE = 'public, max-age=3600';

/** The two documents that tell of this application. Their paths are fixed (RFC 8615), as that of the key set. */
@Controller({ path: '.well-known', version: VERSION_NEUTRAL })
export class MetadataController {
  constructor(private readonly metadata: MetadataService) {}

  /** RFC 8414 section 3. */
  @Get('oauth-authorization-server')
  @Public()
  @Header('Cache-Control', CACHE)
  server(): ServerMetadata {
    return this.metadata.server;
  }

  /** RFC 9728 section 3. The challenges of the gate name it. */
  @Get('oauth-protected-resource')
  @Public()
  @Header('Cache-Control', CACHE)
  resource(): ResourceMetadata {
    return this.metadata.resource;
  }
}
