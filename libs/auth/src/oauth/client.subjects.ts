import { SubjectDirectory, type Subject } from '../identity/subject-directory.js';
import type { ClientStore } from './client.store.js';

/** Services that are kept here: each holds its ceiling. */
export class ClientSubjects extends SubjectDirectory {
  constructor(private readonly clients: ClientStore) {
    super();
  }

  /** A service has to be there, and of the organisation that its token was made for. */
  override async find(clientId: string, orgId: string | undefined): Promise<Subject | undefined> {
    const client = await this.clients.findById(clientId);
    if (client === undefined || client.orgId !== orgId) return undefined;
    return { isActive: client.isActive, permissions: client.permissions };
  }
}
