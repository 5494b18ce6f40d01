/** The page /docs: shows the API document, and signs what is tried out with a key that never leaves the page. */
import 'swagger-ui-dist/swagger-ui.css';
import './api-page.css';
import SwaggerUi from 'swagger-ui-dist/swagger-ui-es-bundle.js';
import { watchKeyForm } from './key-form.ts';
import { signRequest, type TriedRequest } from './sign-request.ts';

const currentProver = watchKeyForm();

// Its own dialogue would ask for headers that only a signature over the request can fill.
const nothing = () => () => null;
const WITHOUT_AUTHORIZE = { authorizeBtn: nothing, authorizeOperationBtn: nothing };

SwaggerUi({
  url: '/openapi.json',
  dom_id: '#api',
  deepLinking: true,
  defaultModelsExpandDepth: -1,
  displayRequestDuration: true,
  docExpansion: 'list',
  filter: true,
  persistAuthorization: false,
  showMutatedRequest: false,
  // The document is this gateway's own: nobody else is told of it.
  validatorUrl: null,
  plugins: [() => ({ wrapComponents: WITHOUT_AUTHORIZE })],
  requestInterceptor: async (request: TriedRequest) => {
    const prove = currentProver();
    return request.loadSpec === true || prove === undefined ? request : signRequest(request, prove);
  },
});
