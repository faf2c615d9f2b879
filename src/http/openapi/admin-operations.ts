import {
  keyChange,
  keyRotation,
  newKey,
  newProject,
  projectChange,
} from '../../protocol/openai/admin/sample-requests.ts';
import { toFetchSamples, toPlainSamples } from './code-samples.ts';
import { adminNote, toIdParameter, toPageParameters } from './common-parameters.ts';
import { type Operation, toJsonAnswer } from './operation.ts';

const tag = 'Keys and projects';

const keyId = toIdParameter('key_id', 'Id of a key, such as `key_0123456789abcdef`.');
const projectId = toIdParameter('project_id', 'Id of a project; `default` is always there.');

const refusals = ['invalid_api_key', 'insufficient_permissions', 'store_unavailable'] as const;
const ofBodies = [
  ...refusals,
  ...(['malformed_body', 'request_too_large', 'unsupported_media_type', 'invalid_key_field'] as const),
] as const;

export const createKeyOperation: Operation = {
  id: 'createKey',
  tag,
  summary: 'Make a key',
  description: `The answer shows the key this once: only its hash is kept. ${adminNote}`,
  body: { schema: { $ref: '#/components/schemas/CreateKeyRequest' }, toExample: () => newKey },
  answers: { 201: toJsonAnswer('The key.', 'CreatedKey') },
  errors: [...ofBodies, 'too_many_keys'],
  toSamples: (surroundings) => toFetchSamples(surroundings, '/admin/keys', newKey),
};

export const listKeysOperation: Operation = {
  id: 'listKeys',
  tag,
  summary: 'List the keys',
  description: `All keys that are not deleted. ${adminNote}`,
  parameters: [
    ...toPageParameters('asc'),
    {
      name: 'project',
      in: 'query',
      description: 'Only keys of this project: its id or name.',
      schema: { type: 'string', minLength: 1, maxLength: 256 },
    },
  ],
  answers: { 200: toJsonAnswer('A page of them.', 'KeyList') },
  errors: [...refusals, 'project_not_found', 'invalid_key_field'],
  hasRequestErrors: true,
  toSamples: (surroundings) => toPlainSamples(surroundings, 'GET', '/admin/keys'),
};

export const getKeyOperation: Operation = {
  id: 'getKey',
  tag,
  summary: 'Get a key',
  description: `Everything that is known of a key but the key itself. ${adminNote}`,
  parameters: [keyId],
  answers: { 200: toJsonAnswer('The key.', 'Key') },
  errors: [...refusals, 'key_not_found', 'unknown_url'],
  toSamples: (surroundings) => toPlainSamples(surroundings, 'GET', '/admin/keys/key_ID'),
};

export const updateKeyOperation: Operation = {
  id: 'updateKey',
  tag,
  summary: 'Change a key',
  description: `What is absent stays, and null takes a value away; limits and budget are changed member by member. The last admin key can't lose its scope, be disabled or expire. ${adminNote}`,
  parameters: [keyId],
  body: { schema: { $ref: '#/components/schemas/UpdateKeyRequest' }, toExample: () => keyChange },
  answers: { 200: toJsonAnswer('The key as it is now.', 'Key') },
  errors: [...ofBodies, 'key_not_found', 'key_revoked', 'last_admin_key', 'unknown_url'],
  toSamples: (surroundings) => toFetchSamples(surroundings, '/admin/keys/key_ID', keyChange, 'PATCH'),
};

export const rotateKeyOperation: Operation = {
  id: 'rotateKey',
  tag,
  summary: 'Rotate a key',
  description: `Makes a new secret for the same key. For \`overlap_seconds\` the one before is accepted, too; a second rotation ends that. ${adminNote}`,
  parameters: [keyId],
  body: {
    schema: { $ref: '#/components/schemas/RotateKeyRequest' },
    toExample: () => keyRotation,
  },
  answers: { 200: toJsonAnswer('The key with its new secret.', 'CreatedKey') },
  errors: [...ofBodies, 'key_not_found', 'key_revoked', 'unknown_url'],
  toSamples: (surroundings) => toFetchSamples(surroundings, '/admin/keys/key_ID/rotate', keyRotation),
};

export const deleteKeyOperation: Operation = {
  id: 'deleteKey',
  tag,
  summary: 'Delete a key',
  description: `It is refused from now on. A key may delete itself, unless it is the last admin key. ${adminNote}`,
  parameters: [keyId],
  answers: { 200: toJsonAnswer('It is gone.', 'KeyDeleted') },
  errors: [...refusals, 'key_not_found', 'last_admin_key', 'unknown_url'],
  toSamples: (surroundings) => toPlainSamples(surroundings, 'DELETE', '/admin/keys/key_ID'),
};

export const listAuditOperation: Operation = {
  id: 'listAudit',
  tag,
  summary: 'List the changes of keys and projects',
  description: `Who changed what, and when: each change has one entry. ${adminNote}`,
  parameters: [
    ...toPageParameters('desc'),
    {
      name: 'target_id',
      in: 'query',
      description: 'Only changes of the key or project with this id.',
      schema: { type: 'string', minLength: 1, maxLength: 256 },
    },
  ],
  answers: { 200: toJsonAnswer('A page of them.', 'AuditEntryList') },
  errors: [...refusals, 'invalid_key_field'],
  hasRequestErrors: true,
  toSamples: (surroundings) => toPlainSamples(surroundings, 'GET', '/admin/audit'),
};

export const createProjectOperation: Operation = {
  id: 'createProject',
  tag,
  summary: 'Make a project',
  description: `Keys of a project share its limits and its budget. ${adminNote}`,
  body: { schema: { $ref: '#/components/schemas/CreateProjectRequest' }, toExample: () => newProject },
  answers: { 201: toJsonAnswer('The project.', 'Project') },
  errors: [...ofBodies, 'name_taken', 'too_many_projects'],
  toSamples: (surroundings) => toFetchSamples(surroundings, '/admin/projects', newProject),
};

export const listProjectsOperation: Operation = {
  id: 'listProjects',
  tag,
  summary: 'List the projects',
  description: adminNote,
  parameters: toPageParameters('asc'),
  answers: { 200: toJsonAnswer('A page of them.', 'ProjectList') },
  errors: [...refusals, 'invalid_key_field'],
  hasRequestErrors: true,
  toSamples: (surroundings) => toPlainSamples(surroundings, 'GET', '/admin/projects'),
};

export const getProjectOperation: Operation = {
  id: 'getProject',
  tag,
  summary: 'Get a project',
  description: adminNote,
  parameters: [projectId],
  answers: { 200: toJsonAnswer('The project.', 'Project') },
  errors: [...refusals, 'project_not_found', 'unknown_url'],
  toSamples: (surroundings) => toPlainSamples(surroundings, 'GET', '/admin/projects/default'),
};

export const updateProjectOperation: Operation = {
  id: 'updateProject',
  tag,
  summary: 'Change a project',
  description: `What is absent stays, and null takes a value away. ${adminNote}`,
  parameters: [projectId],
  body: { schema: { $ref: '#/components/schemas/UpdateProjectRequest' }, toExample: () => projectChange },
  answers: { 200: toJsonAnswer('The project as it is now.', 'Project') },
  errors: [...ofBodies, 'project_not_found', 'name_taken', 'unknown_url'],
  toSamples: (surroundings) =>
    toFetchSamples(surroundings, '/admin/projects/default', projectChange, 'PATCH'),
};

export const deleteProjectOperation: Operation = {
  id: 'deleteProject',
  tag,
  summary: 'Delete a project',
  description: `Refused while it has keys; the default project stays. ${adminNote}`,
  parameters: [projectId],
  answers: { 200: toJsonAnswer('It is gone.', 'ProjectDeleted') },
  errors: [...refusals, 'project_not_found', 'project_in_use', 'unknown_url'],
  toSamples: (surroundings) => toPlainSamples(surroundings, 'DELETE', '/admin/projects/proj_ID'),
};

export const listSettingsOperation: Operation = {
  id: 'listSettings',
  tag: 'Models',
  summary: 'List the settings',
  description: `The settings as they hold now, and where each comes from: a flag, the environment, \`config.yaml\` or its default. What may hold a secret is not shown. ${adminNote}`,
  answers: { 200: toJsonAnswer('The settings.', 'SettingList') },
  errors: ['invalid_api_key', 'insufficient_permissions'],
  toSamples: (surroundings) => toPlainSamples(surroundings, 'GET', '/admin/settings'),
};

export const reloadConfigOperation: Operation = {
  id: 'reloadConfig',
  tag: 'Models',
  summary: 'Reload the configuration',
  description: `Reads \`config.yaml\` again and applies its upstreams, models, prices and aliases; running requests go on. A wrong file is refused as a whole, with its problems. ${adminNote}`,
  answers: { 200: toJsonAnswer('What changed.', 'ConfigReload') },
  errors: [...refusals, 'invalid_config'],
  toSamples: (surroundings) => toPlainSamples(surroundings, 'POST', '/admin/config/reload'),
};
