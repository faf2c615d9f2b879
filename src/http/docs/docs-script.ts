/**
 * Runs in the browser: starts the viewer, follows the light or dark of the system, and shows the samples of each
 * operation, which the viewer does not know by itself. `React` is the viewer's own.
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

SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#reference',
  plugins: [samplesPlugin],
  deepLinking: true,
  // It would send the document to a server of its makers.
  validatorUrl: null,
  defaultModelsExpandDepth: 0,
  // The fields and not an example: the samples above are examples already.
  defaultModelRendering: 'model',
  displayRequestDuration: true,
});
`;
