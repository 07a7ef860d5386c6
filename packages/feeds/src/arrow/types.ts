import { DataType } from 'apache-arrow';
import * as arrow from 'apache-arrow';

import type { FieldType } from '../contract.js';

/** Whether an Arrow column of this type can be used unchanged for a column of the contract. */
export function fits(type: DataType, wanted: FieldType): boolean {
  switch (wanted) {
    case 'utf8':
      return DataType.isUtf8(type);
    case 'bool':
      return DataType.isBool(type);
    case 'int32':
      return DataType.isInt(type) && type.bitWidth === 32 && type.isSigned;
    case 'int64':
      return DataType.isInt(type) && type.bitWidth === 64 && type.isSigned;
    case 'float32':
      return DataType.isFloat(type) && type.precision === arrow.Precision.SINGLE;
    case 'float64':
      return DataType.isFloat(type) && type.precision === arrow.Precision.DOUBLE;
    case 'timestamp[ms, UTC]':
      return DataType.isTimestamp(type) && type.unit === arrow.TimeUnit.MILLISECOND && isUtc(type.timezone);
    case 'list<utf8>':
      return isListOf(type, 'utf8');
    case 'list<int32>':
      return isListOf(type, 'int32');
    case 'list<float32>':
      return isListOf(type, 'float32');
    case 'json':
      return false;
  }
}

/** The Arrow type of a column of the contract. */
export function arrowType(type: FieldType): DataType {
  switch (type) {
    case 'bool':
      return new arrow.Bool();
    case 'int32':
      return new arrow.Int32();
    case 'int64':
      return new arrow.Int64();
    case 'float32':
      return new arrow.Float32();
    case 'float64':
      return new arrow.Float64();
    case 'timestamp[ms, UTC]':
      return new arrow.TimestampMillisecond('UTC');
    case 'list<utf8>':
      return listOf(new arrow.Utf8());
    case 'list<int32>':
      return listOf(new arrow.Int32());
    case 'list<float32>':
      return listOf(new arrow.Float32());
    case 'utf8':
    case 'json':
      return new arrow.Utf8();
  }
}

function listOf<T extends DataType>(item: T): arrow.List<T> {
  return new arrow.List(new arrow.Field('item', item, true));
}

/** Lists of a fixed size count as lists: vectors are stored so. */
function isListOf(type: DataType, item: FieldType): boolean {
  return (DataType.isList(type) || DataType.isFixedSizeList(type)) && fits(type.valueType, item);
}

/** The names of UTC that Arrow writers use. */
function isUtc(timezone: string | null | undefined): boolean {
  return timezone === 'UTC' || timezone === '+00:00' || timezone === 'Etc/UTC';
}
