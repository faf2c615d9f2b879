import { toFetchSamples, toPlainSamples } from './code-samples.ts';
import { adminNote } from './common-parameters.ts';
import { type Operation, toJsonAnswer } from './operation.ts';

const tag = 'Models';
const refusals = ['invalid_api_key', 'insufficient_permissions'] as const;
const ofBodies = [
  ...refusals,
  ...(['malformed_body', 'request_too_large', 'unsupported_media_type', 'model_not_found'] as const),
] as const;

const modelBody: Pick<Operation, 'body'> = {
  body: {
    schema: { $ref: '#/components/schemas/ModelRequest' },
    toExample: ({ model }) => ({ model }),
  },
};

export const listAdminModelsOperation: Operation = {
  id: 'listAdminModels',
  tag,
  summary: 'List the models with their memory and load',
  description: `What is served, as an operator sees it: what is in memory, what would fit, and how busy it is. ${adminNote}`,
  answers: { 200: toJsonAnswer('The models.', 'AdminModelList') },
  errors: refusals,
  toSamples: (context) => toPlainSamples(context, 'GET', '/admin/models'),
};

export const listCatalogueOperation: Operation = {
  id: 'listModelCatalogue',
  tag,
  summary: 'List the models that can be pulled',
  description: `The catalogue without what is installed, by families. Models of registries that it does not name can be pulled as well. ${adminNote}`,
  answers: { 200: toJsonAnswer('The families.', 'ModelCatalogue') },
  errors: refusals,
  toSamples: (context) => toPlainSamples(context, 'GET', '/admin/models/catalogue'),
};

export const pinModelOperation: Operation = {
  id: 'pinModel',
  tag,
  summary: 'Pin a model',
  description: `Once loaded, it stays in memory: no other model takes its place. Until the server ends; the setting \`pinned\` is for ever. ${adminNote}`,
  ...modelBody,
  answers: { 200: toJsonAnswer('The model.', 'AdminModel') },
  errors: [...ofBodies, 'remote_model'],
  toSamples: (context) => toFetchSamples(context, '/admin/models/pin', { model: context.model }),
};

export const unpinModelOperation: Operation = {
  id: 'unpinModel',
  tag,
  summary: 'Unpin a model',
  description: `Other models may take its place again. ${adminNote}`,
  ...modelBody,
  answers: { 200: toJsonAnswer('The model.', 'AdminModel') },
  errors: [...ofBodies, 'remote_model'],
  toSamples: (context) => toFetchSamples(context, '/admin/models/unpin', { model: context.model }),
};

export const listPullsOperation: Operation = {
  id: 'listModelPulls',
  tag,
  summary: 'List the pulls',
  description: `Those that were started with \`POST /admin/models/pulls\`: the running ones and the last that ended, newest first. ${adminNote}`,
  answers: { 200: toJsonAnswer('The pulls.', 'ModelPullList') },
  errors: refusals,
  toSamples: (context) => toPlainSamples(context, 'GET', '/admin/models/pulls'),
};

export const startPullOperation: Operation = {
  id: 'startModelPull',
  tag,
  summary: 'Pull a model without waiting for it',
  description: `Answers when the download has begun, and it goes on by itself. A second request for the same model joins the first one. ${adminNote}`,
  ...modelBody,
  answers: {
    200: toJsonAnswer('It was running already.', 'ModelPull'),
    202: toJsonAnswer('It has begun.', 'ModelPull'),
  },
  errors: [...ofBodies, 'pull_refused', 'pull_failed', 'overloaded'],
  toSamples: (context) => toFetchSamples(context, '/admin/models/pulls', { model: context.model }),
};

export const cancelPullOperation: Operation = {
  id: 'cancelModelPull',
  tag,
  summary: 'Cancel a pull',
  description: `Answers when it has stopped. The next pull of the model goes on where this one ended. ${adminNote}`,
  ...modelBody,
  answers: { 200: toJsonAnswer('The pull.', 'ModelPull') },
  errors: ofBodies,
  toSamples: (context) => toFetchSamples(context, '/admin/models/pulls/cancel', { model: context.model }),
};

export const listUpstreamsOperation: Operation = {
  id: 'listUpstreams',
  tag,
  summary: 'List the upstreams and the places of deployments',
  description: `What each upstream says of itself, and of each place whether it gets requests, and how busy it is. \`GET /admin/usage?group_by=deployment\` has requests, outcomes and times. ${adminNote}`,
  answers: { 200: toJsonAnswer('Upstreams and places.', 'UpstreamList') },
  errors: refusals,
  toSamples: (context) => toPlainSamples(context, 'GET', '/admin/upstreams'),
};

export const drillOperation: Operation = {
  id: 'drillDeployment',
  tag,
  summary: 'Drill a deployment',
  description: `Sends requests to a copy of a deployment whose upstream fails in every way that is known, and says which promises held. The real upstream gets no request. One drill at a time; it takes some seconds. ${adminNote}`,
  body: {
    schema: { $ref: '#/components/schemas/DrillRequest' },
    toExample: () => ({ deployment: 'gpu1/llama3' }),
  },
  answers: { 200: toJsonAnswer('The report.', 'Drill') },
  errors: [
    ...refusals,
    ...(['malformed_body', 'request_too_large', 'unsupported_media_type', 'overloaded'] as const),
  ],
  toSamples: (context) => toFetchSamples(context, '/admin/upstreams/drill', { deployment: 'gpu1/llama3' }),
};
