import { field, fieldsFrame, filesFrame, textFrame } from '../frame/fields.js';
import type { FieldSelection } from '../frame/fields.js';
import type { Frame } from '../frame/frame.js';
import type { VisitsColumn } from '../raw/layouts.js';
import type { ReadableFile } from '../raw/map-columns.js';

/** What is extracted from visits files: nothing is judged or typed yet. */
export interface VisitsExtract {
  /** One row a photo line: `file_number, line, park, photo_id, user_id, taken, poi_id, sequence_id` (NULL: no such column). */
  readonly lines: Frame;
  /** One row a file: `file_number, file, park`, and the header's own names: `photo_column, user_column, …`. */
  readonly files: Frame;
  /** One row a line as it stands in the file: `file_number, line, text`. */
  readonly text: Frame;
  /** Whether every file has a column of travel sequences. */
  readonly hasSequences: boolean;
}

const FIELDS: FieldSelection<VisitsColumn> = {
  photo_id: (file) => field(file, 'photo'),
  user_id: (file) => field(file, 'user'),
  taken: (file) => field(file, 'taken'),
  poi_id: (file) => field(file, 'poi'),
  sequence_id: (file) => field(file, 'sequence'),
};

/** Extracts the columns of visits files, however each file calls and orders them. Composes; reads nothing. */
export class VisitsReader {
  read(files: readonly ReadableFile<VisitsColumn>[]): VisitsExtract {
    return {
      lines: fieldsFrame('visit_lines', files, FIELDS),
      files: filesFrame('visit_files', files, ['photo', 'user', 'taken', 'poi', 'sequence']),
      text: textFrame('visit_text', files),
      hasSequences: files.every((file) => file.columns.sequence.length > 0),
    };
  }
}
