/** Made from the OpenAPI document of the service by tools/client/types.mjs; do not edit. */

export interface paths {
  readonly '/v1/recommendations': {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    /** Attractions for one visitor, by user id, visits or both; or for each of many users. */
    readonly post: operations['recommendMany'];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly '/v1/events': {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    /** Takes what users did; once answered, no event is lost. One that is sent again counts once. */
    readonly post: operations['reportEvents'];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly '/v1/parks': {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /** Every park. */
    readonly get: operations['parks'];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly '/v1/attractions': {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /** Every attraction, page by page. */
    readonly get: operations['attractions'];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly '/v1/attractions/{attractionId}/similar': {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /** Attractions that the same visitors go to. */
    readonly get: operations['similar'];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
}
export type webhooks = Record<string, never>;
export interface components {
  schemas: never;
  responses: never;
  parameters: never;
  requestBodies: never;
  headers: never;
  pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
  readonly recommendMany: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /** @description One visitor, or many users. */
    readonly requestBody: {
      readonly content: {
        readonly 'application/json': {
          /** @description User id; unknown users get a fallback. Without it: an anonymous visitor. */
          readonly userId?: string;
          /** @description Visits of this visitor, in addition to the known ones of the user; repetitions count. */
          readonly visits?: readonly (
            | string
            | {
                /** @description An attraction id. */
                readonly attractionId: string;
                /**
                 * @description The time of the visit. RFC 3339. Without an offset it is the time on the clock of the park; with one it is converted to the time zone of the park. In a query, + is written %2B.
                 * @example 2014-08-05T14:30:00
                 * @example 2014-08-05T12:30:00Z
                 */
                readonly visitedAt: string;
              }
          )[];
          /**
           * @description The time of the request. Default: now. RFC 3339. Without an offset it is the time on the clock of the park; with one it is converted to the time zone of the park. In a query, + is written %2B.
           * @example 2014-08-05T14:30:00
           * @example 2014-08-05T12:30:00Z
           */
          readonly at?: string;
          /** @description Users, each of whom gets a list; the answer then has `lists`. Not together with `userId` or `visits`. */
          readonly users?: readonly string[];
          /**
           * @description Longest list.
           * @default 10
           */
          readonly limit?: number;
          /** @description Only attractions of this park. Without it, attractions of the park of the last visit within 8 hours come first; the answer says so in `assumed`. */
          readonly park?: string;
          /** @description Only attractions with one of these themes. */
          readonly themes?: readonly string[];
          /** @description Only these attractions. */
          readonly allow?: readonly string[];
          /** @description Without these attractions; overrides `allow`. */
          readonly exclude?: readonly string[];
          /**
           * @description Whether each entry carries a reason.
           * @default false
           */
          readonly explain?: boolean;
          /**
           * @description Whether visited attractions may be recommended again.
           * @default false
           */
          readonly includeVisited?: boolean;
          /**
           * @description What else is known of the request, text by name: experiments may be for some requests only. In a query each is a parameter: `attributes.platform=ios`.
           * @example {
           *       "platform": "ios"
           *     }
           */
          readonly attributes?: {
            readonly [key: string]: string;
          };
          /**
           * @deprecated
           * @description The former name of `exclude`.
           */
          readonly deny?: readonly string[];
        };
      };
    };
    readonly responses: {
      /** @description Default Response */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly 'application/json':
            | {
                readonly recommendations: readonly {
                  readonly attractionId: string;
                  readonly name: string;
                  /** @description On the scale of its source; descends within one source. */
                  readonly score: number;
                  /** @description The recommender that found it: what visitors of the park go to next; factors of the user; factors folded in from visits; a written list; or numbers of visitors. */
                  readonly source: string;
                  readonly reason?: string;
                  /** @description Of a list that two panels gave together, interleaved: the panel of this entry. */
                  readonly team?: string;
                }[];
                /** @description The recommender that found it: what visitors of the park go to next; factors of the user; factors folded in from visits; a written list; or numbers of visitors. */
                readonly source: string;
                readonly panel?: {
                  readonly experiment: string;
                  readonly version: number;
                  readonly panel: string;
                  readonly bucket: number;
                  /** @description True for a tester, on whom the experiment forces the panel. */
                  readonly forced?: boolean;
                };
                /** @description True where the service was too busy and answered from the popular list. */
                readonly degraded?: boolean;
                readonly generation: {
                  /** @description Update of the model feed; 0: not from a feed. */
                  readonly model: number;
                  /** @description Update of the visits feed; 0: not from a feed. */
                  readonly visits: number;
                  /** @description Update of the attractions feed; 0: not from a feed. */
                  readonly attractions: number;
                };
                /**
                 * @description What the answer assumed where the request left it open. Absent where it left nothing open.
                 * @example {
                 *       "at": "2014-08-05T14:30:12.345",
                 *       "timeZone": "America/New_York",
                 *       "park": "epcot",
                 *       "parkFrom": "last-visit"
                 *     }
                 */
                readonly assumed?: {
                  /** @description The time used where the request has none: now, on the clock of the park. */
                  readonly at?: string;
                  /** @description IANA name of the time zone of that clock; present with `at`. */
                  readonly timeZone?: string;
                  readonly park?: string | null;
                  /** @description Why that park: the last visit within 8 hours was there, or there was no such visit; present with `park`. */
                  readonly parkFrom?: 'last-visit' | 'no-recent-visit';
                };
                /** @description Of this request, as in `x-request-id`. Sent with an event, it says which list led to it. */
                readonly requestId?: string;
              }
            | {
                readonly lists: readonly {
                  readonly userId: string;
                  readonly recommendations: readonly {
                    readonly attractionId: string;
                    readonly name: string;
                    /** @description On the scale of its source; descends within one source. */
                    readonly score: number;
                    /** @description The recommender that found it: what visitors of the park go to next; factors of the user; factors folded in from visits; a written list; or numbers of visitors. */
                    readonly source: string;
                    readonly reason?: string;
                    /** @description Of a list that two panels gave together, interleaved: the panel of this entry. */
                    readonly team?: string;
                  }[];
                  /** @description The recommender that found it: what visitors of the park go to next; factors of the user; factors folded in from visits; a written list; or numbers of visitors. */
                  readonly source: string;
                  readonly panel?: {
                    readonly experiment: string;
                    readonly version: number;
                    readonly panel: string;
                    readonly bucket: number;
                    /** @description True for a tester, on whom the experiment forces the panel. */
                    readonly forced?: boolean;
                  };
                  /** @description True where the service was too busy and answered from the popular list. */
                  readonly degraded?: boolean;
                  readonly generation: {
                    /** @description Update of the model feed; 0: not from a feed. */
                    readonly model: number;
                    /** @description Update of the visits feed; 0: not from a feed. */
                    readonly visits: number;
                    /** @description Update of the attractions feed; 0: not from a feed. */
                    readonly attractions: number;
                  };
                  /**
                   * @description What the answer assumed where the request left it open. Absent where it left nothing open.
                   * @example {
                   *       "at": "2014-08-05T14:30:12.345",
                   *       "timeZone": "America/New_York",
                   *       "park": "epcot",
                   *       "parkFrom": "last-visit"
                   *     }
                   */
                  readonly assumed?: {
                    /** @description The time used where the request has none: now, on the clock of the park. */
                    readonly at?: string;
                    /** @description IANA name of the time zone of that clock; present with `at`. */
                    readonly timeZone?: string;
                    readonly park?: string | null;
                    /** @description Why that park: the last visit within 8 hours was there, or there was no such visit; present with `park`. */
                    readonly parkFrom?: 'last-visit' | 'no-recent-visit';
                  };
                }[];
                readonly generation: {
                  /** @description Update of the model feed; 0: not from a feed. */
                  readonly model: number;
                  /** @description Update of the visits feed; 0: not from a feed. */
                  readonly visits: number;
                  /** @description Update of the attractions feed; 0: not from a feed. */
                  readonly attractions: number;
                };
                /** @description Of this request, as in `x-request-id`. Sent with an event, it says which list led to it. */
                readonly requestId: string;
              };
        };
      };
    };
  };
  readonly reportEvents: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    /** @description What users did. */
    readonly requestBody: {
      readonly content: {
        /**
         * @example {
         *       "events": [
         *         {
         *           "eventId": "7f1c2a34-9d3e-4f5a-8b6c-0d1e2f3a4b5c",
         *           "userId": "ana",
         *           "type": "click",
         *           "attractionId": "epcot:7",
         *           "at": "2014-08-05T14:31:02Z"
         *         }
         *       ]
         *     }
         */
        readonly 'application/json': {
          readonly events: readonly {
            /** @description Chosen by the client, such as a UUID. An event that is sent again, with the same id, counts once. */
            readonly eventId: string;
            /** @description Who did it, as in the requests for lists. */
            readonly userId: string;
            /** @description `view`, `click`, `visit`, `rating`, or any other type of yours. */
            readonly type: string;
            /** @description The attraction that it is about. */
            readonly attractionId?: string;
            /**
             * @description When it happened: RFC 3339 with an offset, at most a day ahead of the clock of the service. It may be long ago. Default: when it is received.
             * @example 2014-08-05T14:30:00Z
             * @example 2014-08-05T10:30:00-04:00
             */
            readonly at?: string;
            /** @description A number that goes with it, such as stars or an amount. */
            readonly value?: number;
            /** @description `requestId` of the list that led to it. */
            readonly requestId?: string;
          }[];
        };
      };
    };
    readonly responses: {
      /** @description Default Response */
      readonly 202: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly 'application/json': {
            /** @description Events that are new; they are stored. */
            readonly taken: number;
            /** @description Events that this service has taken before, by their ids. Those that another one has taken are left out later. */
            readonly known: number;
          };
        };
      };
    };
  };
  readonly parks: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description Default Response */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly 'application/json': {
            readonly parks: readonly {
              readonly park: string;
              readonly attractions: number;
            }[];
            readonly generation: {
              /** @description Update of the model feed; 0: not from a feed. */
              readonly model: number;
              /** @description Update of the visits feed; 0: not from a feed. */
              readonly visits: number;
              /** @description Update of the attractions feed; 0: not from a feed. */
              readonly attractions: number;
            };
          };
        };
      };
    };
  };
  readonly attractions: {
    readonly parameters: {
      readonly query?: {
        /** @description Only attractions of this park. Without it, attractions of the park of the last visit within 8 hours come first; the answer says so in `assumed`. */
        readonly park?: string;
        /** @description Longest page. */
        readonly limit?: number;
        /** @description The last attraction id of the previous page: its `next`. */
        readonly after?: string;
      };
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description Default Response */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly 'application/json': {
            readonly attractions: readonly {
              readonly attractionId: string;
              readonly park: string;
              readonly name: string;
              readonly themes: readonly string[];
              /** @description Degrees, WGS 84. */
              readonly latitude?: number;
              /** @description Degrees, WGS 84. */
              readonly longitude?: number;
              readonly durationMinutes?: number;
              /** @description Distinct visitors that the model was trained on. */
              readonly visitors: number;
            }[];
            readonly next: string | null;
            readonly generation: {
              /** @description Update of the model feed; 0: not from a feed. */
              readonly model: number;
              /** @description Update of the visits feed; 0: not from a feed. */
              readonly visits: number;
              /** @description Update of the attractions feed; 0: not from a feed. */
              readonly attractions: number;
            };
          };
        };
      };
    };
  };
  readonly similar: {
    readonly parameters: {
      readonly query?: {
        /** @description Longest list. */
        readonly limit?: number;
        /** @description Only attractions of this park. Without it, attractions of the park of the last visit within 8 hours come first; the answer says so in `assumed`. */
        readonly park?: string;
        /** @description Only attractions with one of these themes. */
        readonly themes?: readonly string[];
        /** @description Only these attractions. */
        readonly allow?: readonly string[];
        /** @description Without these attractions; overrides `allow`. */
        readonly exclude?: readonly string[];
        /** @description Whether each entry carries a reason. */
        readonly explain?: boolean;
        /** @description The former name of `themes`. */
        readonly theme?: readonly string[];
      };
      readonly header?: never;
      readonly path: {
        /** @description Attraction id, `park:poi`, percent-encoded. */
        readonly attractionId: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      /** @description One list. */
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly 'application/json': {
            readonly recommendations: readonly {
              readonly attractionId: string;
              readonly name: string;
              /** @description On the scale of its source; descends within one source. */
              readonly score: number;
              /** @description The recommender that found it: what visitors of the park go to next; factors of the user; factors folded in from visits; a written list; or numbers of visitors. */
              readonly source: string;
              readonly reason?: string;
              /** @description Of a list that two panels gave together, interleaved: the panel of this entry. */
              readonly team?: string;
            }[];
            /** @description The recommender that found it: what visitors of the park go to next; factors of the user; factors folded in from visits; a written list; or numbers of visitors. */
            readonly source: string;
            readonly panel?: {
              readonly experiment: string;
              readonly version: number;
              readonly panel: string;
              readonly bucket: number;
              /** @description True for a tester, on whom the experiment forces the panel. */
              readonly forced?: boolean;
            };
            /** @description True where the service was too busy and answered from the popular list. */
            readonly degraded?: boolean;
            readonly generation: {
              /** @description Update of the model feed; 0: not from a feed. */
              readonly model: number;
              /** @description Update of the visits feed; 0: not from a feed. */
              readonly visits: number;
              /** @description Update of the attractions feed; 0: not from a feed. */
              readonly attractions: number;
            };
            /**
             * @description What the answer assumed where the request left it open. Absent where it left nothing open.
             * @example {
             *       "at": "2014-08-05T14:30:12.345",
             *       "timeZone": "America/New_York",
             *       "park": "epcot",
             *       "parkFrom": "last-visit"
             *     }
             */
            readonly assumed?: {
              /** @description The time used where the request has none: now, on the clock of the park. */
              readonly at?: string;
              /** @description IANA name of the time zone of that clock; present with `at`. */
              readonly timeZone?: string;
              readonly park?: string | null;
              /** @description Why that park: the last visit within 8 hours was there, or there was no such visit; present with `park`. */
              readonly parkFrom?: 'last-visit' | 'no-recent-visit';
            };
          };
        };
      };
    };
  };
}
