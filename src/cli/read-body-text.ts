/** @throws Error if the body has more characters */
export async function readBodyText(response: Response, charactersMax: number): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const piece of response.body ?? []) {
    text += decoder.decode(piece, { stream: true });
    if (text.length > charactersMax) throw new Error('The answer is too long.');
  }
  return text;
}
