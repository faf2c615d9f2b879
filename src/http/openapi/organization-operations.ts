import { toPlainSamples } from './code-samples.ts';
import { toIdParameter, toPageParameters } from './common-parameters.ts';
import { type Operation, toJsonAnswer } from './operation.ts';

const tag = "OpenAI's administration";
const note = "In the form of OpenAI's administration API. Only with a key of the scope `admin`.";

const projectId = toIdParameter('project_id', 'Id of a project; `default` is always there.');
const keyId = toIdParameter('key_id', 'Id of a key of this project.');

const refusals = ['invalid_api_key', 'insufficient_permissions', 'store_unavailable'] as const;

export const listOrganizationProjectsOperation: Operation = {
  id: 'listOrganizationProjects',
  tag,
  summary: "List projects in OpenAI's form",
  description: note,
  parameters: [
    ...toPageParameters('desc'),
    {
      name: 'include_archived',
      in: 'query',
      description: 'Changes nothing: no project is archived here.',
      schema: { enum: ['true', 'false'] },
    },
  ],
  answers: { 200: toJsonAnswer('A page of them.', 'OrganizationProjectList', ['x-ignored-params']) },
  errors: [...refusals, 'invalid_key_field'],
  hasRequestErrors: true,
  toSamples: (surroundings) => toPlainSamples(surroundings, 'GET', '/organization/projects'),
};

export const getOrganizationProjectOperation: Operation = {
  id: 'getOrganizationProject',
  tag,
  summary: "Get a project in OpenAI's form",
  description: note,
  parameters: [projectId],
  answers: { 200: toJsonAnswer('The project.', 'OrganizationProject') },
  errors: [...refusals, 'project_not_found', 'unknown_url'],
  toSamples: (surroundings) => toPlainSamples(surroundings, 'GET', '/organization/projects/default'),
};

export const listProjectApiKeysOperation: Operation = {
  id: 'listProjectApiKeys',
  tag,
  summary: "List the keys of a project in OpenAI's form",
  description: note,
  parameters: [
    projectId,
    ...toPageParameters('desc'),
    {
      name: 'owner_project_access',
      in: 'query',
      description: 'Changes nothing: keys have no owners here.',
      schema: { enum: ['active', 'any'] },
    },
  ],
  answers: { 200: toJsonAnswer('A page of them.', 'ProjectApiKeyList', ['x-ignored-params']) },
  errors: [...refusals, 'project_not_found', 'invalid_key_field', 'unknown_url'],
  hasRequestErrors: true,
  toSamples: (surroundings) => toPlainSamples(surroundings, 'GET', '/organization/projects/default/api_keys'),
};

export const getProjectApiKeyOperation: Operation = {
  id: 'getProjectApiKey',
  tag,
  summary: "Get a key of a project in OpenAI's form",
  description: note,
  parameters: [projectId, keyId],
  answers: { 200: toJsonAnswer('The key.', 'ProjectApiKey') },
  errors: [...refusals, 'project_not_found', 'key_not_found', 'unknown_url'],
  toSamples: (surroundings) =>
    toPlainSamples(surroundings, 'GET', '/organization/projects/default/api_keys/key_ID'),
};

export const deleteProjectApiKeyOperation: Operation = {
  id: 'deleteProjectApiKey',
  tag,
  summary: "Delete a key of a project in OpenAI's form",
  description: note,
  parameters: [projectId, keyId],
  answers: { 200: toJsonAnswer('It is gone.', 'ProjectApiKeyDeleted') },
  errors: [...refusals, 'project_not_found', 'key_not_found', 'last_admin_key', 'unknown_url'],
  toSamples: (surroundings) =>
    toPlainSamples(surroundings, 'DELETE', '/organization/projects/default/api_keys/key_ID'),
};
