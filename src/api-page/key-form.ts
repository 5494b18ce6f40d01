/** The form that the key is given in. Its secret goes into a closure at once, and nowhere else. */
import { createProver, type Profile, type Prove } from '../sdk/request-proof.ts';
import { type Algorithm, type ClientKey, createSigningKey } from '../sdk/signing-key.ts';

const find = <Found extends HTMLElement>(id: string, kind: new () => Found): Found => {
  const element = document.getElementById(id);
  if (!(element instanceof kind)) throw new Error(`the page has no ${id}`);
  return element;
};

const UNSIGNED = 'Requests are sent without a signature: only public routes answer.';

/** Answers how to ask for what signs now; undefined: nothing does. */
export const watchKeyForm = (): (() => Prove | undefined) => {
  const form = find('key', HTMLFormElement);
  const id = find('key-id', HTMLInputElement);
  const algorithm = find('key-algorithm', HTMLSelectElement);
  const profile = find('key-profile', HTMLSelectElement);
  const secret = find('key-secret', HTMLTextAreaElement);
  const forget = find('key-forget', HTMLButtonElement);
  const state = find('key-state', HTMLParagraphElement);
  let prover: Prove | undefined;

  const show = (made: Prove | undefined, text: string): void => {
    prover = made;
    forget.hidden = made === undefined;
    state.textContent = text;
  };

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const key = toKey(id.value.trim(), algorithm.value as Algorithm, secret.value.trim());
    secret.value = '';
    makeProver(key, profile.value as Profile).then(
      (made) => {
        show(made, `Requests are signed with ${key.id}, profile ${profile.value}.`);
      },
      (error: unknown) => {
        show(undefined, `${error instanceof Error ? error.message : 'The key cannot be used'}. ${UNSIGNED}`);
      },
    );
  });
  forget.addEventListener('click', () => {
    show(undefined, UNSIGNED);
    id.focus();
  });
  return () => prover;
};

const toKey = (id: string, algorithm: Algorithm, secret: string): ClientKey =>
  algorithm === 'hmac-sha256' ? { id, secret } : { id, algorithm, privateKey: secret };

/** Signs once, so that a key that cannot is told of here and not at the first request. */
const makeProver = async (key: ClientKey, profile: Profile): Promise<Prove> => {
  if (!isSecureContext)
    throw new Error('Browsers sign on https and on localhost alone: open this page that way');
  const prove = createProver(profile, createSigningKey(key));
  await prove({ method: 'GET', host: location.host, target: '/', body: undefined, headers: {} }, Date.now());
  return prove;
};
