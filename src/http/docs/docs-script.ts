/**
 * Runs in the browser. Starts the viewer, follows the system's light or dark mode, and shows the samples of
 * each operation, which the viewer does not support. `React` is the viewer's copy. The page shows each
 * operation once and collapses refused fields; `/openapi.json` contains everything.
 * https://swagger.io/docs/open-source-tools/swagger-ui/customization/plugin-api/
 */
export const docsScript = `'use strict';

const dark = matchMedia('(prefers-color-scheme: dark)');
const followSystem = () => document.documentElement.classList.toggle('dark-mode', dark.matches);
dark.addEventListener('change', followSystem);
followSystem();

// The language that was chosen last is shown at every operation.
let chosenLabel = 'cURL';
const listeners = new Set();

function createSamples(React) {
  const { createElement, useEffect, useState } = React;
  return function Samples({ samples }) {
    const [label, setLabel] = useState(chosenLabel);
    const [isCopied, setCopied] = useState(false);
    useEffect(() => {
      listeners.add(setLabel);
      return () => listeners.delete(setLabel);
    }, []);
    const shown = samples.find((sample) => sample.label === label) ?? samples[0];
    const choose = (next) => {
      chosenLabel = next;
      for (const listener of listeners) listener(next);
    };
    const copy = async () => {
      await navigator.clipboard.writeText(shown.source);
      setCopied(true);
      setTimeout(() => setCopied(false), 2000);
    };
    const buttons = samples.map((sample) =>
      createElement(
        'button',
        { key: sample.label, type: 'button', 'aria-pressed': sample === shown, onClick: () => choose(sample.label) },
        sample.label,
      ),
    );
    // Only a page that came over HTTPS or from this machine may write to the clipboard.
    const copyButton = navigator.clipboard === undefined
      ? null
      : createElement('button', { type: 'button', className: 'copy', onClick: copy }, isCopied ? 'Copied' : 'Copy');
    return createElement(
      'section',
      { className: 'samples', 'aria-label': 'Samples' },
      createElement('h4', null, 'Samples'),
      createElement('div', { className: 'bar' }, buttons, copyButton),
      createElement('pre', { tabIndex: 0 }, createElement('code', null, shown.source)),
    );
  };
}

const samplesPlugin = () => ({
  wrapComponents: {
    parameters: (Parameters, { React }) => {
      const Samples = createSamples(React);
      return (properties) => {
        const samples = properties.operation?.get('x-codeSamples')?.toJS() ?? [];
        return React.createElement(
          React.Fragment,
          null,
          samples.length > 0 ? React.createElement(Samples, { samples }) : null,
          React.createElement(Parameters, properties),
        );
      };
    },
  },
});

const isSecond = (methods) => Object.values(methods).some(({ tags }) => tags.includes('Under /v1'));

/** The fields that are refused become the properties of one that is closed until a reader opens it. */
function foldRefused(schema) {
  if (typeof schema !== 'object' || schema === null) return schema;
  if (Array.isArray(schema)) return schema.map(foldRefused);
  const { properties, ...others } = Object.fromEntries(
    Object.entries(schema).map(([keyword, value]) =>
      [keyword, keyword === 'properties' ? value : foldRefused(value)]),
  );
  if (properties === undefined) return others;
  const entries = Object.entries(properties).map(([name, property]) => [name, foldRefused(property)]);
  const isRefused = ([, property]) => property['x-effect'] === 'refused';
  const refused = entries.filter(isRefused);
  const shown = Object.fromEntries(entries.filter((entry) => !isRefused(entry)));
  if (refused.length > 0) {
    shown['(' + refused.length + ' fields that are refused)'] = {
      type: 'object',
      description: 'Known fields of such requests that this server does not honour.',
      // One level deeper than the initially expanded ones.
      properties: { which: { type: 'object', properties: Object.fromEntries(refused) } },
    };
  }
  return { ...others, properties: shown };
}

function toReaderDocument({ paths, tags, components, ...others }) {
  return {
    ...others,
    tags: tags.filter(({ name }) => name !== 'Under /v1'),
    paths: Object.fromEntries(Object.entries(paths).filter(([, methods]) => !isSecond(methods))),
    components: {
      ...components,
      schemas: Object.fromEntries(
        Object.entries(components.schemas).map(([name, schema]) => [name, foldRefused(schema)]),
      ),
    },
  };
}

const show = (spec) => SwaggerUIBundle({
  spec,
  dom_id: '#reference',
  plugins: [samplesPlugin],
  deepLinking: true,
  // It would send the document to a server of its makers.
  validatorUrl: null,
  defaultModelsExpandDepth: 0,
  // The fields and not an example: the samples above are examples already.
  defaultModelRendering: 'model',
  // Down to what each field means.
  defaultModelExpandDepth: 2,
  displayRequestDuration: true,
});

fetch('/openapi.json')
  .then((answer) => answer.json())
  .then((document) => show(toReaderDocument(document)))
  .catch(() => {
    document.getElementById('reference').textContent = 'The reference could not be loaded. Reload the page to try again.';
  });
`;
