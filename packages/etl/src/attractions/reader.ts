import { titleName } from '../frame/duckdb-dialect.js';
import { field, fieldsFrame, filesFrame, joinedFields, textFrame } from '../frame/fields.js';
import type { FieldSelection } from '../frame/fields.js';
import type { Frame } from '../frame/frame.js';
import type { AttractionsColumn } from '../raw/layouts.js';
import type { ReadableFile } from '../raw/map-columns.js';

/** What is extracted from attractions files: nothing is judged or typed yet. */
export interface AttractionsExtract {
  /** One row an attraction line: `file_number, line, park, poi_id, name, latitude, longitude, duration` (NULL: no such column)`, themes`. */
  readonly lines: Frame;
  /** One row a file: `file_number, file, park`, and the header's own names: `poi_column, name_column, …`. */
  readonly files: Frame;
  /** One row a line as it stands in the file: `file_number, line, text`. */
  readonly text: Frame;
}

const FIELDS: FieldSelection<AttractionsColumn> = {
  poi_id: (file) => field(file, 'poi'),
  name: (file) => (file.names === 'title' ? titleName(field(file, 'name')) : field(file, 'name')),
  latitude: (file) => field(file, 'latitude'),
  longitude: (file) => field(file, 'longitude'),
  duration: (file) => field(file, 'duration'),
  themes: ({ columns }) => joinedFields(columns.themes),
};

/** Extracts the columns of attractions files, and decodes names where the layout says so. Composes; reads nothing. */
export class AttractionsReader {
  read(files: readonly ReadableFile<AttractionsColumn>[]): AttractionsExtract {
    return {
      lines: fieldsFrame('attraction_lines', files, FIELDS),
      files: filesFrame('attraction_files', files, ['poi', 'name', 'latitude', 'longitude', 'duration', 'themes']),
      text: textFrame('attraction_text', files),
    };
  }
}
