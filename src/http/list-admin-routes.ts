import {
  createKeyOperation,
  createProjectOperation,
  deleteKeyOperation,
  deleteProjectOperation,
  getKeyOperation,
  getProjectOperation,
  listAuditOperation,
  listKeysOperation,
  listProjectsOperation,
  listSettingsOperation,
  reloadConfigOperation,
  rotateKeyOperation,
  updateKeyOperation,
  updateProjectOperation,
} from './openapi/admin-operations.ts';
import type { Operation } from './openapi/operation.ts';
import {
  deleteProjectApiKeyOperation,
  getOrganizationProjectOperation,
  getProjectApiKeyOperation,
  listOrganizationProjectsOperation,
  listProjectApiKeysOperation,
} from './openapi/organization-operations.ts';
import type { Handler, HttpServices, Route } from './route.ts';
import { createReloadConfigHandler, createSettingsHandler } from './routes/admin-config.ts';
import { createAdminKeyHandlers } from './routes/admin-keys.ts';
import { createAdminProjectHandlers } from './routes/admin-projects.ts';
import { createOrganizationHandlers } from './routes/organization.ts';

/** Keys, projects, the log of changes, and the configuration: for keys of the scope `admin`. */
export function listAdminRoutes(base: string, { keys, config, listSettings }: HttpServices): Route[] {
  const { create, list, get, update, rotate, remove, listAudit } = createAdminKeyHandlers(keys);
  const projects = createAdminProjectHandlers(keys.projects);
  const organization = createOrganizationHandlers(keys);
  const key = `${base}/admin/keys/:key_id`;
  const project = `${base}/admin/projects/:project_id`;
  const ofProject = `${base}/organization/projects/:project_id`;
  return [
    toRoute('POST', `${base}/admin/keys`, create, createKeyOperation),
    toRoute('GET', `${base}/admin/keys`, list, listKeysOperation),
    toRoute('GET', key, get, getKeyOperation),
    toRoute('PATCH', key, update, updateKeyOperation),
    toRoute('DELETE', key, remove, deleteKeyOperation),
    toRoute('POST', `${key}/rotate`, rotate, rotateKeyOperation),
    toRoute('GET', `${base}/admin/audit`, listAudit, listAuditOperation),
    toRoute('GET', `${base}/admin/settings`, createSettingsHandler(listSettings), listSettingsOperation),
    toRoute('POST', `${base}/admin/config/reload`, createReloadConfigHandler(config), reloadConfigOperation),
    toRoute('POST', `${base}/admin/projects`, projects.create, createProjectOperation),
    toRoute('GET', `${base}/admin/projects`, projects.list, listProjectsOperation),
    toRoute('GET', project, projects.get, getProjectOperation),
    toRoute('PATCH', project, projects.update, updateProjectOperation),
    toRoute('DELETE', project, projects.remove, deleteProjectOperation),
    toRoute(
      'GET',
      `${base}/organization/projects`,
      organization.listProjects,
      listOrganizationProjectsOperation,
    ),
    toRoute('GET', ofProject, organization.getProject, getOrganizationProjectOperation),
    toRoute('GET', `${ofProject}/api_keys`, organization.listKeys, listProjectApiKeysOperation),
    toRoute('GET', `${ofProject}/api_keys/:key_id`, organization.getKey, getProjectApiKeyOperation),
    toRoute('DELETE', `${ofProject}/api_keys/:key_id`, organization.removeKey, deleteProjectApiKeyOperation),
  ];
}

function toRoute(method: Route['method'], url: string, handler: Handler, operation: Operation): Route {
  return { method, url, handler, access: ['admin'], operation };
}
