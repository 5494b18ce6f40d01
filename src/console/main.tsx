/** Entry of the console: the operators' page over the admin API. */
import '@mantine/core/styles.css';
import { createRoot } from 'react-dom/client';

const root = document.querySelector('#root');
if (root !== null) createRoot(root).render(<p>Countersign</p>);
