import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createClient } from '@attractions/client';
import type { Client } from '@attractions/client';
import { useRecommendations } from './use-recommendations';

function Recommendations({ client, userId }: { client: Client; userId: string }) {
  const { list, error, click } = useRecommendations(client, { userId, limit: 5, explain: true });
  if (error) return <p role="alert">{error.message}</p>;
  if (!list) return <p>…</p>;
  return (
    <ol>
      {list.recommendations.map(({ attractionId, name, reason }) => (
        <li key={attractionId}>
          <a href={`#${attractionId}`} onClick={() => click(attractionId)}>
            {name}
          </a>{' '}
          <small>{reason}</small>
        </li>
      ))}
    </ol>
  );
}

/** `?service=http://127.0.0.1:3000&key=…&user=ana` */
const settings = new URLSearchParams(location.search);
const key = settings.get('key');
const client = createClient({ url: settings.get('service') ?? 'http://127.0.0.1:3000', ...(key !== null && { key }) });

createRoot(document.getElementById('app') as HTMLElement).render(
  <StrictMode>
    <h1>You may also like</h1>
    <Recommendations client={client} userId={settings.get('user') ?? 'ana'} />
  </StrictMode>,
);
