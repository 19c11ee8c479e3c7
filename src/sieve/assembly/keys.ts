// Keys, told apart by the bytes that they are compared by: eight characters at a time, the first in the lowest byte.

import { API_GROUP, NAME, NAMESPACE, OBJECT_API_VERSION, RESOURCE, SUBRESOURCE } from '../layout';

// Keys of an event, in the order in which the API server writes them.
export const Kind = 0;
export const ApiVersion = 1;
export const Level = 2;
export const AuditId = 3;
export const Stage = 4;
export const RequestUri = 5;
export const Verb = 6;
export const User = 7;
export const ImpersonatedUser = 8;
export const SourceIps = 9;
export const UserAgent = 10;
export const ObjectRef = 11;
export const ResponseStatus = 12;
export const RequestObject = 13;
export const ResponseObject = 14;
export const Received = 15;
export const StageTime = 16;
export const Annotations = 17;
export const Unknown = 18;

// Of an event.
export const KIND_: u64 = 0x646e696b;
export const VERB_: u64 = 0x62726576;
export const USER_: u64 = 0x72657375;
export const LEVEL_: u64 = 0x6c6576656c;
export const STAGE_: u64 = 0x6567617473;
export const AUDIT_ID_: u64 = 0x44497469647561;
export const OBJECT_RE: u64 = 0x65527463656a626f;
export const USER_AGEN: u64 = 0x6e65674172657375;
export const SOURCE_IP: u64 = 0x5049656372756f73;
export const API_VERSI: u64 = 0x6973726556697061;
export const REQUEST_U: u64 = 0x5574736575716572;
export const ANNOTATI: u64 = 0x697461746f6e6e61;
export const REQUEST_O: u64 = 0x4f74736575716572;
export const ST_OBJECT: u64 = 0x7463656a624f7473;
export const RESPONSE: u64 = 0x65736e6f70736572;
export const SE_OBJECT: u64 = 0x7463656a624f6573;
export const SE_STATUS: u64 = 0x7375746174536573;
export const STAGE_TIM: u64 = 0x6d69546567617473;
export const IMESTAMP: u64 = 0x706d617473656d69;
export const IMPERSON: u64 = 0x6e6f737265706d69;
export const ATED_USER: u64 = 0x7265735564657461;
export const REQUEST_R: u64 = 0x5274736575716572;
export const ECEIVED_T: u64 = 0x5464657669656365;

// Of what it holds.
export const NAME_: u64 = 0x656d616e;
export const CODE_: u64 = 0x65646f63;
export const GROUPS_: u64 = 0x7370756f7267;
export const USERNAME_: u64 = 0x656d616e72657375;
export const RESOURCE_: u64 = 0x656372756f736572;
export const NAMESPAC: u64 = 0x63617073656d616e;
export const API_GROU: u64 = 0x70756f7247697061;
export const SUBRESOU: u64 = 0x756f736572627573;

// Reserved by jsonata.
export const _JSONATA: u64 = 0x6174616e6f736a5f;
export const OUTER_WRA: u64 = 0x617257726574756f;
export const TUPLE_STR: u64 = 0x727453656c707574;
export const EAM_QUOTE: u64 = 0x226d6165;
export const PPER_QUOTE: u64 = 0x2272657070;

/** Which key of an event {@link toValue} has read. */
export function eventKey(key: usize, length: usize): i32 {
  const first = load<u64>(key);
  switch (length as i32) {
    case 4: {
      const whole = first & 0xffffffff;
      if (whole == KIND_) return Kind;
      if (whole == VERB_) return Verb;
      return whole == USER_ ? User : Unknown;
    }
    case 5: {
      const whole = first & 0xffffffffff;
      if (whole == LEVEL_) return Level;
      return whole == STAGE_ ? Stage : Unknown;
    }
    case 7:
      return (first & 0xffffffffffffff) == AUDIT_ID_ ? AuditId : Unknown;
    case 9: {
      const ninth = load<u8>(key + 8);
      if (first == OBJECT_RE) return ninth == 0x66 ? ObjectRef : Unknown;
      if (first == USER_AGEN) return ninth == 0x74 ? UserAgent : Unknown;
      return first == SOURCE_IP && ninth == 0x73 ? SourceIps : Unknown;
    }
    case 10: {
      const rest = load<u16>(key + 8);
      if (first == API_VERSI) return rest == 0x6e6f ? ApiVersion : Unknown;
      return first == REQUEST_U && rest == 0x4952 ? RequestUri : Unknown;
    }
    case 11:
      return first == ANNOTATI && (load<u32>(key + 8) & 0xffffff) == 0x736e6f ? Annotations : Unknown;
    case 13:
      return first == REQUEST_O && load<u64>(key + 5) == ST_OBJECT ? RequestObject : Unknown;
    case 14: {
      const rest = load<u64>(key + 6);
      if (first == RESPONSE) return rest == SE_STATUS ? ResponseStatus : rest == SE_OBJECT ? ResponseObject : Unknown;
      return first == STAGE_TIM && rest == IMESTAMP ? StageTime : Unknown;
    }
    case 16:
      return first == IMPERSON && load<u64>(key + 8) == ATED_USER ? ImpersonatedUser : Unknown;
    case 24:
      return first == REQUEST_R && load<u64>(key + 8) == ECEIVED_T && load<u64>(key + 16) == IMESTAMP
        ? Received
        : Unknown;
    default:
      return Unknown;
  }
}

/** Which field a key of an `objectRef` is; -1 for another. */
export function objectRefKey(key: usize, length: usize): i32 {
  const first = load<u64>(key);
  switch (length as i32) {
    case 4:
      return (first & 0xffffffff) == NAME_ ? NAME : -1;
    case 8:
      return first == RESOURCE_ ? RESOURCE : first == API_GROU ? (load<u8>(key + 7) == 0x70 ? API_GROUP : -1) : -1;
    case 9:
      return first == NAMESPAC && load<u8>(key + 8) == 0x65 ? NAMESPACE : -1;
    case 10:
      return first == API_VERSI && load<u16>(key + 8) == 0x6e6f ? OBJECT_API_VERSION : -1;
    case 11:
      return first == SUBRESOU && (load<u32>(key + 8) & 0xffffff) == 0x656372 ? SUBRESOURCE : -1;
    default:
      return -1;
  }
}
