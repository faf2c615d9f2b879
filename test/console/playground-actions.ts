import type { Page } from 'playwright-core';
import { expect } from 'vitest';

export async function choose(page: Page, model: string, label = 'Model'): Promise<void> {
  await page.getByRole('combobox', { name: label, exact: true }).click();
  await page.getByRole('option', { name: new RegExp(`^${model}\\b`) }).click();
}

export async function send(page: Page, text: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Message' }).fill(text);
  await page.keyboard.press('Enter');
}

export function answerOf(page: Page, model: string) {
  return page.getByRole('article', { name: `Answer of ${model}` });
}

/** The figures of an answer stand there when it has ended. */
export async function waitForEnd(page: Page, count = 1): Promise<void> {
  await expect.poll(() => page.getByText(/first after/).count(), { timeout: 20_000 }).toBe(count);
}

export async function openSection(page: Page, name: string): Promise<void> {
  await page.locator('summary').filter({ hasText: name }).click();
}
