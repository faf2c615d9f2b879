import { Page } from '../ui/page.tsx';
import { PullForm } from './pull-form.tsx';

export function ModelsPage() {
  return (
    <Page title="Models" description="Pull a model by its name.">
      <PullForm />
    </Page>
  );
}
