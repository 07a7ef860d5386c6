import { useCallback, useEffect, useState } from 'react';
import type { Client, List, ListRequest } from '@attractions/client';

/** What is known of a list so far. */
interface Known {
  readonly list?: List;
  readonly error?: Error;
}

/**
 * The list for a visitor, and `click`, which says that the visitor chose an entry of it.
 *
 * The service records a list as shown when it sends it. An effect that React cleans up and runs again, as in strict mode, joins the request that is under way,
 * so one list is recorded. A list of an earlier request is kept until the new one is there.
 */
export function useRecommendations(client: Client, request: ListRequest) {
  const [{ list, error }, setKnown] = useState<Known>({});
  // Callers write the request as a literal, which is another object each time.
  const text = JSON.stringify(request);

  useEffect(() => {
    const left = new AbortController();
    client.recommend(JSON.parse(text) as ListRequest, { signal: left.signal }).then(
      (list) => setKnown({ list }),
      (error: Error) => left.signal.aborted || setKnown({ error }),
    );
    return () => left.abort();
  }, [client, text]);

  const requestId = list?.requestId;
  const click = useCallback(
    (attractionId: string) => {
      if (requestId !== undefined) client.track({ type: 'click', attractionId, requestId });
    },
    [client, requestId],
  );
  return { list, error, click };
}
