// Keys as the bytes that they are compared by: eight characters at a time, the first in the lowest byte.

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
